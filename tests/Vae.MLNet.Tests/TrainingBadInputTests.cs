using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>Settings of training that are out of range or contradict each other are named before any row is read.</summary>
public sealed class TrainingBadInputTests
{
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string, Action<VaeEstimator.Options>, string> BadSettings => new()
    {
        { "LearningRateWarmUpEpochs", options => options.LearningRateWarmUpEpochs = 3, "from 0 to 2" },
        { "LearningRateWarmUpEpochs", options => options.LearningRateWarmUpEpochs = -1, "from 0" },
        { "LearningRateSchedule", options => options.LearningRateSchedule = (VaeLearningRateSchedule)9, "Constant, Cosine, Plateau" },
        { "LearningRate", options => options.LearningRate = -1e-3, "above 0" },
        { "LearningRate", options => options.LearningRate = double.PositiveInfinity, "at most 1" },
        { "WeightDecay", options => options.WeightDecay = -0.1, "at least 0" },
        { "WeightDecay", options => options.WeightDecay = double.NaN, "at least 0" },
        { "WeightDecay", options => options.WeightDecay = double.PositiveInfinity, "finite" },
        { "GradientClipping", options => options.GradientClipping = 0, "above 0" },
        { "GradientClipping", options => options.GradientClipping = -1, "above 0" },
        { "GradientClipping", options => options.GradientClipping = double.NaN, "above 0" },
        { "GradientClipping", options => options.GradientClipping = double.PositiveInfinity, "finite" },
        { "TrimmingRate", options => options.TrimmingRate = 0.5, "below 0.5" },
        { "TrimmingRate", options => options.TrimmingRate = -0.1, "at least 0" },
        { "TrimmingRate", options => options.TrimmingRate = double.NaN, "at least 0" },
        { "ValidationFraction", options => options.ValidationFraction = 0, "above 0" },
        { "ValidationFraction", options => options.ValidationFraction = 1, "below 1" },
        { "ValidationFraction", options => options.ValidationFraction = double.NaN, "above 0" },
        { "EarlyStoppingPatience", options => (options.EarlyStoppingPatience, options.ValidationFraction) = (0, 0.1), "at least 1" },
        { "InputNoise", options => options.InputNoise = -1, "at least 0" },
        { "InputNoise", options => options.InputNoise = double.NaN, "at least 0" },
        { "InputNoise", options => options.InputNoise = double.PositiveInfinity, "finite" },
        { "MaskingRate", options => options.MaskingRate = -0.1, "at least 0" },
        { "CheckpointInterval", options => options.CheckpointInterval = 0, "at least 1" },
        { "CheckpointFolder", options => options.CheckpointFolder = " ", "empty" },
        { "Device", options => options.Device = (VaeDevice)7, "Auto, Cpu, Cuda" },
        { "BatchSize", options => options.BatchSize = (1 << 20) + 1, "1048576" },
        { "Contamination", options => (options.PredictedLabelColumnName, options.Contamination) = ("PredictedLabel", 0), "above 0" },
        { "Contamination", options => (options.PredictedLabelColumnName, options.Contamination) = ("PredictedLabel", 0.6), "at most 0.5" },
        { "Contamination", options => (options.PredictedLabelColumnName, options.Contamination) = ("PredictedLabel", double.NaN), "above 0" },
        { "ScoreDraws", options => options.ScoreDraws = 0, "from 1" },
        { "ScoreDraws", options => options.ScoreDraws = 10_001, "10000" },
        { "Objective", options => options.Objective = null!, "Objective" },
        { "Prior", options => options.Prior = null!, "Prior" },
        { "Noise", options => options.Noise = null!, "Noise" },
        { "Components", options => options.Prior = new VaePrior.Vamp { Components = 0 }, "from 1" },
        { "LogVarianceColumnName", options => options.Objective = new VaeObjective.Autoencoder(), "autoencoder has no posterior variance" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void A_bad_setting_fails_in_the_constructor(string setting, Action<VaeEstimator.Options> change, string said)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(change)));
        Assert.Contains(setting, error.Message);
        Assert.Contains(said, error.Message);
    }

    [Fact]
    public void The_ends_of_the_ranges_are_allowed()
    {
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(20), options =>
        {
            (options.LearningRateWarmUpEpochs, options.EarlyStoppingPatience, options.ValidationFraction) = (2, 1, 0.999);
            (options.WeightDecay, options.GradientClipping, options.TrimmingRate, options.InputNoise, options.MaskingRate) = (0, 1e-6, 0.499, 0, 0);
            (options.PredictedLabelColumnName, options.Contamination, options.ScoreDraws) = ("PredictedLabel", 0.5, 1);
        });
        Assert.NotNull(model.ScoreThreshold);
        // Not looked at without the column that it is for.
        TestRows.Fit(_ml, _ml.View(20), options => options.Contamination = 7).Dispose();
    }

    [Fact]
    public void Early_stopping_wants_validation_rows()
    {
        var source = new CountingView(_ml.View(20));
        ArgumentException error = Assert.Throws<ArgumentException>(() => TestRows.Fit(_ml, source, options => options.EarlyStoppingPatience = 3));
        Assert.Contains("EarlyStoppingPatience wants validation rows: set ValidationFraction", error.Message);
        Assert.Equal(0, source.CursorsOpened);
    }

    [Fact]
    public void Validation_rows_come_from_one_place()
    {
        var source = new CountingView(_ml.View(20));
        VaeEstimator estimator = _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.ValidationFraction = 0.1));
        Assert.Contains("Both ValidationFraction and validation rows", Assert.Throws<ArgumentException>(() => estimator.Fit(source, _ml.View(5))).Message);
        Assert.Equal(0, source.CursorsOpened);
    }

    [Fact]
    public void Validation_rows_have_the_same_columns_and_are_at_least_one()
    {
        var source = new CountingView(_ml.View(20));
        VaeEstimator estimator = _ml.Transforms.VariationalAutoencoder(TestRows.Options());
        IDataView other = _ml.Data.LoadFromEnumerable(MixedRow.Make(5));
        Assert.Contains("Could not find input column 'Features'", Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(source, other)).Message);
        Assert.Equal(0, source.CursorsOpened);
        IDataView wider = _ml.Transforms.Concatenate("Features", "Features", "Number").Fit(source).Transform(_ml.View(5));
        Assert.Contains("expected Vector<Single, 6>, as in training, got Vector<Single, 7>", Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(source, wider)).Message);
        Assert.Contains("no rows to train or validate on", Assert.Throws<InvalidOperationException>(() => estimator.Fit(source, _ml.View(0))).Message);
        TestRow[] infinite = TestRows.Make(3);
        infinite[2].Features[4] = float.PositiveInfinity;
        Assert.Contains("Column 'Features', row 2, slot 4", Assert.Throws<InvalidOperationException>(() => estimator.Fit(source, _ml.Data.LoadFromEnumerable(infinite))).Message);
    }

    [Fact]
    public void Cuda_where_there_is_none_is_named_before_any_row_is_read()
    {
        if (TorchSharp.torch.cuda.is_available())
        {
            return;
        }
        var source = new CountingView(_ml.View(20));
        var error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, source, options => options.Device = VaeDevice.Cuda));
        Assert.Contains("Device is Cuda", error.Message);
        Assert.Contains("finds no CUDA device", error.Message);
        Assert.Equal(0, source.CursorsOpened);
    }
}
