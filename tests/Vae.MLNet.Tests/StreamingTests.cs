using Microsoft.ML;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Tests;

/// <summary>Training on rows that are read again in each epoch is training.</summary>
public sealed class StreamingTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("vae streaming ").FullName;

    public static TheoryData<string, Action<VaeEstimator.Options>> Trainings => new()
    {
        { "labels, weights, holes, categories", _ => { } },
        { "no labels, no weights", options => (options.LabelColumnName, options.ExampleWeightColumnName) = (null, null) },
        { "Vamp prior", options => options.Prior = new VaePrior.Vamp { Components = 10 } },
        { "total correlation", options => options.Objective = new VaeObjective.BetaTotalCorrelation { Beta = 2 } },
        { "held out rows", options => options.ValidationFraction = 0.2 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Trainings))]
    public void A_model_is_as_good_as_with_rows_in_memory(string training, Action<VaeEstimator.Options> change)
    {
        IDataView data = Table(1500);
        IDataView judges = Table(500, seed: 2);
        double Score(VaeRowCache cache, int epochs = 30)
        {
            using VaeTransformer model = Fit(data, options =>
            {
                (options.CacheRows, options.NumberOfEpochs, options.LearningRate, options.ScoreDraws) = (cache, epochs, 5e-3, 10);
                change(options);
            });
            return model.Transform(judges).ValuesOf<float>("Score").Average();
        }

        double kept = Score(VaeRowCache.Always);
        double streamed = Score(VaeRowCache.Never);
        double early = Score(VaeRowCache.Never, epochs: 3);
        // Another order of the rows is like another seed.
        Assert.True(Math.Abs(kept - streamed) < 0.25 && early > streamed + 0.75, $"{training}: {kept} in memory, {streamed} read again, {early} after three epochs");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_with_a_view_that_shuffles_too()
    {
        foreach (IDataView data in new[] { Table(500), _ml.Data.Cache(Table(500)), _ml.Data.ShuffleRows(Table(500), seed: 1, shufflePoolSize: 100) })
        {
            using VaeTransformer first = Fit(data, Never);
            using VaeTransformer second = Fit(data, Never);
            using VaeTransformer other = Fit(data, options =>
            {
                Never(options);
                options.Seed = 8;
            });
            Assert.Equal(Weights(first), Weights(second));
            Assert.Equal(first.History.Select(WithoutSpeed), second.History.Select(WithoutSpeed));
            Assert.NotEqual(Weights(first), Weights(other));
        }
    }

    [Theory]
    [InlineData(VaeRowCache.Auto, 2)]
    [InlineData(VaeRowCache.Always, 2)]
    [InlineData(VaeRowCache.Never, 2 + 4)]
    public void Few_rows_are_kept_unless_they_are_not_to_be(VaeRowCache cache, int cursors)
    {
        var said = new List<string>();
        _ml.Log += (_, log) => said.Add(log.Message);
        var source = new CountingView(Table(500));
        using VaeTransformer model = Fit(source, options => (options.CacheRows, options.NumberOfEpochs) = (cache, 4));
        Assert.Equal(cursors, source.CursorsOpened);
        Assert.Equal(500, source.RowsRead);
        Assert.DoesNotContain(said, message => message.Contains(nameof(VaeEstimator.Options.CacheRows), StringComparison.Ordinal));
    }

    [Fact]
    public void Held_out_rows_stop_a_training_early_and_the_best_weights_are_kept()
    {
        IDataView data = Table(600);
        void Early(VaeEstimator.Options options)
        {
            Never(options);
            (options.ValidationFraction, options.EarlyStoppingPatience, options.NumberOfEpochs, options.LearningRate) = (0.3, 3, 200, 0.05);
        }

        using VaeTransformer model = Fit(data, Early);
        Assert.InRange(model.History.Count, 4, 199);
        int best = model.History.MaxBy(epoch => epoch.ValidationElbo)!.Epoch;
        Assert.Equal(model.History.Count - 3, best);
        using VaeTransformer again = Fit(data, Early);
        Assert.Equal(Weights(model), Weights(again));
        using VaeTransformer upToBest = Fit(data, options =>
        {
            Early(options);
            options.NumberOfEpochs = best;
        });
        Assert.Equal(Weights(model), Weights(upToBest));
    }

    [Fact]
    public void Validation_rows_of_their_own_are_streamed_and_teach_nothing()
    {
        IDataView data = Table(600);
        var judges = new CountingView(Table(300, seed: 2));
        using VaeTransformer alone = Fit(data, Never);
        using VaeTransformer judged = _ml.Transforms.VariationalAutoencoder(StreamedRow.Options(Never)).Fit(data, judges);
        Assert.Equal(Weights(alone), Weights(judged));
        Assert.Equal(2 + 3, judges.CursorsOpened);
        using VaeTransformer cached = _ml.Transforms.VariationalAutoencoder(StreamedRow.Options(options => (options.CacheRows, options.LearningRate) = (VaeRowCache.Always, 1e-12))).Fit(data, judges);
        using VaeTransformer still = _ml.Transforms.VariationalAutoencoder(StreamedRow.Options(options => (options.CacheRows, options.LearningRate) = (VaeRowCache.Never, 1e-12))).Fit(data, judges);
        Assert.Equal(cached.History[^1].ValidationElbo!.Value, still.History[^1].ValidationElbo!.Value, 1e-4);
    }

    [Fact]
    public void A_cancelled_training_goes_on_from_its_checkpoint_to_the_same_bits()
    {
        IDataView data = Table(500);
        void InFolder(VaeEstimator.Options options)
        {
            Never(options);
            (options.CheckpointFolder, options.NumberOfEpochs, options.ValidationFraction) = (_folder, 8, 0.25);
        }

        using VaeTransformer uninterrupted = Fit(data, options =>
        {
            InFolder(options);
            options.CheckpointFolder = null;
        });
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Fit(data, options =>
        {
            InFolder(options);
            (options.CancellationToken, options.Progress) = (source.Token, new Epochs(epoch => CancelAfter(epoch, 4, source)));
        }));
        StreamedRow[] others = StreamedRow.Make(500);
        others[250].Curved *= 1.01f;
        Assert.Contains("its CacheRows is \"Never\"; this one's is \"Always\"", Assert.Throws<InvalidOperationException>(() => Fit(data, options =>
        {
            InFolder(options);
            options.CacheRows = VaeRowCache.Auto;
        })).Message);
        Assert.Contains("its fingerprint of data is", Assert.Throws<InvalidOperationException>(() => Fit(_ml.Data.LoadFromEnumerable(others), InFolder)).Message);
        var after = new Epochs();
        using VaeTransformer resumed = Fit(data, options =>
        {
            InFolder(options);
            options.Progress = after;
        });
        Assert.Equal(5, after.All[0].Epoch);
        Assert.Equal(Weights(uninterrupted), Weights(resumed));
        Assert.Equal(uninterrupted.History.Select(WithoutSpeed), resumed.History.Select(WithoutSpeed));
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(1, 400)]
    [InlineData(3, 200)]
    [InlineData(3, 299)]
    [InlineData(3, 301)]
    [InlineData(3, 400)]
    public void Other_rows_in_a_later_pass_are_told(int cursors, int rows)
    {
        IDataView all = _ml.View(1000);
        foreach (double? fraction in new double?[] { null, 0.5 })
        {
            var data = new ChangingView(_ml.Data.TakeRows(all, 300), _ml.Data.TakeRows(all, rows), cursors + (fraction is null ? 0 : 1));
            // A part may have as many as before.
            if (fraction is null || Math.Abs(rows - 300) > 1)
            {
                var error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, data, options => (options.CacheRows, options.ValidationFraction) = (VaeRowCache.Never, fraction)));
                Assert.Contains("rows when it was first read, and another number later", error.Message);
            }
        }
    }

    [Fact]
    public void One_row_cannot_be_divided_and_two_may_not_be()
    {
        foreach (int count in new[] { 1, 2 })
        {
            Exception? error = Record.Exception(() => TestRows.Fit(_ml, _ml.View(count), options => (options.CacheRows, options.ValidationFraction) = (VaeRowCache.Never, 0.01)).Dispose());
            Assert.Contains($"{count} rows of training data cannot be divided", Assert.IsType<InvalidOperationException>(error).Message);
        }
    }

    [Fact]
    public void Fewer_rows_than_a_batch_are_one_batch()
    {
        foreach (int count in new[] { 1, 3 })
        {
            using VaeTransformer model = TestRows.Fit(_ml, _ml.View(count), options => (options.CacheRows, options.BatchSize) = (VaeRowCache.Never, 1_000_000));
            Assert.Equal(count, _ml.Outputs(model.Transform(_ml.View(count))).Length);
        }
    }

    private IDataView Table(int count, int seed = 1) => _ml.Data.LoadFromEnumerable(StreamedRow.Make(count, seed));

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options> change) => _ml.Transforms.VariationalAutoencoder(StreamedRow.Options(change)).Fit(data);

    private static void Never(VaeEstimator.Options options) => options.CacheRows = VaeRowCache.Never;

    private static void CancelAfter(VaeProgress epoch, int last, CancellationTokenSource source)
    {
        if (epoch.Epoch == last)
        {
            source.Cancel();
        }
    }

    private static string Weights(VaeTransformer model) => Convert.ToHexString(ModelPayload.Write(model).Weights);

    private static VaeProgress WithoutSpeed(VaeProgress epoch) => epoch with { RowsPerSecond = 0 };
}
