using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>Bad input gets a clear error of the right kind, naming what was found and what was wanted, before work starts.</summary>
public sealed class BadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string, Action<VaeEstimator.Options>, string> BadSettings => new()
    {
        { "LatentDimension", options => options.LatentDimension = 0, "0" },
        { "LatentDimension", options => options.LatentDimension = -3, "-3" },
        { "BatchSize", options => options.BatchSize = 0, "at" },
        { "NumberOfEpochs", options => options.NumberOfEpochs = 0, "at least 1" },
        { "LearningRate", options => options.LearningRate = 0, "above 0" },
        { "LearningRate", options => options.LearningRate = double.NaN, "above 0" },
        { "LearningRate", options => options.LearningRate = 1.5, "1.5" },
        { "HiddenLayerSizes[1]", options => options.Network = new VaeNetwork.Dense([8, 0]), "0" },
        { "HiddenLayerSizes", options => options.Network = new VaeNetwork.Dense((IReadOnlyList<int>)null!), "HiddenLayerSizes" },
        { "Network", options => options.Network = null!, "Network" },
        { "Likelihood", options => options.Likelihood = (VaeLikelihood)77, "Gaussian, StudentT, Laplace, Bernoulli" },
        { "Likelihood", options => options.Likelihood = VaeLikelihood.Categorical, "keys are categorical" },
        { "InputColumnName", options => options.InputColumnName = " ", "no name" },
        { "input columns", options => (options.InputColumns, options.ReconstructionColumnName) = (["A", "A"], null), "two input columns are named 'A'" },
        { "ReconstructionColumnName", options => options.InputColumns = ["A", "B"], "ReconstructionColumnSuffix" },
        { "likelihood of column 'A'", options => options.InputColumns = [new("A") { Likelihood = (VaeLikelihood)9 }], "Categorical" },
        { "scaling of column 'A'", options => options.InputColumns = [new("A") { Scaling = (VaeScaling)9 }], "Quantile" },
        { "'Features'", options => options.LabelColumnName = "Features", "label" },
        { "'Features'", options => options.ExampleWeightColumnName = "Features", "weight" },
        { "label", options => options.LabelColumnName = "", "empty" },
        { "MaskingRate", options => options.MaskingRate = 1, "below 1" },
        { "MaskingRate", options => options.MaskingRate = double.NaN, "below 1" },
        { "ImputationDraws", options => options.ImputationDraws = 0, "from 1" },
        { "NumberOfImputations", options => options.NumberOfImputations = 3, "Draw" },
        { "MaximumCategories", options => options.MaximumCategories = 0, "from 1" },
        { "Imputation", options => options.Imputation = (VaeImputation)5, "Mean, Draw" },
        { "output column", options => options.ScoreColumnName = "", "empty" },
        { "Draw", options => options.ScoreColumnName = "Draw", "two output columns are named 'Draw'" },
        { "output column", options => options.OutputColumnName = options.LogVarianceColumnName = options.DrawColumnName = options.ReconstructionColumnName = options.ScoreColumnName = null, "No output column" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void A_bad_setting_fails_in_the_constructor(string setting, Action<VaeEstimator.Options> change, string said)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(change)));
        Assert.Contains(setting, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(said, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_missing_column_is_named_before_any_row_is_read()
    {
        var source = new CountingView(_ml.View(10));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => TestRows.Fit(_ml, source, options => options.InputColumnName = "Pixels"));
        Assert.Contains("Could not find input column 'Pixels'", error.Message);
        Assert.Contains("Features", error.Message);
        Assert.Equal(0, source.CursorsOpened);

        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(10));
        IDataView other = _ml.Data.LoadFromEnumerable(new[] { new Other() });
        Assert.Contains("'Features'", Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(other)).Message);
        Assert.Contains("'Features'", Assert.Throws<ArgumentOutOfRangeException>(() => model.GetOutputSchema(other.Schema)).Message);
    }

    [Theory]
    [InlineData("Doubles")]
    [InlineData("Unsized")]
    [InlineData("Text")]
    public void A_column_of_another_type_is_named(string column)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { new Other() });
        var alone = Assert.Throws<ArgumentOutOfRangeException>(() => TestRows.Fit(_ml, data, options => options.InputColumnName = column));
        Assert.Contains($"Schema mismatch for input column '{column}': expected a number, a Boolean, a key or a known-size vector of Single, got", alone.Message);
        var chain = _ml.Transforms.CopyColumns("Copy", column).Append(_ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.InputColumnName = "Copy")));
        Assert.Contains("'Copy'", Assert.Throws<ArgumentOutOfRangeException>(() => chain.Fit(data)).Message);
    }

    [Fact]
    public void A_vector_of_another_size_than_in_training_is_refused()
    {
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(10));
        IDataView data = _ml.View(10);
        IDataView wider = _ml.Transforms.Concatenate("Features", "Features", "Number").Fit(data).Transform(data);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(wider));
        Assert.Contains("'Features': expected Vector<Single, 6>, as in training, got Vector<Single, 7>", error.Message);
    }

    [Fact]
    public void No_rows_is_an_error_of_training_and_fine_in_transform()
    {
        var error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, _ml.View(0)));
        Assert.Contains("no rows", error.Message);
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(10));
        Assert.Empty(_ml.Outputs(model.Transform(_ml.View(0))));
    }

    [Theory]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void An_infinite_value_is_named_with_its_row_and_slot(float value)
    {
        TestRow[] rows = TestRows.Make(40);
        rows[17].Features[4] = value;
        IDataView bad = _ml.Data.LoadFromEnumerable(rows);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, bad));
        Assert.Contains("Column 'Features', row 17, slot 4", error.Message);
        Assert.Contains("wanted a finite number", error.Message);

        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(40));
        Assert.Contains("row 17, slot 4", Assert.Throws<InvalidOperationException>(() => _ml.Outputs(model.Transform(bad))).Message);
        var engine = _ml.Model.CreatePredictionEngine<TestRow, TestOutput>(model);
        Assert.Contains("slot 4", Assert.Throws<InvalidOperationException>(() => engine.Predict(rows[17])).Message);
        // The engine goes on with the next row.
        Assert.True(float.IsFinite(engine.Predict(rows[0]).Score));
    }

    [Fact]
    public void A_missing_value_is_an_error_for_a_model_that_has_seen_none()
    {
        TestRow[] rows = TestRows.Make(40);
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(40));
        rows[17].Features[4] = float.NaN;
        IDataView holes = _ml.Data.LoadFromEnumerable(rows);
        Assert.Contains("Column 'Features', row 17: found a missing value, wanted none, as in training", Assert.Throws<InvalidOperationException>(() => _ml.Outputs(model.Transform(holes))).Message);
        using VaeTransformer prepared = TestRows.Fit(_ml, _ml.View(40), options => options.MaskingRate = 0.2);
        Assert.All(_ml.Outputs(prepared.Transform(holes)), output => Assert.True(float.IsFinite(output.Score)));
    }

    [Fact]
    public void Bernoulli_wants_values_between_0_and_1()
    {
        void Bernoulli(VaeEstimator.Options options)
        {
            options.InputColumnName = "Wide";
            options.Likelihood = VaeLikelihood.Bernoulli;
        }

        IDataView Wide(params TestRow[] rows)
        {
            IDataView data = _ml.Data.LoadFromEnumerable(rows);
            return _ml.Transforms.Concatenate("Wide", "Features", "Number").Fit(data).Transform(data);
        }

        TestRow In() => new() { Features = [0, 1, 0.5f, 0, 1, 0.25f], Number = 1 };
        TestRow outside = In();
        outside.Number = 1.01f;
        var error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, Wide(In(), outside), Bernoulli));
        Assert.Contains("Column 'Wide', row 1, slot 6 ('Number'): found 1.01, wanted a value from 0 to 1", error.Message);
        using VaeTransformer model = TestRows.Fit(_ml, Wide(In(), In()), Bernoulli);
        outside.Number = -0.5f;
        Assert.Contains("found -0.5", Assert.Throws<InvalidOperationException>(() => _ml.Outputs(model.Transform(Wide(outside)))).Message);
    }

    [Fact]
    public void Training_that_diverges_is_reported_and_not_returned()
    {
        TestRow[] rows = TestRows.Make(100);
        var error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.LearningRate = 1;
            options.NumberOfEpochs = 200;
            options.Network = new VaeNetwork.Dense([64, 64, 64]);
            options.BatchSize = 4;
        }));
        Assert.Contains("Training diverged", error.Message);
        Assert.Contains("learning rate", error.Message);
    }

    [Fact]
    public void An_error_of_the_source_comes_through()
    {
        int rows = 0;
        var failing = new ObservedView(_ml.View(100), () =>
        {
            if (++rows > 50)
            {
                throw new IOException("the disk is gone");
            }
        });
        Assert.Contains("the disk is gone", Assert.Throws<IOException>(() => TestRows.Fit(_ml, failing)).Message);
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => _ml.Transforms.VariationalAutoencoder((VaeEstimator.Options)null!));
        Assert.Throws<ArgumentNullException>(() => _ml.Transforms.VariationalAutoencoder((string)null!));
        Assert.Throws<ArgumentNullException>(() => _ml.Transforms.VariationalAutoencoder("Latent").Fit(null!));
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(10));
        Assert.Throws<ArgumentNullException>(() => model.Transform(null!));
        Assert.Throws<ArgumentNullException>(() => model.GetOutputSchema(null!));
    }

    private sealed class Other
    {
        public float Scalar { get; set; }

        [VectorType(3)]
        public double[] Doubles { get; set; } = new double[3];

        [VectorType]
        public float[] Unsized { get; set; } = new float[3];

        public string Text { get; set; } = "";
    }
}
