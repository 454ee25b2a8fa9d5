using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>What a table cannot be is said by column, found and wanted, before any row is read where that is possible.</summary>
public sealed class TableBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string, Action<VaeEstimator.Options>, string[]> BadColumns => new()
    {
        { "text", options => options.InputColumns = ["Number", "Text"], ["input column 'Text'", "expected a number, a Boolean, a key or a known-size vector of Single", "got", "String"] },
        { "date", options => options.InputColumns = ["Number", "Date"], ["input column 'Date'", "expected a number", "got", "DateTime"] },
        { "keys", options => options.InputColumns = ["Number", "Keys"], ["input column 'Keys'", "expected a number", "got", "Key<UInt32, 0-3>"] },
        { "doubles", options => options.InputColumns = ["Number", "Doubles"], ["input column 'Doubles'", "known-size vector of Single", "got", "Double"] },
        { "unsized", options => options.InputColumns = ["Number", "Unsized"], ["input column 'Unsized'", "known-size vector of Single", "got", "Single"] },
        { "missing", options => options.InputColumns = ["Number", "Nowhere"], ["Could not find input column 'Nowhere'", "Number, Whole, Flag"] },
        { "Gaussian key", options => options.InputColumns = [new("Kind") { Likelihood = VaeLikelihood.Gaussian }], ["column 'Kind'", "Key", "to be Categorical", "set to Gaussian"] },
        { "Bernoulli key", options => options.InputColumns = [new("Kind") { Likelihood = VaeLikelihood.Bernoulli }], ["column 'Kind'", "to be Categorical", "set to Bernoulli"] },
        { "categorical number", options => options.InputColumns = [new("Whole") { Likelihood = VaeLikelihood.Categorical }], ["column 'Whole'", "Gaussian or StudentT or Laplace or Bernoulli", "set to Categorical"] },
        { "categorical flag", options => options.InputColumns = [new("Flag") { Likelihood = VaeLikelihood.Categorical }], ["column 'Flag'", "Bernoulli or Gaussian", "set to Categorical"] },
        { "categorical vector", options => options.InputColumns = [new("Vector") { Likelihood = VaeLikelihood.Categorical }], ["column 'Vector'", "Gaussian or StudentT or Laplace or Bernoulli", "set to Categorical"] },
        { "scaled key", options => options.InputColumns = [new("Kind") { Scaling = VaeScaling.Quantile }], ["column 'Kind'", "Categorical", "to be None", "set to Quantile"] },
        { "scaled flag", options => options.InputColumns = [new("Flag") { Scaling = VaeScaling.Standard }], ["column 'Flag'", "Bernoulli", "to be None", "set to Standard"] },
        {
            "scaled share",
            options => options.InputColumns = [new("Number") { Likelihood = VaeLikelihood.Bernoulli, Scaling = VaeScaling.Quantile }],
            ["column 'Number'", "Bernoulli", "to be None", "set to Quantile"]
        },
        { "text label", options => options.LabelColumnName = "Text", ["label column 'Text'", "expected a key", "got", "String"] },
        { "number label", options => options.LabelColumnName = "Whole", ["label column 'Whole'", "expected a key", "got", "Int32"] },
        { "missing label", options => options.LabelColumnName = "Nowhere", ["Could not find label column 'Nowhere'"] },
        { "integer weight", options => options.ExampleWeightColumnName = "Whole", ["weight column 'Whole'", "expected Single", "got", "Int32"] },
        { "vector weight", options => options.ExampleWeightColumnName = "Vector", ["weight column 'Vector'", "expected Single", "got", "Single"] },
        { "missing weight", options => options.ExampleWeightColumnName = "Nowhere", ["Could not find weight column 'Nowhere'"] },
    };

    [Theory]
    [MemberData(nameof(BadColumns))]
    public void A_column_that_cannot_be_is_named_before_any_row_is_read(string what, Action<VaeEstimator.Options> change, string[] said)
    {
        var source = new CountingView(_ml.Data.LoadFromEnumerable(OddRow.Make(20)));
        VaeEstimator estimator = Estimator(change);
        var alone = Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(source));
        Assert.All(said, part => Assert.Contains(part, alone.Message));
        Assert.Equal("input", alone.ParamName);
        // In a chain the shape tells as much; the types have other names there.
        var inChain = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.CopyColumns("Copy", "Number").Append(estimator).Fit(source));
        Assert.All(said.TakeWhile(part => part != "got"), part => Assert.Contains(part, inChain.Message));
        Assert.Equal("inputSchema", inChain.ParamName);
        Assert.True(source.CursorsOpened == 0, $"{what}: rows were read");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Too_many_categories_are_counted_before_any_row_is_read(bool isLabel)
    {
        var source = new CountingView(_ml.Data.LoadFromEnumerable(OddRow.Make(20)));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Estimator(options =>
        {
            options.MaximumCategories = 3;
            options.InputColumns = isLabel ? ["Number"] : ["Number", "Kind"];
            options.LabelColumnName = isLabel ? "Kind" : null;
        }).Fit(source));
        Assert.Contains("Column 'Kind' has 4 categories; at most 3 are wanted", error.Message);
        Assert.Contains("MaximumCategories", error.Message);
        Assert.Equal(0, source.CursorsOpened);
        using VaeTransformer fits = Fit(OddRow.Make(20), options => (options.InputColumns, options.MaximumCategories) = (["Number", "Kind"], 4));
    }

    [Theory]
    [InlineData(-1f, "-1")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_weight_that_is_none_is_named_with_its_row(float weight, string found)
    {
        OddRow[] rows = OddRow.Make(20);
        rows[13].Weight = weight;
        var error = Assert.Throws<InvalidOperationException>(() => Fit(rows, options => options.ExampleWeightColumnName = "Weight"));
        Assert.Contains($"Weight column 'Weight', row 13: found {found}, wanted a finite number of at least 0", error.Message);
    }

    [Fact]
    public void Rows_that_all_weigh_nothing_are_no_rows()
    {
        OddRow[] rows = OddRow.Make(20);
        Array.ForEach(rows, row => row.Weight = 0);
        var error = Assert.Throws<InvalidOperationException>(() => Fit(rows, options => options.ExampleWeightColumnName = "Weight"));
        Assert.Contains("None of the 20 rows", error.Message);
        Assert.Contains("weight 0", error.Message);
    }

    [Fact]
    public void Rows_that_all_lack_a_label_are_no_rows()
    {
        OddRow[] rows = OddRow.Make(20);
        Array.ForEach(rows, row => row.Kind = 9);
        var error = Assert.Throws<InvalidOperationException>(() => Fit(rows, options => options.LabelColumnName = "Kind"));
        Assert.Contains("None of the 20 rows", error.Message);
        Assert.Contains("20 have no label", error.Message);
    }

    [Theory]
    [InlineData("Number", "row 5: found ", "wanted a finite number")]
    [InlineData("Other", "row 5: found ", "wanted a finite number")]
    public void An_infinite_number_is_named_with_its_row(string column, string found, string wanted)
    {
        OddRow[] rows = OddRow.Make(20);
        (rows[5].Number, rows[5].Other) = (float.PositiveInfinity, double.NegativeInfinity);
        var error = Assert.Throws<InvalidOperationException>(() => Fit(rows, options => options.InputColumns = ["Flag", column]));
        Assert.Contains($"Column '{column}', {found}", error.Message);
        Assert.Contains(wanted, error.Message);
        Assert.DoesNotContain("slot", error.Message);
    }

    [Fact]
    public void A_double_beyond_single_precision_is_refused_for_what_it_is()
    {
        OddRow[] rows = OddRow.Make(20);
        rows[5].Other = 1e300;
        var error = Assert.Throws<InvalidOperationException>(() => Fit(rows, options => options.InputColumns = ["Other"]));
        Assert.Contains("Column 'Other', row 5: found 1E+300", error.Message);
        Assert.Contains("range of Single", error.Message);
    }

    [Fact]
    public void A_category_that_training_never_saw_is_named_at_scoring()
    {
        string[] words = ["red", "green", "blue"];
        WordRow[] rows = [.. Enumerable.Range(0, 60).Select(i => new WordRow { Word = words[i % 3], Number = i % 3 })];
        ITransformer keys = _ml.Transforms.Conversion.MapValueToKey("Word").Fit(_ml.Data.LoadFromEnumerable(rows));
        IDataView seen = keys.Transform(_ml.Data.LoadFromEnumerable(rows.Where(row => row.Word != "blue")));
        IDataView all = keys.Transform(_ml.Data.LoadFromEnumerable(rows));
        using VaeTransformer asInput = Estimator(options => options.InputColumns = ["Number", "Word"]).Fit(seen);
        using VaeTransformer asLabel = Estimator(options => options.LabelColumnName = "Word").Fit(seen);
        foreach (VaeTransformer model in new[] { asInput, asLabel })
        {
            Assert.Equal(40, model.Transform(seen).Values<float>("Score").Length);
            var error = Assert.Throws<InvalidOperationException>(() => model.Transform(all).Values<float>("Score"));
            Assert.Contains("Column 'Word', row 2: found category 'blue' (key 3), which no training row had; wanted", error.Message);
        }
        // Nor is it what a row is taken for.
        Assert.DoesNotContain(3u, asInput.Transform(seen).Values<uint>("WordSeen"));
        Assert.Contains("Label 3", Assert.Throws<ArgumentException>(() => asLabel.Decode([0f, 0f], [3u], new float[1])).Message);
    }

    [Fact]
    public void Key_values_other_than_those_of_training_are_refused_before_any_row_is_read()
    {
        WordRow[] rows = [new() { Word = "red" }, new() { Word = "green" }, new() { Word = "blue" }];
        IDataView Keyed(IEnumerable<WordRow> of) => _ml.Transforms.Conversion.MapValueToKey("Word").Fit(_ml.Data.LoadFromEnumerable(of)).Transform(_ml.Data.LoadFromEnumerable(of));
        using VaeTransformer asInput = Estimator(options => options.InputColumns = ["Number", "Word"]).Fit(Keyed(rows));
        using VaeTransformer asLabel = Estimator(options => options.LabelColumnName = "Word").Fit(Keyed(rows));
        foreach ((VaeTransformer model, string role) in new[] { (asInput, "input"), (asLabel, "label") })
        {
            var source = new CountingView(Keyed([rows[0], rows[2], rows[1]]));
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(source));
            Assert.Contains($"{role} column 'Word'", error.Message);
            Assert.Contains("'green'", error.Message);
            Assert.Contains("'blue'", error.Message);
            Assert.Equal(0, source.CursorsOpened);
            var fewer = Assert.Throws<ArgumentOutOfRangeException>(() => model.GetOutputSchema(Keyed(rows.Take(2)).Schema));
            Assert.Contains($"{role} column 'Word': expected Key<UInt32, 0-2>, as in training, got Key<UInt32, 0-1>", fewer.Message);
        }
    }

    [Fact]
    public void Another_type_at_scoring_is_refused_before_any_row_is_read()
    {
        using VaeTransformer model = Fit(OddRow.Make(20), options => options.InputColumns = ["Number", "Whole", "Flag"]);
        IDataView data = _ml.Data.LoadFromEnumerable(OddRow.Make(20));
        foreach ((string column, string from, string expected, string got) in new[] { ("Whole", "Number", "Int32", "Single"), ("Flag", "Whole", "Boolean", "Int32"), ("Number", "Other", "Single", "Double") })
        {
            var source = new CountingView(_ml.Transforms.CopyColumns(column, from).Fit(data).Transform(data));
            string message = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(source)).Message;
            Assert.Contains($"Schema mismatch for input column '{column}': expected {expected}, as in training, got {got}", message);
            Assert.Equal(0, source.CursorsOpened);
        }
    }

    [Fact]
    public void A_label_that_is_absent_at_scoring_is_named_and_a_weight_is_not_needed()
    {
        using VaeTransformer model = Fit(OddRow.Make(40), options => (options.InputColumns, options.LabelColumnName, options.ExampleWeightColumnName) = (["Number"], "Kind", "Weight"));
        IDataView data = _ml.Data.LoadFromEnumerable(OddRow.Make(40));
        IDataView unlabelled = _ml.Transforms.SelectColumns("Number", "Weight").Fit(data).Transform(data);
        Assert.Contains("Could not find label column 'Kind'; there are: Number, Weight", Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(unlabelled)).Message);
        IDataView unweighted = _ml.Transforms.SelectColumns("Number", "Kind").Fit(data).Transform(data);
        Assert.All(model.Transform(unweighted).Values<float>("Score"), score => Assert.True(float.IsFinite(score)));
        Assert.Contains("Kind", Assert.Throws<InvalidOperationException>(() => model.Decode([0f, 0f], new float[1])).Message);
    }

    private VaeEstimator Estimator(Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            InputColumns = ["Number"],
            ScoreColumnName = "Score",
            ReconstructionColumnSuffix = "Seen",
            LatentDimension = 2,
            Network = new VaeNetwork.Dense([8]) { Activation = VaeActivation.ReLU },
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            NumberOfEpochs = 3,
            BatchSize = 10,
            Seed = 5,
        };
        change(options);
        return _ml.Transforms.VariationalAutoencoder(options);
    }

    private VaeTransformer Fit(OddRow[] rows, Action<VaeEstimator.Options> change) => Estimator(change).Fit(_ml.Data.LoadFromEnumerable(rows));
}
