using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Sampling.Latents;

namespace Vae.MLNet.Tests;

/// <summary>Which label a sampled row has, given its uniform draw.</summary>
public sealed class LabelChoiceTests
{
    private const int Count = 1000;

    private static readonly double[] s_even = [.. Enumerable.Range(0, Count).Select(i => (i + 0.5) / Count)];

    [Fact]
    public void An_even_grid_of_draws_has_exactly_the_proportions()
    {
        LabelChoice choice = LabelChoice.Of(Column(1, 1, 1, 1), new Dictionary<string, double> { ["c"] = 0.5, ["a"] = 0.125, ["d"] = 0.25, ["b"] = 0.125 });
        Assert.Equal([125, 125, 500, 250], Counts(choice, 4));
        Assert.Equal([0, 1, 2, 3], choice.Categories);
    }

    [Fact]
    public void Training_proportions_are_the_weights_of_the_training_rows()
    {
        LabelChoice choice = LabelChoice.OfTraining(Column(30, 0, 7.5, 12.5));
        Assert.Equal([600, 0, 150, 250], Counts(choice, 4));
        Assert.Equal([0, 2, 3], choice.Categories);
    }

    [Theory]
    [InlineData(new double[] { 0, 0, 1, 3 })]
    [InlineData(new double[] { 1, 0, 3, 0 })]
    [InlineData(new double[] { 0, 2, 0, 0 })]
    [InlineData(new double[] { 3, 0, 0, 1 })]
    public void A_label_that_training_never_saw_does_not_come_even_at_the_ends_of_the_draws(double[] counts)
    {
        LabelChoice choice = LabelChoice.OfTraining(Column(counts));
        foreach (double uniform in s_even.Concat([0, double.Epsilon, 0.25, 0.5, 0.75, Math.BitDecrement(1.0), 1]))
        {
            Assert.True(counts[choice.At(uniform)] > 0, $"category {choice.At(uniform)} at {uniform}");
        }
        Assert.Equal(Enumerable.Range(0, 4).Where(category => counts[category] > 0), choice.Categories);
        Assert.Equal(choice.Categories.First(), choice.At(0));
        Assert.Equal(choice.Categories.Last(), choice.At(Math.BitDecrement(1.0)));
    }

    [Fact]
    public void Proportions_that_do_not_sum_to_1_by_rounding_leave_no_draw_without_a_label()
    {
        // Ten times a tenth is 1 - 2^-53.
        Dictionary<string, double> tenths = Enumerable.Range(0, 10).ToDictionary(i => $"{(char)('a' + i)}", _ => 0.1);
        Assert.True(tenths.Values.Sum() < 1);
        LabelChoice choice = LabelChoice.Of(Column([.. Enumerable.Repeat(1.0, 11)]), tenths);
        Assert.Equal(9, choice.At(Math.BitDecrement(1.0)));
        Assert.Equal([.. Enumerable.Repeat(100, 10), 0], Counts(choice, 11));
        Assert.Equal([500, 500], Counts(LabelChoice.Of(Column(1, 1), new Dictionary<string, double> { ["a"] = 0.5000004, ["b"] = 0.5000004 }), 2));
    }

    [Fact]
    public void One_label_is_all_there_is()
    {
        LabelChoice choice = LabelChoice.Of(Column(5, 1, 2), "b");
        Assert.Equal([1], choice.Categories);
        Assert.All(s_even.Concat([0, Math.BitDecrement(1.0)]), uniform => Assert.Equal(1, choice.At(uniform)));
    }

    [Fact]
    public void Keys_without_values_go_by_their_numbers()
    {
        KeyColumn label = Numbered(4, 0, 6);
        Assert.Equal((0, 2), (LabelChoice.CategoryOf(label, "1"), LabelChoice.CategoryOf(label, "3")));
        foreach (string value in new[] { "0", "2", "4", "-1", " 1", "1.0", "one", "", "99999999999" })
        {
            var error = Assert.Throws<ArgumentException>(() => LabelChoice.CategoryOf(label, value));
            Assert.Equal($"'{value}' is not a label of column 'Label' that training had; there are: '1', '3'.", error.Message);
        }
    }

    [Fact]
    public void An_unknown_label_is_told_which_there_are()
    {
        KeyColumn label = Column(1, 0, 2);
        // Training never saw "b"; case matters.
        foreach (string value in new[] { "b", "A", "1", "" })
        {
            var error = Assert.Throws<ArgumentException>(() => LabelChoice.Of(label, value));
            Assert.Equal($"'{value}' is not a label of column 'Label' that training had; there are: 'a', 'c'.", error.Message);
            error = Assert.Throws<ArgumentException>(() => LabelChoice.Of(label, new Dictionary<string, double> { ["a"] = 1, [value] = 0 }));
            Assert.StartsWith($"'{value}' is not a label", error.Message, StringComparison.Ordinal);
        }
        string message = Assert.Throws<ArgumentException>(() => LabelChoice.Of(Numbered([.. Enumerable.Repeat(1.0, 21)]), "22")).Message;
        Assert.EndsWith("'19', '20', ... (21 in all).", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5, 0.4, "sum to 0.9")]
    [InlineData(0.5, 0.50001, "sum to 1.00001")]
    [InlineData(0, 0, "sum to 0")]
    [InlineData(1.5, -0.5, "The proportion of label 'b' of column 'Label' is -0.5")]
    [InlineData(double.NaN, 1, "The proportion of label 'a' of column 'Label' is NaN")]
    [InlineData(double.PositiveInfinity, 1, "sum to Infinity")]
    public void Proportions_that_are_none_are_refused(double first, double second, string said)
    {
        var error = Assert.Throws<ArgumentException>(() => LabelChoice.Of(Column(1, 1), new Dictionary<string, double> { ["a"] = first, ["b"] = second }));
        Assert.Contains(said, error.Message);
    }

    private static int[] Counts(LabelChoice choice, int categories) => [.. Enumerable.Range(0, categories).Select(category => s_even.Count(uniform => choice.At(uniform) == category))];

    // Categories a, b, c, ...
    private static KeyColumn Column(params double[] counts) => Column(counts, new KeyValues("String", [.. counts.Select((_, category) => $"{(char)('a' + category)}")]));

    private static KeyColumn Numbered(params double[] counts) => Column(counts, null);

    private static KeyColumn Column(double[] counts, KeyValues? values) =>
        new(new VaeInputColumn("Label"), new KeyDataViewType(typeof(uint), counts.Length), counts, values is null ? null : values with { Type = $"{TextDataViewType.Instance}" });
}
