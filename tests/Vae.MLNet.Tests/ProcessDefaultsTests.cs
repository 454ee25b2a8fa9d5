using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using SampleReader;
using TorchSharp;
using Vae.MLNet.Sampling;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>
/// <see cref="torch.set_default_dtype"/> and <see cref="torch.set_default_device(Device)"/> belong to the program, which may use TorchSharp
/// for something else: whatever they are, every value is the same bit for bit.
/// </summary>
[Collection(nameof(MemoryTests))]
public sealed class ProcessDefaultsTests
{
    private const int RowCount = 120;
    private const int Side = 8;

    private static readonly JsonSerializerOptions s_json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly Dictionary<string, Action<VaeEstimator.Options>> s_settings = new()
    {
        ["the usual"] = _ => { },
        ["validation"] = options => (options.ValidationFraction, options.EarlyStoppingPatience) = (0.2, 1),
        ["anomalies"] = options => (options.Contamination, options.PredictedLabelColumnName) = (0.1, "IsAnomaly"),
        ["a normed network with dropout"] = options =>
            options.Network = new VaeNetwork.Dense(16, 8) { LayerNorm = true, Dropout = 0.2, Activation = VaeActivation.ELU },
        ["clipping, trimming, decay"] = options =>
            (options.GradientClipping, options.TrimmingRate, options.WeightDecay) = (0.1, 0.1, 0.01),
        ["corruption"] = options => (options.InputNoise, options.MaskingRate) = (0.1, 0.2),
        ["streamed rows"] = options => options.CacheRows = VaeRowCache.Never,
        ["one thread"] = options => options.NumberOfThreads = 1,
        ["several draws"] = options => options.ScoreDraws = 3,
        ["a shared width"] = options => options.Noise = VaeNoise.Shared,
        ["a given width"] = options => options.Noise = VaeNoise.Fixed(0.5),
        ["student t"] = options => options.Likelihood = VaeLikelihood.StudentT,
        ["laplace"] = options => options.Likelihood = VaeLikelihood.Laplace,
        ["bernoulli"] = options => options.Likelihood = VaeLikelihood.Bernoulli,
        ["continuous bernoulli"] = options => options.Likelihood = VaeLikelihood.ContinuousBernoulli,
        ["poisson"] = options => (options.InputColumnName, options.Likelihood) = ("Counts", VaeLikelihood.Poisson),
        ["multinomial"] = options => (options.InputColumnName, options.Likelihood) = ("Counts", VaeLikelihood.Multinomial),
        ["vamp"] = options => options.Prior = new VaePrior.Vamp { Components = 4 },
        ["capacity"] = options => options.Objective = new VaeObjective.Elbo { Beta = 4, Capacity = 3 },
        ["free bits"] = options => options.Objective = new VaeObjective.Elbo { FreeBits = 0.3 },
        ["total correlation"] = options => options.Objective = new VaeObjective.BetaTotalCorrelation(),
        ["info"] = options => options.Objective = new VaeObjective.InfoVae(),
        ["importance weighted"] = options => options.Objective = new VaeObjective.ImportanceWeighted(),
        ["autoencoder"] = options =>
            (options.Objective, options.LogVarianceColumnName, options.ScoreColumnName) = (new VaeObjective.Autoencoder(), null, null),
    };

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string> Settings => [.. s_settings.Keys];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Models_give_the_same_values(string setting)
    {
        AssertSame(() => ValuesOf(Rows(), TestRows.Options(s_settings[setting])));
    }

