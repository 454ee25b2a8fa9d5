using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Vae.MLNet.Tests;

/// <summary>What training promises: it learns, says how it goes, repeats itself, and stops when told.</summary>
public sealed partial class TrainingTests
{
    [Fact]
    public void Training_raises_the_elbo_and_tells_every_epoch()
    {
        var ml = new MLContext(seed: 1);
        var lines = new List<string>();
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Info && log.RawMessage.StartsWith("Epoch", StringComparison.Ordinal))
            {
                lines.Add(log.RawMessage);
            }
        };
        var progress = new Collected();
        using VaeTransformer model = TestRows.Fit(ml, ml.View(2000), options =>
        {
            options.NumberOfEpochs = 10;
            options.Progress = progress;
        });

        Assert.Equal(Enumerable.Range(1, 10), progress.Epochs.Select(each => each.Epoch));
        Assert.All(progress.Epochs, each => Assert.Equal(each.Elbo, each.Reconstruction - each.Kl, 9));
        Assert.All(progress.Epochs, each => Assert.True(each.Kl > 0 && each.RowsPerSecond > 0 && each.NumberOfEpochs == 10));
        Assert.True(progress.Epochs[^1].Elbo > progress.Epochs[0].Elbo + 1, $"{progress.Epochs[0].Elbo} to {progress.Epochs[^1].Elbo}");
        Assert.Equal(10, lines.Count);
        Assert.All(lines, line => Assert.Matches(EpochLine(), line));
        Assert.Contains(progress.Epochs[4].Elbo.ToString("F3", CultureInfo.InvariantCulture), lines[4]);
    }

    [Fact]
    public void The_score_is_the_negative_elbo_of_training()
    {
        var ml = new MLContext(seed: 1);
        var progress = new Collected();
        IDataView data = ml.View(2000);
        using VaeTransformer model = TestRows.Fit(ml, data, options =>
        {
            options.NumberOfEpochs = 30;
            options.LearningRateSchedule = VaeLearningRateSchedule.Cosine;
            options.Progress = progress;
        });
        // Averages over an epoch lag a little behind the model at its end.
        Assert.Equal(-progress.Epochs[^1].Elbo, ml.Outputs(model.Transform(data)).Average(output => output.Score), 0.3);
    }

    [Fact]
    public void The_gaussian_score_is_a_density_in_the_input_s_units()
    {
        // With no latent information to be had, the best model of independent normal columns is the columns' own density: entropy 1/2 log(2 pi e sigma^2) each.
        var ml = new MLContext(seed: 1);
        var random = new Random(5);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        double[] deviations = [1, 10, 0.01, 3, 100, 0.5];
        TestRow[] rows = [.. Enumerable.Range(0, 4000).Select(_ => new TestRow { Features = [.. deviations.Select(deviation => (float)(50 + deviation * Normal()))] })];
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(ml, data, options => options.NumberOfEpochs = 15);
        double entropy = deviations.Sum(deviation => 0.5 * Math.Log(2 * Math.PI * Math.E * deviation * deviation));
        Assert.Equal(entropy, ml.Outputs(model.Transform(data)).Average(output => output.Score), 0.25);
    }

    [Fact]
    public void Reconstructions_are_in_the_input_s_units()
    {
        var ml = new MLContext(seed: 1);
        TestRow[] rows = TestRows.Make(3000);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(ml, data, options =>
        {
            options.NumberOfEpochs = 40;
            options.Network = new VaeNetwork.Dense([32, 32]);
            options.LearningRate = 3e-3;
        });
        TestOutput[] outputs = ml.Outputs(model.Transform(data));
        // Column 3 is 10 a + 5: variance 100/12. The two hidden numbers are enough to know it.
        double error = rows.Zip(outputs, (row, output) => Math.Pow(row.Features[3] - output.Reconstruction[3], 2)).Average();
        Assert.True(error < 0.1 * 100 / 12, $"mean squared error {error}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_does_not()
    {
        TestOutput[] Run(int? contextSeed, int? seed)
        {
            var ml = new MLContext(contextSeed);
            IDataView data = ml.View(300);
            using VaeTransformer model = TestRows.Fit(ml, data, options => options.Seed = seed);
            return ml.Outputs(model.Transform(data));
        }

        TestOutput[] first = Run(null, 5);
        TestRows.AssertEqual(first, Run(null, 5), 0);
        Assert.NotEqual(first[0].Latent, Run(null, 6)[0].Latent);

        TestOutput[] fromContext = Run(3, null);
        TestRows.AssertEqual(fromContext, Run(3, null), 0);
        Assert.NotEqual(fromContext[0].Latent, Run(4, null)[0].Latent);
    }

    [Fact]
    public void Fitting_an_estimator_twice_gives_the_same_model()
    {
        var ml = new MLContext();
        IDataView data = ml.View(200);
        VaeEstimator estimator = ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Seed = null));
        using VaeTransformer first = estimator.Fit(data);
        using VaeTransformer second = estimator.Fit(data);
        TestRows.AssertEqual(ml.Outputs(first.Transform(data)), ml.Outputs(second.Transform(data)), 0);
    }

    [Fact]
    public void Two_fits_at_a_time_do_not_disturb_each_other()
    {
        var expected = new MLContext();
        IDataView data = expected.View(300);
        using VaeTransformer alone = TestRows.Fit(expected, data);
        TestOutput[] outputs = expected.Outputs(alone.Transform(data));
        Parallel.For(0, 3, _ =>
        {
            var ml = new MLContext();
            using VaeTransformer model = TestRows.Fit(ml, ml.View(300));
            TestRows.AssertEqual(outputs, ml.Outputs(model.Transform(data)), 0);
        });
    }

    [Fact]
    public void Cancelling_stops_training()
    {
        var ml = new MLContext();
        using var source = new CancellationTokenSource();
        var progress = new Collected(_ => source.Cancel());
        Assert.ThrowsAny<OperationCanceledException>(() => TestRows.Fit(ml, ml.View(300), options =>
        {
            options.NumberOfEpochs = 1000;
            options.Progress = progress;
            options.CancellationToken = source.Token;
        }));
        Assert.Single(progress.Epochs);

        int rows = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => TestRows.Fit(ml, new ObservedView(ml.View(300), () => rows++), options => options.CancellationToken = source.Token));
        Assert.Equal(0, rows);
    }

    [Fact]
    public void A_linear_model_and_one_row_and_a_batch_of_one_train()
    {
        var ml = new MLContext();
        foreach (int rows in new[] { 1, 5 })
        {
            using VaeTransformer model = TestRows.Fit(ml, ml.View(rows), options =>
            {
                options.Network = new VaeNetwork.Dense([]);
                options.BatchSize = 1;
            });
            Assert.All(ml.Outputs(model.Transform(ml.View(rows))), output => Assert.All(output.Reconstruction, value => Assert.True(float.IsFinite(value))));
        }
    }

    [Fact]
    public void Options_are_copied()
    {
        var ml = new MLContext();
        VaeEstimator.Options options = TestRows.Options();
        VaeEstimator estimator = ml.Transforms.VariationalAutoencoder(options);
        options.LatentDimension = 5;
        options.OutputColumnName = "Other";
        using VaeTransformer model = estimator.Fit(ml.View(10));
        Assert.Equal(2, model.LatentDimension);
        Assert.NotNull(model.GetOutputSchema(ml.View(10).Schema).GetColumnOrNull("Latent"));
    }

    [GeneratedRegex(@"^Epoch \d+/10: ELBO -?\d+\.\d{3} nats per row \(reconstruction -?\d+\.\d{3}, KL \d+\.\d{3}\), \d+ active units, \d+ rows/s$")]
    private static partial Regex EpochLine();

    private sealed class Collected(Action<VaeProgress>? also = null) : IProgress<VaeProgress>
    {
        public List<VaeProgress> Epochs { get; } = [];

        public void Report(VaeProgress value)
        {
            Epochs.Add(value);
            also?.Invoke(value);
        }
    }
}
