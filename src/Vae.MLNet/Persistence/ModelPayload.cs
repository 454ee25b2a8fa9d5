using System.Security.Cryptography;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Persistence;

/// <summary>A transformer as two byte arrays, config.json and weights.safetensors, and back.</summary>
internal static class ModelPayload
{
    public const int ChecksumLength = SHA256.HashSizeInBytes;

    private const string StandardisationMean = "standardisation.mean";
    private const string StandardisationScale = "standardisation.scale";
    private const int LongestHeader = 1 << 20;

    public static byte[] Checksum(ReadOnlySpan<byte> content) => SHA256.HashData(content);

    /// <exception cref="FormatException">Fewer bytes are left.</exception>
    public static byte[] ReadExactly(BinaryReader reader, int length, string what)
    {
        // Before the array is made: the length may be a lie.
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (length > left)
        {
            throw new FormatException($"The model ends inside {what}: {length} bytes are wanted, {left} are left.");
        }
        byte[] content = reader.ReadBytes(length);
        return content.Length == length ? content : throw new FormatException($"The model ends inside {what}: {length} bytes are wanted, {content.Length} were read.");
    }

    public static (byte[] Configuration, byte[] Weights) Write(VaeTransformer transformer)
    {
        using FittedVae.Lease lease = transformer.Model.Use();
        return (ModelConfiguration.Of(transformer).ToJson(), Safetensors.Write(TensorsOf(transformer.Model.Network, transformer.Model.Standardisation)));
    }

    /// <summary>An upper bound of weights.safetensors' length, from the configuration alone.</summary>
    /// <exception cref="FormatException">The configuration describes a model too large for a file.</exception>
    public static long LongestWeights(ModelConfiguration configuration)
    {
        long values = configuration.Architecture.NumberOfParameters + 2L * configuration.Features;
        return values <= (Array.MaxLength - LongestHeader) / sizeof(float)
            ? values * sizeof(float) + LongestHeader
            : throw new FormatException("config.json in the model describes a network of more than two gigabytes.");
    }

    /// <exception cref="FormatException">The weights are not those of the configuration.</exception>
    public static VaeTransformer Read(ModelConfiguration configuration, byte[] content)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Safetensors.Entry> weights = Safetensors.Read(content);
        float[] scale = Find(weights, StandardisationScale, [configuration.Features]).ToArray();
        if (scale.Any(each => each <= 0))
        {
            throw new FormatException($"The tensor '{StandardisationScale}' in the model has a value that is not above 0.");
        }
        var standardisation = new Standardisation(Find(weights, StandardisationMean, [configuration.Features]).ToArray(), scale);
        FittedVae? model = null;
        try
        {
            model = new FittedVae(new VariationalAutoencoder(configuration.Architecture), standardisation, configuration.Seed);
            model.Network.eval();
            List<(string Name, Tensor Tensor)> wanted = TensorsOf(model.Network, standardisation);
            if (weights.Keys.Except(wanted.Select(each => each.Name)).FirstOrDefault() is { } unknown)
            {
                throw new FormatException($"weights.safetensors in the model has a tensor '{unknown}' that is not of its configuration.");
            }
            foreach ((string name, Tensor tensor) in wanted)
            {
                Find(weights, name, tensor.shape).CopyTo(tensor);
            }
            return new VaeTransformer(configuration.Columns, model);
        }
        catch
        {
            model?.Dispose();
            standardisation.Dispose();
            throw;
        }
    }

    private static List<(string Name, Tensor Tensor)> TensorsOf(VariationalAutoencoder network, Standardisation standardisation) =>
    [
        .. network.named_parameters().Select(each => (each.name, (Tensor)each.parameter)),
        (StandardisationMean, standardisation.Mean),
        (StandardisationScale, standardisation.Scale),
    ];

    private static Safetensors.Entry Find(IReadOnlyDictionary<string, Safetensors.Entry> weights, string name, ReadOnlySpan<long> shape)
    {
        if (!weights.TryGetValue(name, out Safetensors.Entry entry))
        {
            throw new FormatException($"weights.safetensors in the model has no tensor '{name}'.");
        }
        if (!entry.IsFinite)
        {
            throw new FormatException($"The tensor '{name}' in the model has values that are not finite.");
        }
        return entry.Shape.AsSpan().SequenceEqual(shape)
            ? entry
            : throw new FormatException($"The tensor '{name}' in the model has shape [{string.Join(", ", entry.Shape)}]; its configuration wants [{string.Join(", ", shape.ToArray())}].");
    }
}