    [Fact]
    public void Convolutional_models_give_the_same_values()
    {
        var random = new Random(1);
        float[] Pixels() => [.. Enumerable.Range(0, Side * Side).Select(_ => random.NextSingle())];
        IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(_ => new Image { Features = Pixels() }).ToList());
        AssertSame(() => ValuesOf(data, TestRows.Options(options =>
        {
            options.Network = new VaeNetwork.Convolutional(1, Side, Side) { LayerChannels = [4, 4], HiddenLayerSize = 8 };
            options.Likelihood = VaeLikelihood.Bernoulli;
            options.BatchSize = 20;
        })));
    }

    [Fact]
    public void Models_of_tables_with_holes_and_labels_give_the_same_values()
    {
        KindRow[] rows = KindRow.Make(RowCount);
        for (int row = 0; row < rows.Length; row += 7)
        {
            rows[row].X = float.NaN;
            rows[row].Number = 3;
        }
        IDataView data = Kinds(rows);
        foreach (VaeImputation imputation in Enum.GetValues<VaeImputation>())
        {
            AssertSame(() => ValuesOf(data, TestRows.Options(options =>
            {
                options.InputColumns = ["X", new VaeInputColumn("Y") { Scaling = VaeScaling.Quantile }, "W", "Number"];
                options.LabelColumnName = "Kind";
                (options.ReconstructionColumnName, options.ReconstructionColumnSuffix) = (null, "Again");
                (options.ImputedColumnSuffix, options.Imputation, options.ImputationDraws) = ("Filled", imputation, 5);
            })));
        }
    }

    [Theory]
    [InlineData("prior")]
    [InlineData("mixture")]
    [InlineData("diagonal mixture")]
    [InlineData("flow")]
    [InlineData("second stage")]
    [InlineData("posterior")]
    public void Samplers_give_the_same_rows(string kind)
    {
        IDataView data = Kinds(KindRow.Make(RowCount));
        string path = Path.Combine(Directory.CreateTempSubdirectory("vae defaults ").FullName, "sampler");
        try
        {
            foreach (string? label in new[] { null, nameof(KindRow.Kind) })
            {
                using VaeTransformer model = TestRows.Fit(_ml, data, options =>
                {
                    (options.InputColumns, options.LabelColumnName) = (["X", "Y", "W"], label);
                    options.ReconstructionColumnName = null;
                });
                AssertSame(() =>
                {
                    using VaeSampler sampler = Fit(kind, model, data);
                    sampler.Save(path);
                    using VaeSampler loaded = VaeSampler.Load(path);
                    IDataView sampled = _ml.Data.SampleFromVae(model, RowCount, sampler, seed: 3);
                    return
                    [
                        RowBits.Digest(sampled),
                        RowBits.Digest(_ml.Data.SampleFromVae(model, RowCount, loaded, seed: 3)),
                        .. label is null ? new[] { JsonSerializer.Serialize(_ml.Data.EvaluateVaeSamples(data, sampled), s_json) } : [],
                    ];
                });
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void No_tensor_is_left()
    {
        IDataView data = Rows();
        ValuesOf(data, TestRows.Options());
        UnderOthers(() =>
        {
            using var watch = TensorWatch.Start();
            ValuesOf(data, TestRows.Options());
            Assert.Equal(0, watch.Left());
            return 0;
        });
    }

    private static VaeSampler Fit(string kind, ITransformer model, IDataView data) => kind switch
    {
        "prior" => new PriorSampler(0.8),
        "mixture" => GaussianMixtureSampler.Fit(model, data, new() { Components = 2 }),
        "diagonal mixture" => GaussianMixtureSampler.Fit(model, data, new() { Components = 2, HasDiagonalCovariances = true }),
        "flow" => FlowSampler.Fit(model, data, new() { NumberOfLayers = 2, HiddenLayerSizes = [8], NumberOfEpochs = 2 }),
        "second stage" => TwoStageSampler.Fit(model, data, new() { HiddenLayerSizes = [8], NumberOfEpochs = 2 }),
        _ => PosteriorSampler.Fit(model, data),
    };

    // Everything that a model says, fitted, saved and loaded.
    private string[] ValuesOf(IDataView data, VaeEstimator.Options options)
    {
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(options).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(model, data.Schema, file);
        file.Position = 0;
        ITransformer loaded = _ml.Model.Load(file, out _);
        using var owner = (IDisposable)loaded;
        IDataView rows = model.Transform(data);
        return
        [
            RowBits.Digest(rows),
            RowBits.Digest(loaded.Transform(data)),
            JsonSerializer.Serialize(_ml.Model.EvaluateVariationalAutoencoder(model, data, draws: 3), s_json),
            RowBits.Digest(model.CreateDecoder("Latent", VaeDecoding.Draw).Transform(rows)),
            RowBits.Digest(model.CreateDecoder("Latent", VaeDecoding.Mean).Transform(rows)),
            .. Engine(loaded, data),
        ];
    }

    // A row at a time.
    private string[] Engine(ITransformer model, IDataView data)
    {
        if (data.Schema.GetColumnOrNull("Features")?.Type is not VectorDataViewType { Size: TestRow.FeatureCount })
        {
            return [];
        }
        using var engine = _ml.Model.CreatePredictionEngine<Row, LatentOf>(model);
        return [.. data.VectorsOf("Features").Take(3)
            .Select(row => engine.Predict(new Row { Features = row, Counts = Array.ConvertAll(row, MathF.Round) }).Latent)
            .Select(latent => JsonSerializer.Serialize(latent))];
    }

    private IDataView Rows() => _ml.Data.LoadFromEnumerable(TestRows.MakeUnit(RowCount)
        .Select(row => new Row { Features = row.Features, Counts = Array.ConvertAll(row.Features, value => MathF.Round(9 * value)) }).ToList());

    private IDataView Kinds(KindRow[] rows)
    {
        IDataView view = _ml.Data.LoadFromEnumerable(rows);
        return _ml.Transforms.Conversion.MapValueToKey("Kind").Fit(view).Transform(view);
    }

    private static void AssertSame(Func<string[]> values)
    {
        string[] expected = values();
        Assert.Equal(expected, UnderOthers(values));
    }

    private static T UnderOthers<T>(Func<T> values)
    {
        (ScalarType type, Device device) = (get_default_dtype(), get_default_device());
        try
        {
            set_default_dtype(float64);
            // Its tensors have no numbers: whatever is made there by mistake cannot be read.
            set_default_device(new Device(DeviceType.META));
            return values();
        }
        finally
        {
            set_default_dtype(type);
            set_default_device(device);
        }
    }

    private sealed class Image
    {
        [VectorType(Side * Side)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Row
    {
        [VectorType(TestRow.FeatureCount)]
        public float[] Features { get; set; } = [];

        [VectorType(TestRow.FeatureCount)]
        public float[] Counts { get; set; } = [];
    }

    private sealed class LatentOf
    {
        public float[] Latent { get; set; } = [];
    }
}
