using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.ML;
using Vae.MLNet.Likelihoods;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Tests;

/// <summary>Dense networks: every activation, layer normalisation and dropout mean what the papers say, in training, afterwards and in the file.</summary>
public sealed class NetworkTests
{
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<VaeActivation, bool> Networks
    {
        get
        {
            var data = new TheoryData<VaeActivation, bool>();
            foreach (VaeActivation activation in Enum.GetValues<VaeActivation>())
            {
                data.Add(activation, false);
                data.Add(activation, true);
            }
            return data;
        }
    }

    public static TheoryData<string, VaeNetwork, string> BadNetworks => new()
    {
        { "HiddenLayerSizes[0]", new VaeNetwork.Dense(0, 8), "from 1" },
        { "HiddenLayerSizes[2]", new VaeNetwork.Dense(8, 8, (1 << 20) + 1), "1048576" },
        { "Activation", new VaeNetwork.Dense(8) { Activation = (VaeActivation)9 }, "ReLU, ELU, SiLU, GELU, Tanh" },
        { "Dropout", new VaeNetwork.Dense(8) { Dropout = 1 }, "below 1" },
        { "Dropout", new VaeNetwork.Dense(8) { Dropout = -0.1 }, "at least 0" },
        { "Dropout", new VaeNetwork.Dense(8) { Dropout = double.NaN }, "below 1" },
    };

