using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Vae.MLNet.Tests;

/// <summary>Columns that tell nothing, constant or entirely missing, are a warning by name; training goes on, and they come back as what they were.</summary>
public sealed class TableWarningTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    public TableWarningTests() => _ml.Log += (_, entry) =>
    {
        if (entry.Kind == ChannelMessageKind.Warning)
        {
            _warnings.Add(entry.Message);
        }
    };

    public static TheoryData<VaeScaling> Scalings => [VaeScaling.Standard, VaeScaling.Quantile];

    [Fact]
    public void Columns_that_vary_are_no_warning()
    {
        using VaeTransformer model = Fit(OddRow.Make(40), "Number", "Whole", "Flag", "Kind", "Vector");
        Assert.Empty(_warnings);
    }

    [Theory]
    [MemberData(nameof(Scalings))]
    public void A_constant_number_comes_back_exactly(VaeScaling scaling)
    {
        OddRow[] rows = OddRow.Make(40);
        Array.ForEach(rows, row => (row.Whole, row.Other) = (123_456_789, 0.1));
        using VaeTransformer model = Fit(rows, "Number", new VaeInputColumn("Whole") { Scaling = scaling }, new VaeInputColumn("Other") { Scaling = scaling });
        Assert.Contains("Column 'Whole' is 123456789 in all training rows", _warnings[0]);
        Assert.Contains("Column 'Other' is 0.1 in all training rows", _warnings[1]);
        IDataView view = Look(model, rows);
        Assert.All(view.Values<int>("WholeSeen"), value => Assert.Equal(123_456_789, value));
        Assert.All(view.Values<double>("OtherSeen"), value => Assert.Equal(0.1, value));
        Assert.All(view.Values<float>("Score"), score => Assert.True(float.IsFinite(score)));
        // Another value later is odd, and no error.
        Array.ForEach(rows, row => row.Other = 7);
        Assert.All(Look(model, rows).Values<float>("Score"), score => Assert.True(float.IsFinite(score)));
    }

    [Theory]
    [MemberData(nameof(Scalings))]
    public void A_number_that_is_always_missing_comes_back_as_0(VaeScaling scaling)
    {
        OddRow[] rows = OddRow.Make(40);
        Array.ForEach(rows, row => row.Other = double.NaN);
        using VaeTransformer model = Fit(rows, "Number", new VaeInputColumn("Other") { Scaling = scaling });
        Assert.Contains("Column 'Other' has no value in any training row", Assert.Single(_warnings));
        IDataView view = Look(model, rows);
        Assert.All(view.Values<double>("OtherSeen"), value => Assert.Equal(0, value));
        Assert.All(view.Values<double>("OtherFilled"), value => Assert.Equal(0, value));
        Assert.All(view.Values<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Array.ForEach(rows, row => row.Other = 7);
        Assert.All(Look(model, rows).Values<double>("OtherFilled"), value => Assert.Equal(7, value));
        Assert.All(Look(model, rows).Values<float>("Score"), score => Assert.True(float.IsFinite(score)));
    }

    [Theory]
    [InlineData(true, VaeLikelihood.Bernoulli)]
    [InlineData(false, VaeLikelihood.Bernoulli)]
    [InlineData(true, VaeLikelihood.Gaussian)]
    public void A_constant_flag_comes_back(bool flag, VaeLikelihood likelihood)
    {
        OddRow[] rows = OddRow.Make(40);
        Array.ForEach(rows, row => row.Flag = flag);
        using VaeTransformer model = Fit(rows, "Number", new VaeInputColumn("Flag") { Likelihood = likelihood });
        Assert.Contains("Column 'Flag' is " + (flag ? "1" : "0"), Assert.Single(_warnings));
        Assert.All(Look(model, rows).Values<bool>("FlagSeen"), value => Assert.Equal(flag, value));
    }

    [Theory]
    [InlineData(float.NaN, 0f, VaeLikelihood.Gaussian)]
    [InlineData(0.25f, 0.25f, VaeLikelihood.Gaussian)]
    [InlineData(float.NaN, 0f, VaeLikelihood.Bernoulli)]
    [InlineData(0.25f, 0.25f, VaeLikelihood.Bernoulli)]
    public void Without_scaling_a_number_that_tells_nothing_comes_back_nearly(float given, float seen, VaeLikelihood likelihood)
    {
        OddRow[] rows = OddRow.Make(40);
        Array.ForEach(rows, row => row.Number = given);
        using VaeTransformer model = Fit(rows, "Whole", new VaeInputColumn("Number") { Likelihood = likelihood, Scaling = VaeScaling.None });
        Assert.Contains("Column 'Number'", Assert.Single(_warnings));
        IDataView view = Look(model, rows);
        Assert.All(view.Values<float>("NumberSeen"), value => Assert.Equal(seen, value, 0.6f));
        Assert.All(view.Values<float>("Score"), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void A_key_of_one_category_comes_back_and_one_of_none_is_missing()
    {
        OddRow[] rows = OddRow.Make(40);
        Array.ForEach(rows, row => row.Kind = 2);
        using VaeTransformer constant = Fit(rows, "Number", "Kind");
        Assert.Contains("Column 'Kind' is 3 in all training rows", Assert.Single(_warnings));
        Assert.All(Look(constant, rows).Values<uint>("KindSeen"), value => Assert.Equal(3u, value));

        _warnings.Clear();
        Array.ForEach(rows, row => row.Kind = 9);
        using VaeTransformer empty = Fit(rows, "Number", "Kind");
        Assert.Contains("Column 'Kind' has no value in any training row", Assert.Single(_warnings));
        IDataView view = Look(empty, rows);
        Assert.All(view.Values<uint>("KindSeen"), value => Assert.Equal(0u, value));
        Assert.All(view.Values<uint>("KindFilled"), value => Assert.Equal(0u, value));
        Assert.All(view.Values<float>("Score"), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void A_category_is_named_by_its_word()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 20).Select(i => new WordRow { Word = "red", Number = i }));
        data = _ml.Transforms.Conversion.MapValueToKey("Word").Fit(data).Transform(data);
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(Options("Number", "Word")).Fit(data);
        Assert.Contains("Column 'Word' is 'red' (key 1) in all training rows", Assert.Single(_warnings));
    }

    [Theory]
    [MemberData(nameof(Scalings))]
    public void Slots_that_tell_nothing_are_counted_and_come_back_exactly(VaeScaling scaling)
    {
        OddRow[] rows = OddRow.Make(40);
        Array.ForEach(rows, row => row.Vector = [row.Whole, 0.3f, float.NaN]);
        using VaeTransformer model = Fit(rows, new VaeInputColumn("Vector") { Scaling = scaling });
        Assert.Equal(2, _warnings.Count);
        Assert.Contains(_warnings, message => message.Contains("Column 'Vector': 1 of 3 slots have no value in any training row"));
        Assert.Contains(_warnings, message => message.Contains("Column 'Vector': 1 of 3 slots have one value in all training rows"));
        foreach (VBuffer<float> row in Look(model, rows).Values<VBuffer<float>>("VectorSeen"))
        {
            Assert.Equal([0.3f, 0], row.DenseValues().Skip(1));
        }
    }

    [Fact]
    public void Rows_without_a_label_are_counted_and_left_out()
    {
        OddRow[] rows = OddRow.Make(40);
        for (int i = 0; i < 7; i++)
        {
            (rows[i].Kind, rows[i].Other) = (9, 1e6);
        }
        VaeEstimator.Options options = Options("Other");
        options.LabelColumnName = "Kind";
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(options).Fit(_ml.Data.LoadFromEnumerable(rows));
        Assert.Contains("7 of 40 rows have no label in column 'Kind' and are not trained on", Assert.Single(_warnings));
        Assert.All(Look(model, rows[7..]).Values<double>("OtherSeen"), value => Assert.InRange(value, -20, 40));
    }

    private static VaeEstimator.Options Options(params VaeInputColumn[] columns) => new()
    {
        InputColumns = columns,
        ScoreColumnName = "Score",
        ReconstructionColumnSuffix = "Seen",
        ImputedColumnSuffix = "Filled",
        LatentDimension = 2,
        Network = new VaeNetwork.Dense([8]) { Activation = VaeActivation.ReLU },
        LearningRateSchedule = VaeLearningRateSchedule.Constant,
        NumberOfEpochs = 5,
        BatchSize = 10,
        Seed = 5,
    };

    private VaeTransformer Fit(OddRow[] rows, params VaeInputColumn[] columns) => _ml.Transforms.VariationalAutoencoder(Options(columns)).Fit(_ml.Data.LoadFromEnumerable(rows));

    private IDataView Look(VaeTransformer model, OddRow[] rows) => model.Transform(_ml.Data.LoadFromEnumerable(rows));
}
