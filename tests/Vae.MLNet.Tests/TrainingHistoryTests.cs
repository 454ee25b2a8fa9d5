using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace Vae.MLNet.Tests;

/// <summary>What training says of itself: the history, and the log.</summary>
public sealed class TrainingHistoryTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];
    private readonly List<string> _infos = [];

    public TrainingHistoryTests() => _ml.Log += (_, log) => (log.Kind switch
    {
        ChannelMessageKind.Warning => _warnings,
        ChannelMessageKind.Info => _infos,
        _ => [],
    }).Add(log.RawMessage);

    [Fact]
    public void The_history_is_what_progress_was_told_and_goes_through_a_file()
    {
        IDataView data = _ml.View(300);
        var progress = new Epochs();
        using VaeTransformer model = Fit(data, options => (options.NumberOfEpochs, options.ValidationFraction, options.Progress) = (6, 0.2, progress));
        Assert.Equal(progress.All, model.History);
        Assert.Equal(Enumerable.Range(1, 6), model.History.Select(epoch => epoch.Epoch));
        Assert.All(model.History, epoch =>
        {
            Assert.Equal(6, epoch.NumberOfEpochs);
            Assert.True(epoch.RowsPerSecond > 0 && epoch.Kl > 0 && epoch.LearningRate == 1e-3 && double.IsFinite(epoch.ValidationElbo!.Value));
            Assert.InRange(epoch.ActiveUnits, 0, 2);
            Assert.Equal(epoch.Reconstruction - epoch.Kl, epoch.Elbo);
        });

        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        file.Position = 0;
        using var loaded = (VaeTransformer)new MLContext().Model.Load(file, out _);
        Assert.Equal(model.History, loaded.History);
    }

    [Fact]
    public void The_loss_is_the_negative_elbo_but_for_the_columns_units()
    {
        using VaeTransformer model = Fit(_ml.View(300));
        double[] units = [.. model.History.Select(epoch => epoch.Elbo + epoch.Loss)];
        Assert.All(units, each => Assert.Equal(units[0], each, 1e-4));
        // Standardising divides each column by its deviation, which a density makes up for.
        TestRow[] rows = TestRows.Make(300);
        double expected = -Enumerable.Range(0, TestRow.FeatureCount).Sum(slot =>
        {
            double mean = rows.Average(row => row.Features[slot]);
            return 0.5 * Math.Log(rows.Average(row => Math.Pow(row.Features[slot] - mean, 2)));
        });
        Assert.Equal(expected, units[0], 0.02);
    }

    [Fact]
    public void Only_as_many_units_are_active_as_there_are_hidden_numbers()
    {
        using VaeTransformer model = Fit(_ml.View(2000), options =>
            (options.LatentDimension, options.NumberOfEpochs, options.LearningRate, options.Network) = (8, 15, 5e-3, new VaeNetwork.Dense(32)));
        Assert.InRange(model.History[^1].ActiveUnits, 2, 4);
        // By the posterior means of the trained model, too, which differ a little from those on the way through the last epoch.
        float[][] means = model.Transform(_ml.View(2000)).Values<Microsoft.ML.Data.VBuffer<float>>("Latent").Select(mean => mean.DenseValues().ToArray()).ToArray();
        int active = Enumerable.Range(0, 8).Count(unit => means.Average(mean => mean[unit] * mean[unit]) - Math.Pow(means.Average(mean => mean[unit]), 2) > 0.01);
        Assert.InRange(active, 2, 4);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_latent_that_tells_nothing_is_warned_of_and_free_bits_keep_it_telling()
    {
        var random = new Random(3);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        IDataView noise = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1000).Select(_ => new TestRow { Features = [.. Enumerable.Range(0, 6).Select(_ => (float)Normal())] }).ToArray());

        // With widths to learn, some columns may just as well be kept in the latent; with narrower ones the chance correlations of so few rows.
        void Wide(VaeEstimator.Options options) => (options.NumberOfEpochs, options.LearningRate, options.Noise) = (20, 5e-3, VaeNoise.Fixed(1.5));

        using VaeTransformer collapsed = Fit(noise, Wide);
        Assert.Equal(0, collapsed.History[^1].ActiveUnits);
        Assert.InRange(collapsed.History[^1].Kl, 0, 0.05);
        string warning = Assert.Single(_warnings);
        Assert.Contains("Posterior collapse: none of the 2 latent dimensions", warning);
        Assert.Contains("FreeBits", warning);
        Assert.Contains("WarmUp", warning);

        _warnings.Clear();
        using VaeTransformer free = Fit(noise, options =>
        {
            Wide(options);
            options.Objective = new VaeObjective.Elbo { FreeBits = 0.5 };
        });
        Assert.Equal(2, free.History[^1].ActiveUnits);
        // Up to what is free, and hardly more.
        Assert.InRange(free.History[^1].Kl, 0.8, 1.2);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void The_device_is_said_where_nobody_chose_it()
    {
        const string said = "Training computes on the CPU: TorchSharp finds no CUDA device.";
        IDataView data = _ml.View(50);
        using VaeTransformer chosen = Fit(data, options => options.Device = VaeDevice.Cpu);
        Assert.DoesNotContain(said, _infos);
        using VaeTransformer automatic = Fit(data, options => options.Device = VaeDevice.Auto);
        if (!TorchSharp.torch.cuda.is_available())
        {
            Assert.Contains(said, _infos);
            TestRows.AssertEqual(_ml.Outputs(chosen.Transform(data)), _ml.Outputs(automatic.Transform(data)), 0);
        }
    }

    [Fact]
    public void A_loss_that_is_no_number_says_what_to_change()
    {
        TestRow[] rows = TestRows.Make(200);
        rows[150].Features[2] = 1e12f;
        OwnNetworks.Register();
        var progress = new Epochs();
        var error = Assert.Throws<InvalidOperationException>(() => Fit(_ml.Data.LoadFromEnumerable(rows), options =>
            (options.InputColumns, options.ReconstructionColumnName, options.Network, options.GradientClipping, options.Progress) =
                ([new("Features") { Scaling = VaeScaling.None }], null, new VaeNetwork.Custom(OwnNetworks.Steep), 2, progress)));
        Assert.Contains("Training diverged: in epoch 1, at row ", error.Message);
        Assert.Contains("Lower the learning rate (now 0.001)", error.Message);
        Assert.Contains("GradientClipping (now 2)", error.Message);
        Assert.Contains("extreme values of 'Features'", error.Message);
        Assert.Empty(progress.All);
        // Standardised they are no trouble to a network that is not steep.
        Fit(_ml.Data.LoadFromEnumerable(rows)).Dispose();
    }

    [Fact]
    public void Going_on_from_a_checkpoint_and_keeping_the_best_epoch_are_said()
    {
        using DisposableFolder folder = new();
        using var source = new CancellationTokenSource();
        var progress = new Epochs(epoch => source.Cancel());
        void Early(VaeEstimator.Options options) => (options.CheckpointFolder, options.ValidationFraction, options.EarlyStoppingPatience) = (folder.Path, 0.2, 5);
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(_ml.View(100), options =>
        {
            Early(options);
            (options.Progress, options.CancellationToken) = (progress, source.Token);
        }));
        using VaeTransformer model = Fit(_ml.View(100), Early);
        Assert.Contains("Training goes on after epoch 1 of 3, from the checkpoint.", _infos);
        int best = model.History.MaxBy(epoch => epoch.ValidationElbo)!.Epoch;
        Assert.Contains($"The weights of epoch {best} are kept, the best on validation rows.", _infos);
    }

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options>? change = null) => TestRows.Fit(_ml, data, change);

    private sealed class DisposableFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("vae history ").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