    public static TheoryData<VaeNetwork, int, bool, int, VaePrior> Architectures => new()
    {
        { new VaeNetwork.Dense(), 20, false, 0, new VaePrior.StandardNormal() },
        { new VaeNetwork.Dense(200), 50, false, 0, new VaePrior.StandardNormal() },
        { new VaeNetwork.Dense(300, 100) { LayerNorm = true }, 80, false, 0, new VaePrior.StandardNormal() },
        { new VaeNetwork.Dense(128, 64) { Dropout = 0.5 }, 100, true, 7, new VaePrior.StandardNormal() },
        { new VaeNetwork.Dense(64), 100, true, 0, new VaePrior.Vamp { Components = 500 } },
        { new VaeNetwork.Convolutional(1, 28, 28), 784, false, 0, new VaePrior.StandardNormal() },
        { new VaeNetwork.Convolutional(3, 9, 13) { LayerChannels = [16, 32, 8] }, 351, true, 5, new VaePrior.StandardNormal() },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void A_dense_network_learns_and_survives_a_file(VaeActivation activation, bool layerNorm)
    {
        IDataView data = _ml.View(400);
        var network = new VaeNetwork.Dense(12, 8) { Activation = activation, LayerNorm = layerNorm, Dropout = 0.05 };
        using VaeTransformer model = TestRows.Fit(_ml, data, options =>
        {
            options.Network = network;
            options.NumberOfEpochs = 12;
            options.BatchSize = 25;
            options.LearningRate = 5e-3;
        });
        Assert.True(model.History[^1].Elbo > model.History[0].Elbo + 0.4, $"{model.History[0].Elbo} to {model.History[^1].Elbo}");

        ITransformer loaded = _ml.SavedAndLoaded(model, data.Schema);
        TestRows.AssertEqual(_ml.Outputs(model.Transform(data)), _ml.Outputs(loaded.Transform(data)), 0);
        var dense = Assert.IsType<VaeNetwork.Dense>(SavedWeights.VaeOf(loaded).Network);
        Assert.Equal([12, 8], dense.HiddenLayerSizes);
        Assert.Equal((activation, layerNorm, 0.05), (dense.Activation, dense.LayerNorm, dense.Dropout));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_outputs_are_those_of_the_saved_weights(VaeActivation activation, bool layerNorm)
    {
        // With dropout: if it acted outside training, the plain pass below would not agree.
        TestRow[] rows = TestRows.Make(200);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(_ml, data, options =>
        {
            options.InputColumns = [new VaeInputColumn("Features") { Scaling = VaeScaling.None }];
            options.Network = new VaeNetwork.Dense(7, 5) { Activation = activation, LayerNorm = layerNorm, Dropout = 0.3 };
            options.LatentDimension = 3;
            options.BatchSize = 20;
            options.NumberOfEpochs = 4;
            options.LearningRate = 1e-2;
        });
        IReadOnlyDictionary<string, SavedTensor> weights = SavedWeights.Of(_ml, model, data.Schema);
        Assert.Equal(layerNorm, weights.Keys.Any(name => name.Contains("norms", StringComparison.Ordinal)));
        TestOutput[] outputs = _ml.Outputs(model.Transform(data));
        for (int row = 0; row < rows.Length; row++)
        {
            double[] said = Forward(weights, "encoder", rows[row].Features, activation, layerNorm);
            TestRows.AssertClose(ToSingle(said), [.. outputs[row].Latent, .. outputs[row].LogVariance], 1e-4f);
            TestRows.AssertClose(ToSingle(Forward(weights, "decoder", outputs[row].Latent, activation, layerNorm)), outputs[row].Reconstruction, 1e-4f);
        }
    }

    [Fact]
    public void Dropout_changes_training_and_nothing_after_it()
    {
        IDataView data = _ml.View(300);
        using VaeTransformer without = WithDropout(0, data);
        using VaeTransformer with = WithDropout(0.5, data);
        TestOutput[] outputs = _ml.Outputs(with.Transform(data));
        TestRows.AssertEqual(outputs, _ml.Outputs(with.Transform(data)), 0);
        Assert.NotEqual(_ml.Outputs(without.Transform(data))[0].Latent, outputs[0].Latent);
        // It makes training harder: that is what it is for.
        Assert.True(with.History[^1].Elbo < without.History[^1].Elbo - 0.3, $"{with.History[^1].Elbo} with, {without.History[^1].Elbo} without");
    }

    [Fact]
    public void Dropout_is_repeatable_also_beside_other_fits()
    {
        TestOutput[] Run(int rows)
        {
            var ml = new MLContext();
            IDataView data = ml.View(rows);
            using VaeTransformer model = WithDropout(0.5, data);
            return ml.Outputs(model.Transform(data));
        }

        TestOutput[] alone = Run(300);
        TestRows.AssertEqual(alone, Run(300), 0);
        // The neighbours draw other numbers of masks.
        Parallel.For(0, 3, index =>
        {
            int rows = index == 1 ? 217 : 300;
            TestOutput[] beside = Run(rows);
            if (rows == 300)
            {
                TestRows.AssertEqual(alone, beside, 0);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void The_size_of_a_network_is_known_before_it_is_made(VaeNetwork network, int features, bool seesMissing, int labels, VaePrior prior)
    {
        LikelihoodPart part = new(VaeLikelihood.Gaussian, features, VaeNoise.PerFeature);
        foreach (bool isDeterministic in new[] { false, true })
        {
            var architecture = new VaeArchitecture([part], seesMissing, labels, LatentDimension: 8, isDeterministic, network, prior);
            using var made = new VariationalAutoencoder(architecture, OnDevice.Cpu);
            long parameters = made.parameters().Sum(parameter => parameter.numel());
            Assert.InRange(architecture.MostParameters!.Value, parameters, parameters + parameters / 25 + 10);
        }
    }

    [Theory]
    [MemberData(nameof(BadNetworks))]
    public void A_bad_setting_of_a_network_fails_in_the_constructor(string setting, VaeNetwork network, string said)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Network = network)));
        Assert.Contains(setting, error.Message);
        Assert.Contains(said, error.Message);
    }

    private static VaeTransformer WithDropout(double dropout, IDataView data) => TestRows.Fit(new MLContext(), data, options =>
    {
        options.Network = new VaeNetwork.Dense(16) { Dropout = dropout };
        options.NumberOfEpochs = 6;
        options.BatchSize = 30;
        options.LearningRate = 3e-3;
    });

    // Layer after layer in double precision: W x + b, the norm (Ba et al., 2016, equation 4), the activation.
    private static double[] Forward(IReadOnlyDictionary<string, SavedTensor> weights, string network, float[] input, VaeActivation activation, bool layerNorm)
    {
        double[] x = [.. input.Select(value => (double)value)];
        for (int layer = 0; layer < 2; layer++)
        {
            x = Linear(weights, $"{network}.hidden.{layer}", x);
            if (layerNorm)
            {
                float[] gain = weights[$"{network}.norms.{layer}.weight"].Values;
                float[] bias = weights[$"{network}.norms.{layer}.bias"].Values;
                double mean = x.Average();
                double deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
                x = [.. x.Select((value, unit) => (value - mean) / deviation * gain[unit] + bias[unit])];
            }
            x = [.. x.Select(value => Activate(activation, value))];
        }
        return Linear(weights, $"{network}.output", x);
    }

    private static double[] Linear(IReadOnlyDictionary<string, SavedTensor> weights, string layer, double[] input)
    {
        float[] bias = weights[$"{layer}.bias"].Values;
        float[] weight = weights[$"{layer}.weight"].Values;
        return [.. bias.Select((each, output) => each + input.Select((value, slot) => value * weight[output * input.Length + slot]).Sum())];
    }

    private static double Activate(VaeActivation activation, double x) => activation switch
    {
        VaeActivation.ReLU => Math.Max(0, x),
        VaeActivation.ELU => x > 0 ? x : Math.Exp(x) - 1,
        VaeActivation.SiLU => x / (1 + Math.Exp(-x)),
        VaeActivation.GELU => x * NormalDistribution(x),
        _ => Math.Tanh(x),
    };

    // By Simpson's rule from 0 on.
    private static double NormalDistribution(double x)
    {
        const int steps = 200;
        double Density(double at) => Math.Exp(-at * at / 2) / Math.Sqrt(2 * Math.PI);
        double sum = Enumerable.Range(0, steps + 1).Sum(step => (step is 0 or steps ? 1 : step % 2 == 1 ? 4 : 2) * Density(x * step / steps));
        return 0.5 + sum * x / steps / 3;
    }

    private static float[] ToSingle(double[] values) => [.. values.Select(value => (float)value)];
}

/// <summary>A tensor of a model file.</summary>
internal sealed record SavedTensor(long[] Shape, float[] Values);

/// <summary>Reads weights.safetensors out of a saved model, without the product's reader.</summary>
internal static class SavedWeights
{
    public static IReadOnlyDictionary<string, SavedTensor> Of(MLContext ml, ITransformer model, DataViewSchema schema)
    {
        using var file = new MemoryStream();
        ml.Model.Save(model, schema, file);
        using var archive = new ZipArchive(file, ZipArchiveMode.Read);
        using Stream entry = archive.Entries.Single(each => each.FullName.EndsWith("weights.safetensors", StringComparison.Ordinal)).Open();
        using var content = new MemoryStream();
        entry.CopyTo(content);
        byte[] bytes = content.ToArray();
        int header = (int)BitConverter.ToInt64(bytes);
        var tensors = new Dictionary<string, SavedTensor>(StringComparer.Ordinal);
        foreach (JsonProperty tensor in JsonDocument.Parse(bytes.AsMemory(8, header)).RootElement.EnumerateObject())
        {
            if (tensor.Value.GetProperty("dtype").GetString() == "F32")
            {
                int[] offsets = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
                long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
                tensors[tensor.Name] = new SavedTensor(shape, MemoryMarshal.Cast<byte, float>(bytes.AsSpan((8 + header + offsets[0])..(8 + header + offsets[1]))).ToArray());
            }
        }
        return tensors;
    }

    /// <summary>The VAE itself, of a loaded model or of a chain that ends in it.</summary>
    public static VaeTransformer VaeOf(ITransformer model) => model as VaeTransformer ?? (VaeTransformer)((IEnumerable<ITransformer>)model).Last();
}
