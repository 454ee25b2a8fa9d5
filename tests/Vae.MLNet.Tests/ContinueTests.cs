using Microsoft.ML;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Tests;

/// <summary>Training on, from a model that there is.</summary>
public sealed class ContinueTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Training_starts_where_the_previous_model_ended()
    {
        IDataView data = _ml.View(1000);
        using VaeTransformer previous = TestRows.Fit(_ml, data, options => (options.NumberOfEpochs, options.LearningRate) = (15, 5e-3));
        byte[] before = ModelPayload.Write(previous).Weights;
        using VaeTransformer next = Estimator(options => (options.NumberOfEpochs, options.LearningRate) = (2, 5e-3)).Fit(data, previous);

        double start = previous.History[0].Elbo;
        double end = previous.History[^1].Elbo;
        Assert.True(end > start + 3, $"{start} to {end}");
        Assert.True(next.History[0].Elbo > end - 0.1 * (end - start), $"{start} to {end}, then {next.History[0].Elbo}");
        Assert.Equal([1, 2], next.History.Select(epoch => epoch.Epoch));
        // The previous model is as it was, and goes on living by itself.
        Assert.Equal(before, ModelPayload.Write(previous).Weights);
        Assert.NotEqual(before, ModelPayload.Write(next).Weights);
        previous.Dispose();
        Assert.Equal(1000, _ml.Outputs(next.Transform(data)).Length);
    }

    [Fact]
    public void Training_on_twice_gives_the_same_bits_and_so_does_a_loaded_model()
    {
        IDataView data = _ml.View(300);
        using VaeTransformer previous = TestRows.Fit(_ml, data);
        using var file = new MemoryStream();
        _ml.Model.Save(previous, data.Schema, file);
        file.Position = 0;
        using var loaded = (VaeTransformer)_ml.Model.Load(file, out _);
        using VaeTransformer first = Estimator().Fit(data, previous);
        using VaeTransformer second = Estimator().Fit(data, loaded);
        Assert.Equal(ModelPayload.Write(first).Weights, ModelPayload.Write(second).Weights);
    }

    [Fact]
    public void Other_rows_are_seen_through_the_scaling_of_the_previous_model()
    {
        using VaeTransformer previous = TestRows.Fit(_ml, _ml.View(500));
        TestRow[] shifted = TestRows.Make(500, seed: 2);
        foreach (TestRow row in shifted)
        {
            row.Features[3] = 3 * row.Features[3] + 40;
        }
        // A step so small that nothing but the rows differs: the scores are those of the previous model.
        IDataView data = _ml.Data.LoadFromEnumerable(shifted);
        using VaeTransformer next = Estimator(options => (options.LearningRate, options.NumberOfEpochs) = (1e-12, 1)).Fit(data, previous);
        TestRows.AssertEqual(_ml.Outputs(previous.Transform(data)), _ml.Outputs(next.Transform(data)), 1e-4f);
        Assert.Equal(-_ml.Outputs(previous.Transform(data)).Average(output => output.Score), next.History[0].Elbo, 0.05 * Math.Abs(next.History[0].Elbo));
    }

    [Fact]
    public void Validation_rows_judge_what_comes_after_a_previous_model()
    {
        IDataView data = _ml.View(500);
        IDataView judges = _ml.View(100, seed: 9);
        using VaeTransformer previous = TestRows.Fit(_ml, data, options => options.NumberOfEpochs = 10);
        using VaeTransformer next = Estimator(options => (options.NumberOfEpochs, options.EarlyStoppingPatience, options.LearningRate) = (40, 2, 0.3)).Fit(data, judges, previous);
        Assert.True(next.History.Count < 40, $"{next.History.Count} epochs");
        double best = next.History.Max(epoch => epoch.ValidationElbo!.Value);
        Assert.Equal(-_ml.Outputs(next.Transform(judges)).Average(output => output.Score), best, 1);
    }

    public static TheoryData<string, Action<VaeEstimator.Options>> OtherSettings => new()
    {
        { "LatentDimension is 2; the settings ask for 3", options => options.LatentDimension = 3 },
        { "its Network is {", options => options.Network = new VaeNetwork.Dense(17) },
        { "its Network is {", options => options.Network = new VaeNetwork.Dense(16) { Activation = VaeActivation.Tanh } },
        { "Prior", options => options.Prior = new VaePrior.Vamp { Components = 3 } },
        { "likelihood of column 'Features' is Gaussian; the settings ask for Laplace", options => options.Likelihood = VaeLikelihood.Laplace },
        { "noise of column 'Features'", options => options.Noise = VaeNoise.Shared },
        { "scaling of column 'Features' is Standard; the settings ask for Quantile", options => options.InputColumns = [new("Features") { Scaling = VaeScaling.Quantile }] },
        { "Autoencoder", options => (options.Objective, options.LogVarianceColumnName) = (new VaeObjective.Autoencoder(), null) },
        { "list of input columns is Features; the settings ask for Number", options => options.InputColumnName = "Number" },
        { "list of input columns is Features; the settings ask for Features, Number", options => (options.InputColumns, options.ReconstructionColumnName) = (["Features", "Number"], null) },
        { "never saw a missing value", options => options.MaskingRate = 0.2 },
        { "never saw a missing value", options => options.ImputedColumnSuffix = "Filled" },
    };

    [Theory]
    [MemberData(nameof(OtherSettings))]
    public void Settings_that_make_other_networks_are_refused_by_name(string said, Action<VaeEstimator.Options> change)
    {
        IDataView data = _ml.View(60);
        using VaeTransformer previous = TestRows.Fit(_ml, data);
        var progress = new Epochs();
        var error = Assert.Throws<ArgumentException>(() => Estimator(options =>
        {
            change(options);
            options.Progress = progress;
        }).Fit(data, previous));
        Assert.Contains("The previous model cannot be trained on", error.Message);
        Assert.Contains(said, error.Message);
        Assert.Empty(progress.All);
    }

    [Fact]
    public void A_label_that_the_previous_model_has_not_is_refused()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(MixedRow.Make(60));
        void Small(VaeEstimator.Options options) => (options.InputColumns, options.NumberOfEpochs) = (["U", "V"], 1);
        void Conditional(VaeEstimator.Options options)
        {
            Small(options);
            options.LabelColumnName = "Quarter";
        }

        using VaeTransformer plain = _ml.Transforms.VariationalAutoencoder(MixedModel.Options(Small)).Fit(data);
        using VaeTransformer conditional = _ml.Transforms.VariationalAutoencoder(MixedModel.Options(Conditional)).Fit(data);
        Assert.Contains("label column is none; the settings ask for Quarter", Assert.Throws<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(MixedModel.Options(Conditional)).Fit(data, plain)).Message);
        Assert.Contains("label column is Quarter; the settings ask for none", Assert.Throws<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(MixedModel.Options(Small)).Fit(data, conditional)).Message);
    }

    [Fact]
    public void Columns_of_another_type_or_size_are_refused()
    {
        IDataView data = _ml.View(60);
        using VaeTransformer previous = TestRows.Fit(_ml, data);
        IDataView wider = _ml.Transforms.Concatenate("Features", "Features", "Number").Fit(data).Transform(data);
        Assert.Contains("'Features': expected Vector<Single, 6>, as in training, got Vector<Single, 7>", Assert.Throws<ArgumentOutOfRangeException>(() => Estimator().Fit(wider, previous)).Message);
        Assert.Contains("'Features'", Assert.Throws<ArgumentOutOfRangeException>(() => Estimator().Fit(data, wider, previous)).Message);
    }

    [Fact]
    public void A_category_that_the_previous_model_never_saw_is_named()
    {
        MixedRow[] rows = MixedRow.Make(200);
        IDataView some = _ml.Data.LoadFromEnumerable(rows.Where(row => row.Quarter != 2));
        IDataView all = _ml.Data.LoadFromEnumerable(rows);
        VaeEstimator estimator = _ml.Transforms.VariationalAutoencoder(MixedModel.Options(options => (options.InputColumns, options.NumberOfEpochs) = (["U", "Quarter"], 1)));
        using VaeTransformer previous = estimator.Fit(some);
        int row = Array.FindIndex(rows, each => each.Quarter == 2);
        string said = $"Column 'Quarter', row {row}: found category ";
        Assert.Contains(said, Assert.Throws<InvalidOperationException>(() => estimator.Fit(all, previous)).Message);
        Assert.Contains(said, Assert.Throws<InvalidOperationException>(() => estimator.Fit(some, all, previous)).Message);
        Assert.Contains(said, Assert.Throws<InvalidOperationException>(() => estimator.Fit(some, all)).Message);
    }

    [Fact]
    public void Holes_that_the_previous_model_never_saw_are_refused_and_those_it_knows_are_not_needed()
    {
        IDataView whole = _ml.View(200);
        TestRow[] rows = TestRows.Make(200);
        rows[5].Features[2] = float.NaN;
        IDataView holes = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer previous = TestRows.Fit(_ml, whole);
        Assert.Contains("never saw a missing value, and these rows have some", Assert.Throws<ArgumentException>(() => Estimator().Fit(holes, previous)).Message);

        using VaeTransformer used = TestRows.Fit(_ml, holes);
        using VaeTransformer next = Estimator().Fit(whole, used);
        // It still knows holes.
        Assert.All(_ml.Outputs(next.Transform(holes)), output => Assert.True(float.IsFinite(output.Score)));
    }

    [Fact]
    public void A_previous_model_is_wanted_and_not_a_disposed_one()
    {
        IDataView data = _ml.View(60);
        Assert.Throws<ArgumentNullException>(() => Estimator().Fit(data, (VaeTransformer)null!));
        VaeTransformer previous = TestRows.Fit(_ml, data);
        previous.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Estimator().Fit(data, previous));
    }

    private VaeEstimator Estimator(Action<VaeEstimator.Options>? change = null) => _ml.Transforms.VariationalAutoencoder(TestRows.Options(change));
}
