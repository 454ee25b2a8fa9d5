using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Tests;

/// <summary>Rows that judge a training and teach it nothing.</summary>
public sealed class ValidationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void The_validation_elbo_is_that_of_the_validation_rows_after_the_epoch()
    {
        IDataView judges = _ml.View(1500, seed: 2);
        using VaeTransformer model = Estimator().Fit(_ml.View(500), judges);
        Assert.All(model.History, epoch => Assert.NotNull(epoch.ValidationElbo));
        // By another draw of the latent of each row.
        Assert.Equal(-Score(model, judges), model.History[^1].ValidationElbo!.Value, 0.15);
    }

    [Theory]
    [InlineData(VaeScaling.Standard)]
    [InlineData(VaeScaling.Quantile)]
    public void Without_draws_it_is_so_to_the_digit_with_holes_too(VaeScaling scaling)
    {
        IDataView judges = WithHoles(300, seed: 2);
        using VaeTransformer model = Estimator(options =>
        {
            Points(options);
            (options.InputColumns, options.ReconstructionColumnName) = ([new("Features") { Scaling = scaling }], null);
        }).Fit(WithHoles(500), judges);
        Assert.Equal(-Score(model, judges), model.History[^1].ValidationElbo!.Value, 1e-3);
    }

    [Fact]
    public void The_validation_elbo_of_held_out_rows_is_theirs_by_weight()
    {
        // Weights differ from row to row, and so does what a log density gains in the units.
        TestRow[] rows = Holes(500);
        foreach (TestRow row in rows)
        {
            row.Number = row.Features[0] > 0.5f ? 8 : 0.5f;
        }
        void Weighted(VaeEstimator.Options options)
        {
            Points(options);
            (options.InputColumns, options.ReconstructionColumnName) = ([new("Features") { Scaling = VaeScaling.Quantile }], null);
            (options.ExampleWeightColumnName, options.ValidationFraction) = ("Number", 0.1);
        }

        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = Estimator(Weighted).Fit(data);
        // The seed shuffles the rows, and the last are held out.
        using var generator = new torch.Generator(7);
        using torch.Tensor order = torch.randperm(500, generator: generator);
        TestRow[] held = [.. order.data<long>().Skip(450).Select(row => rows[row])];
        float[] scores = model.Transform(_ml.Data.LoadFromEnumerable(held)).Values<float>("Score");
        double expected = held.Zip(scores, (row, score) => -row.Number * score).Sum() / held.Sum(row => row.Number);
        Assert.Equal(expected, model.History[^1].ValidationElbo!.Value, 2e-3);
    }

    [Fact]
    public void Nothing_is_learned_from_validation_rows()
    {
        IDataView data = _ml.View(300);
        using VaeTransformer alone = Estimator().Fit(data);
        using VaeTransformer judged = Estimator().Fit(data, Odd(5));
        Assert.True(judged.History[^1].ValidationElbo < alone.History[^1].Elbo - 10);
        Assert.Equal(Weights(alone), Weights(judged));
        Assert.Equal(alone.History.Select(WithoutSpeed), judged.History.Select(epoch => WithoutSpeed(epoch) with { ValidationElbo = null }));
    }

    [Fact]
    public void Validation_rows_far_outside_have_a_finite_elbo()
    {
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(TestRows.Options()).Fit(_ml.View(300), Odd(1e25f));
        Assert.All(model.History, epoch => Assert.True(double.IsFinite(epoch.ValidationElbo!.Value)));
        Assert.All(_ml.Outputs(model.Transform(Odd(1e37f))), output => Assert.True(float.IsFinite(output.Score) && output.Latent.Concat(output.Reconstruction).All(float.IsFinite)));
    }

    [Fact]
    public void Validation_rows_of_no_finite_elbo_are_warned_of_once_and_do_no_harm()
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
            {
                warnings.Add(log.RawMessage);
            }
        };
        OwnNetworks.Register();
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Network = new VaeNetwork.Custom(OwnNetworks.Steep))).Fit(ml.View(300), Odd(1e25f));
        Assert.All(model.History, epoch => Assert.False(double.IsFinite(epoch.ValidationElbo!.Value)));
        Assert.Contains("The ELBO of the validation rows is ", Assert.Single(warnings));
        using var file = new MemoryStream();
        ml.Model.Save(model, ml.View(1).Schema, file);
        file.Position = 0;
        using var loaded = (VaeTransformer)ml.Model.Load(file, out _);
        Assert.Equal(model.History, loaded.History);
    }

    [Fact]
    public void Held_out_rows_are_not_trained_on()
    {
        foreach (double fraction in new[] { 0.001, 0.5, 0.999 })
        {
            using VaeTransformer model = Estimator(options => options.ValidationFraction = fraction).Fit(_ml.View(40));
            Assert.NotNull(model.History[^1].ValidationElbo);
        }
        using VaeTransformer two = Estimator(options => options.ValidationFraction = 0.01).Fit(_ml.View(2));
        // One row is no spread: its posterior mean does not vary.
        Assert.Equal(0, two.History[^1].ActiveUnits);
        Assert.Contains("ValidationFraction", Assert.Throws<InvalidOperationException>(() => Estimator(options => options.ValidationFraction = 0.5).Fit(_ml.View(1))).Message);
    }

    [Fact]
    public void Holes_in_validation_rows_are_refused_where_training_rows_have_none()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Estimator().Fit(_ml.View(100), WithHoles(50)));
        Assert.Contains("The validation rows have missing values", error.Message);
        Assert.Contains("MaskingRate", error.Message);
        using VaeTransformer masked = Estimator(options => options.MaskingRate = 0.2).Fit(_ml.View(100), WithHoles(50));
        Assert.True(double.IsFinite(masked.History[^1].ValidationElbo!.Value));
    }

    [Fact]
    public void Early_stopping_ends_overfitting_and_gives_the_weights_of_the_best_epoch()
    {
        IDataView few = _ml.View(40);
        IDataView judges = _ml.View(200, seed: 2);
        void Overfitting(VaeEstimator.Options options) => (options.NumberOfEpochs, options.Network, options.LearningRate, options.BatchSize) = (400, new VaeNetwork.Dense(64, 64), 0.01, 10);

        using VaeTransformer stopped = Estimator(options =>
        {
            Overfitting(options);
            options.EarlyStoppingPatience = 6;
        }).Fit(few, judges);
        double best = stopped.History.Max(epoch => epoch.ValidationElbo!.Value);
        int bestEpoch = stopped.History.First(epoch => epoch.ValidationElbo == best).Epoch;
        Assert.Equal(bestEpoch + 6, stopped.History.Count);
        Assert.True(stopped.History.Count < 400, $"{stopped.History.Count} epochs");
        Assert.True(stopped.History[^1].ValidationElbo < best);

        // The same as a training that ends there.
        using VaeTransformer shorter = Estimator(options =>
        {
            Overfitting(options);
            options.NumberOfEpochs = bestEpoch;
        }).Fit(few);
        Assert.Equal(Weights(shorter), Weights(stopped));
        // Patience that never ends keeps the best weights as well; without any the last ones stay.
        using VaeTransformer patient = Estimator(options =>
        {
            Overfitting(options);
            (options.NumberOfEpochs, options.EarlyStoppingPatience) = (bestEpoch + 3, 1000);
        }).Fit(few, judges);
        Assert.Equal(bestEpoch + 3, patient.History.Count);
        Assert.Equal(Weights(shorter), Weights(patient));
        using VaeTransformer last = Estimator(options =>
        {
            Overfitting(options);
            options.NumberOfEpochs = bestEpoch + 3;
        }).Fit(few, judges);
        Assert.NotEqual(Weights(shorter), Weights(last));
    }

    private VaeEstimator Estimator(Action<VaeEstimator.Options>? change = null) => _ml.Transforms.VariationalAutoencoder(TestRows.Options(change));

    private static void Points(VaeEstimator.Options options) => (options.Objective, options.LogVarianceColumnName) = (new VaeObjective.Autoencoder(), null);

    private IDataView Odd(float factor)
    {
        TestRow[] rows = TestRows.Make(50, seed: 3);
        foreach (TestRow row in rows)
        {
            row.Features[1] = factor * (1 + row.Features[1]);
        }
        return _ml.Data.LoadFromEnumerable(rows);
    }

    private IDataView WithHoles(int count, int seed = 1) => _ml.Data.LoadFromEnumerable(Holes(count, seed));

    private static TestRow[] Holes(int count, int seed = 1)
    {
        TestRow[] rows = TestRows.Make(count, seed);
        for (int row = 0; row < count; row += 3)
        {
            rows[row].Features[row % 6] = float.NaN;
        }
        return rows;
    }

    private static double Score(VaeTransformer model, IDataView data) => model.Transform(data).Values<float>("Score").Average(score => (double)score);

    private static byte[] Weights(VaeTransformer model) => ModelPayload.Write(model).Weights;

    private static VaeProgress WithoutSpeed(VaeProgress epoch) => epoch with { RowsPerSecond = 0 };
}
