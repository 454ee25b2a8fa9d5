using Microsoft.ML;
using Microsoft.ML.Data;
using SampleReader;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>Rows of a conditional model have labels: the one that is asked for, by given proportions, or by those of training.</summary>
[Collection(nameof(SampledModels))]
public sealed class SamplingLabelTests(SampledModels models)
{
    private const int RowCount = 4000;

    private readonly MLContext _ml = models.Kinds.Ml;
    private readonly SampledKinds _kinds = models.Kinds;

    [Theory]
    [InlineData("a")]
    [InlineData("b")]
    [InlineData("c")]
    public void A_label_is_asked_for_by_its_value(string label)
    {
        IDataView view = _ml.Data.SampleFromVae(_kinds.ByKind, 500, label: label, seed: 5);
        Assert.All(Labels(view), found => Assert.Equal(label, found));
        Assert.Equal(SampledKinds.Centres[Array.IndexOf(SampledKinds.Names, label)], view.ValuesOf<float>("X").Average(), 2.0);
    }

    [Theory]
    [InlineData("1", 1u)]
    [InlineData("3", 3u)]
    public void A_key_without_values_is_asked_for_by_its_number(string label, uint key)
    {
        IDataView view = _ml.Data.SampleFromVae(_kinds.ByNumber, 500, label: label, seed: 5);
        Assert.All(view.ValuesOf<uint>("Number"), found => Assert.Equal(key, found));
        Assert.Equal(SampledKinds.Centres[key - 1], view.ValuesOf<float>("X").Average(), 2.0);
    }

