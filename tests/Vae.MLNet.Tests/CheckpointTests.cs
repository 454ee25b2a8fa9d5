using Microsoft.ML;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Tests;

/// <summary>A training that was interrupted goes on as if it had not been, and a checkpoint that is not its own is refused.</summary>
public sealed class CheckpointTests : IDisposable
{
    private const string FileName = "checkpoint.safetensors";

    private readonly MLContext _ml = new(seed: 1);
    private readonly string _root = Directory.CreateTempSubdirectory("vae checkpoint ü ").FullName;
    private readonly IDataView _data;

    public CheckpointTests() => _data = _ml.View(240);

    private string Folder => Path.Combine(_root, "new", "checkpoints");

    private string File => Path.Combine(Folder, FileName);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static TheoryData<string, Action<VaeEstimator.Options>> Trainings => new()
    {
        { "plain", _ => { } },
        { "early stopping", options => (options.ValidationFraction, options.EarlyStoppingPatience, options.LearningRate) = (0.25, 20, 0.5) },
        { "plateau", options => (options.LearningRateSchedule, options.LearningRate) = (VaeLearningRateSchedule.Plateau, 0.8) },
        { "cosine with warm-up", options => (options.LearningRateSchedule, options.LearningRateWarmUpEpochs) = (VaeLearningRateSchedule.Cosine, 2) },
        { "dropout", options => options.Network = new VaeNetwork.Dense(16) { Dropout = 0.3 } },
        { "Vamp prior", options => options.Prior = new VaePrior.Vamp { Components = 5 } },
        { "masking and noise", options => (options.MaskingRate, options.InputNoise) = (0.3, 0.2) },
        { "every third epoch", options => options.CheckpointInterval = 3 },
        { "weight decay and clipping", options => (options.WeightDecay, options.GradientClipping) = (0.1, 0.5) },
    };

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_cancelled_training_goes_on_to_the_same_bits(string training, Action<VaeEstimator.Options> change)
    {
        const int epochs = 14;
        using VaeTransformer uninterrupted = Fit(change, null);
        using var source = new CancellationTokenSource();
        var before = new Epochs(epoch => Cancel(source, epoch.Epoch == 8));
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(options => (options.Progress, options.CancellationToken) = (before, source.Token)));
        Assert.Equal(8, before.All.Count);
        var after = new Epochs();
        using VaeTransformer resumed = Fit(options => options.Progress = after);

        Assert.Equal(training == "every third epoch" ? 7 : 9, after.All[0].Epoch);
        Assert.Equal(Convert.ToHexString(Weights(uninterrupted)), Convert.ToHexString(Weights(resumed)));
        Assert.Equal(uninterrupted.History.Select(WithoutSpeed), resumed.History.Select(WithoutSpeed));
        if (training == "plateau")
        {
            Assert.True(resumed.History[^1].LearningRate < 0.5, "the plateau was reached");
        }
        if (training == "early stopping")
        {
            Assert.NotEqual(epochs, resumed.History.MaxBy(epoch => epoch.ValidationElbo)!.Epoch);
        }

