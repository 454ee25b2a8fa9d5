using Microsoft.ML;
using Vae.MLNet.Evaluation;

namespace Vae.MLNet.Tests;

/// <summary>The mutual information gap, of made latents whose answer is known.</summary>
public sealed class FactorGapTests
{
    private const int Count = 2000;

    private readonly MLContext _ml = new(seed: 1);
    private readonly Random _random = new(1);

    [Fact]
    public void A_dimension_that_is_the_factor_among_noise_has_a_gap_near_one()
    {
        OddRow[] rows = Make();
        VaeFactorGap[] gaps = Gaps(rows, ["Kind", "Flag"], (row, dimension) => dimension == 1 ? rows[row].Kind : Noise());
        Assert.Equal(("Kind", 1), (gaps[0].ColumnName, gaps[0].Dimension));
        Assert.InRange(gaps[0].Gap, 0.95, 1);
        Assert.Equal("Flag", gaps[1].ColumnName);
        Assert.InRange(gaps[1].Gap, 0, 0.05);
    }

    [Fact]
    public void Two_dimensions_that_know_the_same_leave_no_gap()
    {
        OddRow[] rows = Make();
        Assert.Equal(0, Gaps(rows, ["Kind"], (row, dimension) => dimension == 1 ? Noise() : rows[row].Kind * (dimension + 1))[0].Gap, 1e-12);
    }

    [Fact]
    public void A_factor_that_never_changes_has_no_gap()
    {
        OddRow[] rows = Make();
        Assert.Equal(0, Gaps(rows, ["Weight"], (_, _) => Noise())[0].Gap);
    }

    [Fact]
    public void A_factor_of_many_numbers_is_binned_as_latents_are()
    {
        // Were each number a category of its own, twenty bins could tell less than half of it.
        OddRow[] rows = Make();
        VaeFactorGap gap = Gaps(rows, ["Number"], (row, dimension) => dimension == 2 ? 5 - 3 * rows[row].Number : Noise())[0];
        Assert.Equal(2, gap.Dimension);
        Assert.InRange(gap.Gap, 0.9, 1);
        // Keys have no order to be binned by, however many there are.
        uint[] keys = [.. rows.Select(row => (uint)row.Whole)];
        Assert.True(keys.Distinct().Count() > 100);
        Assert.InRange(Gaps(rows, ["WholeKey"], (row, dimension) => dimension == 2 ? keys[row] : Noise())[0].Gap, 0.2, 0.5);
    }

    [Fact]
    public void A_missing_factor_is_a_category_of_its_own()
    {
        OddRow[] rows = Make();
        for (int row = 0; row < Count; row += 4)
        {
            rows[row].Number = float.NaN;
        }
        VaeFactorGap gap = Gaps(rows, ["Number"], (row, dimension) => dimension == 0 ? (float.IsNaN(rows[row].Number) ? -0.06f : rows[row].Number) : Noise())[0];
        Assert.Equal(0, gap.Dimension);
        Assert.InRange(gap.Gap, 0.8, 1);
    }

    [Theory]
    [InlineData("Kind")]
    [InlineData("Flag")]
    [InlineData("Number")]
    [InlineData("Other")]
    public void The_gap_is_that_of_counting_pairs(string factor)
    {
        OddRow[] rows = Make();
        float[][] latents = [.. rows.Select(row => new[] { row.Number + 0.3f * Noise(), row.Kind + Noise(), (row.Flag ? 1 : -1) + (float)row.Other + Noise() })];
        VaeFactorGap gap = Gaps(rows, [factor], (row, dimension) => latents[row][dimension])[0];

        double[] truth = [.. rows.Select(row => factor switch { "Kind" => row.Kind, "Flag" => row.Flag ? 1 : 0, "Number" => row.Number, _ => row.Other })];
        List<double> different = [.. truth.Distinct()];
        int[] categories = different.Count > 20 ? Binned(truth) : [.. truth.Select(value => different.IndexOf(value))];
        double[] information = [.. Enumerable.Range(0, 3).Select(dimension => MutualInformation(Binned([.. latents.Select(latent => (double)latent[dimension])]), categories))];
        double[] ordered = [.. information.OrderDescending()];
        Assert.Equal((ordered[0] - ordered[1]) / MutualInformation(categories, categories), gap.Gap, 1e-9);
        Assert.Equal(Array.IndexOf(information, ordered[0]), gap.Dimension);
        Assert.InRange(gap.Gap, 0.01, 0.99);
    }

    private OddRow[] Make() => [.. Enumerable.Range(0, Count).Select(_ => new OddRow
    {
        Number = (float)_random.NextDouble(),
        Kind = (uint)_random.Next(4),
        Flag = _random.Next(3) == 0,
        Other = _random.Next(7) / 2.0,
        Whole = _random.Next(500),
    })];

    private float Noise() => (float)_random.NextNormal();

    private VaeFactorGap[] Gaps(OddRow[] rows, string[] factors, Func<int, int, float> latent)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        IDataView view = _ml.Transforms.Conversion.MapValueToKey("WholeKey", "Whole").Fit(data).Transform(data);
        DataViewSchema.Column[] columns = [.. factors.Select(name => view.Schema[name])];
        using DataViewRowCursor cursor = view.GetRowCursor(columns);
        var gaps = new FactorGaps(cursor, columns, latent: 3);
        while (cursor.MoveNext())
        {
            gaps.ReadFactors();
        }
        // Block by block, as rows are evaluated.
        for (int first = 0; first < rows.Length; first += 300)
        {
            gaps.Add([.. Enumerable.Range(3 * first, 3 * Math.Min(300, rows.Length - first)).Select(position => latent(position / 3, position % 3))]);
        }
        return [.. gaps.Gaps()];
    }

    private static int[] Binned(double[] values)
    {
        (double least, double most) = (values.Min(), values.Max());
        return [.. values.Select(value => Math.Min(19, (int)Math.Floor(20 * ((value - least) / (most - least)))))];
    }

    // H(a) + H(b) - H(a, b)
    private static double MutualInformation(int[] a, int[] b)
    {
        static double Entropy(IEnumerable<int> values) => -values.CountBy(value => value).Sum(each => (double)each.Value / Count * Math.Log((double)each.Value / Count));
        return Entropy(a) + Entropy(b) - Entropy(a.Zip(b, (first, second) => 1000 * first + second));
    }
}