    [Fact]
    public void A_key_of_numbers_is_asked_for_by_the_number_as_text()
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Digit").Fit(_kinds.Prepared).Transform(_kinds.Prepared);
        using VaeTransformer model = _kinds.Fit(options => (options.LabelColumnName, options.NumberOfEpochs) = ("Digit", 5), data);
        foreach (int digit in SampledKinds.Digits)
        {
            IDataView view = _ml.Data.SampleFromVae(model, 300, label: $"{digit}", seed: 5);
            IDataView back = _ml.Transforms.Conversion.MapKeyToValue("Value", "Digit").Fit(view).Transform(view);
            Assert.All(back.ValuesOf<int>("Value"), found => Assert.Equal(digit, found));
            Assert.Equal(SampledKinds.Centres[Array.IndexOf(SampledKinds.Digits, digit)], view.ValuesOf<float>("X").Average(), 2.0);
        }
        var error = Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(model, 1, label: "1"));
        Assert.Contains("'1' is not a label of column 'Digit' that training had", error.Message);
        Assert.Contains("'-42'", error.Message);
        // Through a file, too.
        using var loaded = (VaeTransformer)_ml.SavedAndLoaded(model, data.Schema);
        Assert.Equal(RowBits.Digest(_ml.Data.SampleFromVae(model, 50, label: "-42", seed: 5)), RowBits.Digest(_ml.Data.SampleFromVae(loaded, 50, label: "-42", seed: 5)));
        Assert.True(_ml.Data.SampleFromVae(loaded, 1).Schema["Digit"].HasKeyValues(NumberDataViewType.Int32));
    }

    [Fact]
    public void The_label_s_column_follows_with_its_type_and_key_values()
    {
        DataViewSchema schema = _ml.Data.SampleFromVae(_kinds.ByKind, 1, new VaeSamplingOptions { LatentColumnName = "Z" }).Schema;
        Assert.Equal(["X", "Y", "W", "Kind", "Z"], schema.Select(column => column.Name));
        Assert.Equal(_kinds.Prepared.Schema["Kind"].Type, schema["Kind"].Type);
        VBuffer<ReadOnlyMemory<char>> values = default;
        schema["Kind"].GetKeyValues(ref values);
        VBuffer<ReadOnlyMemory<char>> given = default;
        _kinds.Prepared.Schema["Kind"].GetKeyValues(ref given);
        Assert.Equal(given.DenseValues().Select(value => $"{value}"), values.DenseValues().Select(value => $"{value}"));
        Assert.Equal(_kinds.Prepared.Schema["Number"].Type, _ml.Data.SampleFromVae(_kinds.ByNumber, 1).Schema["Number"].Type);
        Assert.Equal(["X", "Y", "W"], _ml.Data.SampleFromVae(_kinds.Unlabelled, 1).Schema.Select(column => column.Name));
    }

    [Fact]
    public void Labels_come_as_often_as_in_training_by_default()
    {
        string[] trained = Labels(_kinds.Prepared);
        Dictionary<string, double> expected = trained.GroupBy(label => label).ToDictionary(group => group.Key, group => group.Count() / (double)trained.Length);
        AssertProportions(expected, Labels(_ml.Data.SampleFromVae(_kinds.ByKind, RowCount, seed: 5)));
        Assert.Equal([1u, 2u, 3u], _ml.Data.SampleFromVae(_kinds.ByNumber, RowCount, seed: 5).ValuesOf<uint>("Number").Distinct().Order());
    }

    [Fact]
    public void Labels_come_by_the_proportions_that_are_given()
    {
        IDataView Sampled(VaeTransformer model, Dictionary<string, double> proportions) => _ml.Data.SampleFromVae(model, RowCount, new VaeSamplingOptions { LabelProportions = proportions, Seed = 5 });
        var given = new Dictionary<string, double> { ["c"] = 0.7, ["a"] = 0.3 };
        IDataView view = Sampled(_kinds.ByKind, given);
        string[] labels = Labels(view);
        AssertProportions(given, labels);
        Assert.DoesNotContain("b", labels);
        // The label goes with the row.
        float[] x = view.ValuesOf<float>("X");
        Assert.All(new[] { "a", "c" }, label => Assert.Equal(SampledKinds.Centres[Array.IndexOf(SampledKinds.Names, label)], labels.Zip(x).Where(pair => pair.First == label).Average(pair => pair.Second), 2.0));

        AssertProportions(new() { ["1"] = 0.1, ["2"] = 0.1, ["3"] = 0.8 }, [.. Sampled(_kinds.ByNumber, new() { ["3"] = 0.8, ["1"] = 0.1, ["2"] = 0.1 }).ValuesOf<uint>("Number").Select(key => $"{key}")]);
        // Off by rounding is not off.
        Assert.All(Labels(Sampled(_kinds.ByKind, new() { ["a"] = 0, ["b"] = 1 + 1e-9 })), label => Assert.Equal("b", label));
    }

    [Fact]
    public void A_label_s_row_is_the_same_whatever_the_others_are()
    {
        IDataView mixed = _ml.Data.SampleFromVae(_kinds.ByKind, 600, seed: 5);
        string[] labels = Labels(mixed);
        float[] x = mixed.ValuesOf<float>("X");
        float[] only = _ml.Data.SampleFromVae(_kinds.ByKind, 600, label: "b", seed: 5).ValuesOf<float>("X");
        int[] rows = [.. Enumerable.Range(0, 600).Where(row => labels[row] == "b")];
        Assert.NotEmpty(rows);
        TestRows.AssertClose([.. rows.Select(row => x[row])], [.. rows.Select(row => only[row])], 1e-5f);
    }

    [Fact]
    public void Rows_near_given_rows_keep_their_labels()
    {
        KindRow[] near = [.. KindRow.Make(7, seed: 3)];
        IDataView data = _kinds.KindToKey.Transform(_ml.Data.LoadFromEnumerable(near));
        using PosteriorSampler sampler = PosteriorSampler.Fit(_kinds.ByKind, data, temperature: 0.01);
        Assert.Equal(7, sampler.RowCount);
        IDataView view = _ml.Data.SampleFromVae(_kinds.ByKind, 3000, sampler, VaeDecoding.Mean, seed: 5);
        string[] labels = Labels(view);
        float[] y = view.ValuesOf<float>("Y");
        for (int row = 0; row < labels.Length; row++)
        {
            Assert.Equal(near[row % 7].Kind, labels[row]);
            Assert.Equal(near[row % 7].Y, y[row], 1.5);
        }
        // Unless another is asked for: then what the label tells changes, and what the latent tells stays.
        IDataView other = _ml.Data.SampleFromVae(_kinds.ByKind, 700, sampler, VaeDecoding.Mean, label: "c", seed: 5);
        Assert.All(Labels(other), label => Assert.Equal("c", label));
        Assert.Equal(SampledKinds.Centres[2], other.ValuesOf<float>("X").Average(), 2.0);
        Assert.All(other.ValuesOf<float>("Y").Index(), each => Assert.Equal(near[each.Index % 7].Y, each.Item, 1.5));
        Assert.Equal(RowBits.Of(view)[..700], RowBits.Of(_ml.Data.SampleFromVae(_kinds.ByKind, 3000, sampler, VaeDecoding.Mean, seed: 5))[..700]);
    }

    [Fact]
    public void Rows_without_a_label_are_left_out_of_what_a_conditional_model_is_near_to()
    {
        KindRow[] rows = KindRow.Make(10, seed: 3);
        rows[4].Kind = "never seen";
        using PosteriorSampler sampler = PosteriorSampler.Fit(_kinds.ByKind, _kinds.KindToKey.Transform(_ml.Data.LoadFromEnumerable(rows)));
        Assert.Equal(9, sampler.RowCount);
        Assert.Equal(rows.Where(row => row.Kind.Length == 1).Select(row => row.Kind), Labels(_ml.Data.SampleFromVae(_kinds.ByKind, 9, sampler)));
    }

    private static void AssertProportions(Dictionary<string, double> expected, string[] labels)
    {
        foreach ((string label, double proportion) in expected)
        {
            double sigma = Math.Sqrt(proportion * (1 - proportion) / labels.Length);
            Assert.Equal(proportion, labels.Count(each => each == label) / (double)labels.Length, 4 * sigma);
        }
    }

    private string[] Labels(IDataView view)
    {
        IDataView back = _ml.Transforms.Conversion.MapKeyToValue("KindText", "Kind").Fit(view).Transform(view);
        return [.. back.ValuesOf<ReadOnlyMemory<char>>("KindText").Select(text => text.ToString())];
    }
}