        VaeTransformer Fit(Action<VaeEstimator.Options>? more, string? folder = "")
        {
            return TestRows.Fit(_ml, _data, options =>
            {
                (options.NumberOfEpochs, options.BatchSize, options.CheckpointFolder) = (epochs, 60, folder is null ? null : Folder);
                change(options);
                more?.Invoke(options);
            });
        }
    }

    [Fact]
    public void A_checkpoint_is_one_file_and_a_finished_training_is_returned_at_once()
    {
        using VaeTransformer first = TestRows.Fit(_ml, _data, InFolder);
        Assert.Equal([File], Directory.GetFileSystemEntries(Folder));
        byte[] checkpoint = System.IO.File.ReadAllBytes(File);
        var progress = new Epochs();
        using VaeTransformer second = TestRows.Fit(_ml, _data, options =>
        {
            InFolder(options);
            options.Progress = progress;
        });
        Assert.Empty(progress.All);
        Assert.Equal(Weights(first), Weights(second));
        Assert.Equal(first.History, second.History);
        Assert.Equal([File], Directory.GetFileSystemEntries(Folder));
        Assert.Equal(checkpoint, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_training_that_stopped_early_is_returned_at_once_with_its_best_weights()
    {
        void Early(VaeEstimator.Options options)
        {
            InFolder(options);
            (options.NumberOfEpochs, options.ValidationFraction, options.EarlyStoppingPatience, options.LearningRate, options.CheckpointInterval) = (300, 0.3, 2, 0.1, 100);
        }

        using VaeTransformer first = TestRows.Fit(_ml, _data, Early);
        Assert.True(first.History.Count < 100);
        var progress = new Epochs();
        using VaeTransformer second = TestRows.Fit(_ml, _data, options =>
        {
            Early(options);
            options.Progress = progress;
        });
        Assert.Empty(progress.All);
        Assert.Equal(Weights(first), Weights(second));
    }

    [Fact]
    public void A_half_written_file_is_never_taken()
    {
        using VaeTransformer expected = TestRows.Fit(_ml, _data);
        Directory.CreateDirectory(Folder);
        System.IO.File.WriteAllText(File + ".new", "half of a check");
        using VaeTransformer first = TestRows.Fit(_ml, _data, InFolder);
        Assert.Equal(Weights(expected), Weights(first));
        System.IO.File.WriteAllBytes(File + ".new", System.IO.File.ReadAllBytes(File)[..^100]);
        using VaeTransformer second = TestRows.Fit(_ml, _data, InFolder);
        Assert.Equal(Weights(expected), Weights(second));
        Assert.Equal([File], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void A_folder_that_cannot_be_used_is_named_before_any_row_is_read()
    {
        string file = Path.Combine(_root, "file");
        System.IO.File.WriteAllText(file, "");
        AssertRefused(file, "cannot be written to");
        AssertRefused(Path.Combine(file, "below"), "cannot be written to");
        string foreign = Path.Combine(_root, "foreign");
        Directory.CreateDirectory(Path.Combine(foreign, "holidays"));
        AssertRefused(foreign, "'holidays'");
        Assert.Equal([Path.Combine(foreign, "holidays")], Directory.GetFileSystemEntries(foreign));

        void AssertRefused(string folder, string said)
        {
            var source = new CountingView(_data);
            Exception error = Assert.ThrowsAny<Exception>(() => TestRows.Fit(_ml, source, options => options.CheckpointFolder = folder));
            Assert.True(error is InvalidOperationException or ArgumentException, error.ToString());
            Assert.Contains(said, error.Message);
            Assert.Contains(folder, error.Message);
            Assert.Equal(0, source.CursorsOpened);
        }
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_before_training()
    {
        using VaeTransformer model = TestRows.Fit(_ml, _data, InFolder);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        int header = BitConverter.ToInt32(whole);
        foreach (int length in new[] { 0, 5, 8, 100, 8 + header, whole.Length / 2, whole.Length - 1 })
        {
            AssertRefused(whole[..length], $"the first {length} bytes");
        }
        AssertRefused([.. whole, 0], "a byte more");
        // The header's length, the header, the numbers.
        foreach (int position in new[] { 0, 3 }.Concat(Enumerable.Range(0, 40).Select(part => 8 + header * part / 40)).Concat(Enumerable.Range(1, 10).Select(part => 8 + header + (whole.Length - 9 - header) * part / 10)))
        {
            byte[] flipped = [.. whole];
            flipped[position] ^= 1;
            AssertRefused(flipped, $"another byte {position} of {whole.Length}");
        }
        AssertRefused("not a checkpoint"u8.ToArray(), "a text");

        void AssertRefused(byte[] content, string what)
        {
            System.IO.File.WriteAllBytes(File, content);
            var progress = new Epochs();
            Exception? error = Record.Exception(() => TestRows.Fit(_ml, _data, options =>
            {
                InFolder(options);
                options.NumberOfEpochs = 4;
                options.Progress = progress;
            }).Dispose());
            Assert.True(error is InvalidOperationException && error.Message.Contains(File, StringComparison.Ordinal) && error.Message.Contains("damaged", StringComparison.Ordinal), $"{what}: {error}");
            Assert.Empty(progress.All);
            Assert.Equal(content, System.IO.File.ReadAllBytes(File));
        }
    }

    public static TheoryData<string, Action<VaeEstimator.Options>, string> OtherSettings => new()
    {
        { "NumberOfEpochs", options => options.NumberOfEpochs = 5, "5" },
        { "BatchSize", options => options.BatchSize = 61, "61" },
        { "LearningRate", options => options.LearningRate = 0.0625, "0.0625" },
        { "LearningRateSchedule", options => options.LearningRateSchedule = VaeLearningRateSchedule.Cosine, "Cosine" },
        { "LearningRateWarmUpEpochs", options => options.LearningRateWarmUpEpochs = 1, "1" },
        { "LatentDimension", options => options.LatentDimension = 3, "3" },
        { "Network", options => options.Network = new VaeNetwork.Dense(17), "17" },
        { "Network", options => options.Network = new VaeNetwork.Dense(16) { Dropout = 0.25 }, "0.25" },
        { "Prior", options => options.Prior = new VaePrior.Vamp { Components = 7 }, "Vamp" },
        { "Objective", options => options.Objective = new VaeObjective.Elbo { Beta = 2.5 }, "2.5" },
        { "Objective", options => options.Objective = new VaeObjective.Elbo { WarmUp = VaeKlWarmUp.Linear(2) }, "WarmUp" },
        { "Noise", options => options.Noise = VaeNoise.Fixed(0.75), "0.75" },
        { "Likelihood", options => options.Likelihood = VaeLikelihood.Laplace, "Laplace" },
        { "columns", options => options.InputColumns = [new("Features") { Scaling = VaeScaling.None }], "None" },
        { "WeightDecay", options => options.WeightDecay = 0.5, "0.5" },
        { "GradientClipping", options => options.GradientClipping = 1.5, "1.5" },
        { "TrimmingRate", options => options.TrimmingRate = 0.125, "0.125" },
        { "ValidationFraction", options => options.ValidationFraction = 0.5, "0.5" },
        { "InputNoise", options => options.InputNoise = 0.5, "0.5" },
        { "MaskingRate", options => options.MaskingRate = 0.5, "0.5" },
        { "ExampleWeightColumnName", options => options.ExampleWeightColumnName = "Number", "Number" },
        { "Seed", options => options.Seed = 8, "8" },
    };

    [Theory]
    [MemberData(nameof(OtherSettings))]
    public void A_checkpoint_of_other_settings_is_refused_by_name(string setting, Action<VaeEstimator.Options> change, string value)
    {
        TestRows.Fit(_ml, _data, InFolder).Dispose();
        byte[] checkpoint = System.IO.File.ReadAllBytes(File);
        var error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, _data, options =>
        {
            InFolder(options);
            change(options);
        }));
        Assert.Contains($"is of another training: its {setting} is ", error.Message);
        Assert.Contains(value, error.Message[error.Message.IndexOf("this one's is", StringComparison.Ordinal)..]);
        Assert.Contains(Folder, error.Message);
        Assert.Equal(checkpoint, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void A_checkpoint_of_other_rows_or_of_another_previous_model_is_refused()
    {
        using VaeTransformer model = TestRows.Fit(_ml, _data, InFolder);
        TestRow[] rows = TestRows.Make(240);
        rows[100].Features[3] += 0.01f;
        AssertRefused(() => TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), InFolder), "its fingerprint of data is");
        AssertRefused(() => TestRows.Fit(_ml, _ml.View(241), InFolder), "its fingerprint of data is");
        AssertRefused(() => Estimator().Fit(_data, _ml.View(20)), "its fingerprint of data is");
        AssertRefused(() => Estimator().Fit(_data, model), "its fingerprint of starting weights is");

        VaeEstimator Estimator() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(InFolder));
        static void AssertRefused(Func<VaeTransformer> fit, string said) => Assert.Contains(said, Assert.Throws<InvalidOperationException>(fit).Message);
    }

    [Fact]
    public void What_training_does_not_depend_on_may_change()
    {
        using VaeTransformer first = TestRows.Fit(_ml, _data, InFolder);
        using VaeTransformer second = TestRows.Fit(_ml, _data, options =>
        {
            InFolder(options);
            (options.OutputColumnName, options.ScoreDraws, options.CheckpointInterval, options.Device) = ("Other", 5, 2, VaeDevice.Cpu);
        });
        Assert.Equal(Weights(first), Weights(second));
        Assert.NotNull(second.Transform(_data).Schema.GetColumnOrNull("Other"));
    }

    private void InFolder(VaeEstimator.Options options) => options.CheckpointFolder = Folder;

    private static byte[] Weights(VaeTransformer model) => ModelPayload.Write(model).Weights;

    private static VaeProgress WithoutSpeed(VaeProgress epoch) => epoch with { RowsPerSecond = 0 };

    private static void Cancel(CancellationTokenSource source, bool now)
    {
        if (now)
        {
            source.Cancel();
        }
    }
}
