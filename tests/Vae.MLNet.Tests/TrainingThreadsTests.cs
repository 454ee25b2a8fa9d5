using Microsoft.ML;
using Vae.MLNet.Networks;
using Vae.MLNet.Persistence;
using Vae.MLNet.Training;

namespace Vae.MLNet.Tests;

/// <summary>A training on several threads is one training.</summary>
public sealed class TrainingThreadsTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("vae threads ").FullName;

    public static TheoryData<string, Action<VaeEstimator.Options>> Indivisible => new()
    {
        { "information", options => options.Objective = new VaeObjective.InfoVae() },
        { "total correlation", options => options.Objective = new VaeObjective.BetaTotalCorrelation() },
        { "capacity", options => options.Objective = new VaeObjective.Elbo { Beta = 4, Capacity = 2 } },
        { "free bits", options => options.Objective = new VaeObjective.Elbo { FreeBits = 0.1 } },
        { "trimming", options => options.TrimmingRate = 0.1 },
        { "small batches", options => options.BatchSize = 63 },
        { "one thread", options => options.NumberOfThreads = 1 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Large_batches_of_large_networks_are_divided()
    {
        Assert.Equal(new Division(1, 1), DivisionOf(options => options.NumberOfThreads = 1));
        Assert.Equal(new Division(2, 1), DivisionOf(options => options.NumberOfThreads = 2));
        Assert.Equal(new Division(4, 1), DivisionOf(options => options.NumberOfThreads = 4));
        // 32 rows for each member.
        Assert.Equal(new Division(2, 2), DivisionOf(options => (options.NumberOfThreads, options.BatchSize, options.Network) = (4, 70, new VaeNetwork.Dense(4096))));
        // Not worth a second thread.
        Assert.Equal(new Division(1, 1), DivisionOf(options => (options.NumberOfThreads, options.Network) = (4, new VaeNetwork.Dense(16))));
    }

    [Theory]
    [MemberData(nameof(Indivisible))]
    public void What_compares_rows_or_is_too_small_is_not_divided(string training, Action<VaeEstimator.Options> change)
    {
        _ = training;
        Assert.Equal(1, DivisionOf(change).Members);
        void Once(VaeEstimator.Options options)
        {
            options.NumberOfEpochs = 1;
            change(options);
        }

        using VaeTransformer first = Fit(Rows(300), Once);
        using VaeTransformer second = Fit(Rows(300), Once);
        Assert.Equal(Weights(first), Weights(second));
    }

    [Fact]
    public void Own_networks_are_not_divided()
    {
        OwnNetworks.Register();
        Assert.Equal(1, DivisionOf(options => options.Network = new VaeNetwork.Custom(OwnNetworks.Sequential, "1024")).Members);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_same_number_of_threads_gives_the_same_bits(int threads)
    {
        // The last batch has one row; all rows are fewer than a batch, or than threads.
        foreach (int count in new[] { 4 * 256 + 1, 100, 3, 1 })
        {
            foreach (VaeRowCache cache in new[] { VaeRowCache.Always, VaeRowCache.Never })
            {
                void Settings(VaeEstimator.Options options) => (options.NumberOfThreads, options.CacheRows, options.NumberOfEpochs) = (threads, cache, 2);
                using VaeTransformer first = Fit(Rows(count), Settings);
                using VaeTransformer second = Fit(Rows(count), Settings);
                Assert.Equal(Weights(first), Weights(second));
                Assert.Equal(first.History.Select(WithoutSpeed), second.History.Select(WithoutSpeed));
            }
        }
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void The_gradient_of_all_members_is_that_of_one(int threads, bool isWeighted)
    {
        Dictionary<string, float[]> Gradients(int count) => FirstMoments(options =>
        {
            (options.NumberOfThreads, options.Objective) = (count, new VaeObjective.Autoencoder());
            options.ExampleWeightColumnName = isWeighted ? "Weight" : null;
        });

        Dictionary<string, float[]> expected = Gradients(1);
        Dictionary<string, float[]> actual = Gradients(threads);
        Assert.Equal(expected.Keys, actual.Keys);
        foreach ((string name, float[] values) in expected)
        {
            float largest = values.Max(MathF.Abs);
            Assert.True(largest > 0, name);
            Assert.All(values.Zip(actual[name]), pair => Assert.Equal(pair.First, pair.Second, 1e-5f * largest));
        }
    }

    [Fact]
    public void Members_train_as_well_as_one()
    {
        double Score(int threads)
        {
            using VaeTransformer model = Fit(Rows(2000), options => (options.NumberOfThreads, options.NumberOfEpochs) = (threads, 25));
            Assert.Equal(Enumerable.Range(1, 25), model.History.Select(epoch => epoch.Epoch));
            return model.Transform(Rows(500, seed: 2)).ValuesOf<float>("Score").Average();
        }

        double one = Score(1);
        // Of about 40 nats; other draws of the noise are like another seed.
        Assert.Equal(one, Score(2), 0.02 * Math.Abs(one));
        Assert.Equal(one, Score(4), 0.02 * Math.Abs(one));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_gradient_of_all_members_together_is_clipped(int threads)
    {
        const double clipping = 0.01;
        double Length(double? limit)
        {
            Dictionary<string, float[]> moments = FirstMoments(options => (options.NumberOfThreads, options.GradientClipping) = (threads, limit));
            // Adam's first average is a tenth of the gradient.
            return 10 * Math.Sqrt(moments.Values.SelectMany(values => values).Sum(value => (double)value * value));
        }

        double free = Length(null);
        Assert.True(free > 10 * clipping, $"{free}");
        Assert.Equal(clipping, Length(clipping), 1e-4 * clipping);
        Assert.Equal(free, Length(2 * free), 1e-4 * free);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_loss_that_is_not_finite_is_told_whoever_has_the_row(int threads)
    {
        OwnNetworks.Register();
        for (int bad = 0; bad < 256; bad += 51)
        {
            WideRow[] rows = WideRow.Make(256);
            rows[bad].Features[5] = 1e12f;
            var error = Assert.Throws<InvalidOperationException>(() => Fit(_ml.Data.LoadFromEnumerable(rows), options =>
                (options.NumberOfThreads, options.InputColumns, options.Network) = (threads, [new("Features") { Scaling = VaeScaling.None }], new VaeNetwork.Custom(OwnNetworks.Steep))));
            Assert.Contains("Training diverged: in epoch 1, at row 0 of 256", error.Message);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_division_is_refused()
    {
        void Train(Action<VaeEstimator.Options> change) => Fit(Rows(300), options =>
        {
            (options.CheckpointFolder, options.NumberOfThreads) = (_folder, 2);
            change(options);
        }).Dispose();

        Train(_ => { });
        var error = Assert.Throws<InvalidOperationException>(() => Train(options => options.NumberOfThreads = 1));
        Assert.Contains("its NumberOfThreads is 2; this one's is 1.", error.Message);
        File.Delete(Directory.GetFiles(_folder).Single());
        // A network so small that one thread computes it, of however many.
        Train(options => options.Network = new VaeNetwork.Dense(16));
        Train(options => (options.Network, options.NumberOfThreads) = (new VaeNetwork.Dense(16), 1));
    }

    // The averages of the gradients, by name, after the only step of a training.
    private Dictionary<string, float[]> FirstMoments(Action<VaeEstimator.Options> change)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString())).FullName;
        Fit(Rows(256), options =>
        {
            (options.NumberOfEpochs, options.CheckpointFolder) = (1, folder);
            change(options);
        }).Dispose();
        SafetensorsBlock block = SealedBlock.Read("Vae.MLNet checkpoint 1", File.ReadAllBytes(Path.Combine(folder, "checkpoint.safetensors")));
        Assert.Equal("1", block.Metadata["step"]);
        return block.Tensors.Where(each => each.Key.StartsWith("adam.first.", StringComparison.Ordinal)).OrderBy(each => each.Key, StringComparer.Ordinal).ToDictionary(each => each.Key, each => each.Value.ToArray<float>());
    }

    private Division DivisionOf(Action<VaeEstimator.Options> change)
    {
        VaeEstimator.Options options = WideRow.Options(change);
        RowSource source = TrainingSource.Of(Rows(10), options);
        using var network = new VariationalAutoencoder(TrainingSource.ArchitectureOf(source, options), OnDevice.Cpu);
        return Division.Of(network, options);
    }

    private IDataView Rows(int count, int seed = 1) => _ml.Data.LoadFromEnumerable(WideRow.Make(count, seed));

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options> change) => _ml.Transforms.VariationalAutoencoder(WideRow.Options(change)).Fit(data);

    private static string Weights(VaeTransformer model) => Convert.ToHexString(ModelPayload.Write(model).Weights);

    private static VaeProgress WithoutSpeed(VaeProgress epoch) => epoch with { RowsPerSecond = 0 };
}
