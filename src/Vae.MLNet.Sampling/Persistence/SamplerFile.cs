using System.Collections.Frozen;
using TorchSharp;
using Vae.MLNet.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Persistence;

/// <summary>A sampler as a file.</summary>
internal static class SamplerFile
{
    private const string Format = "Vae.MLNet sampler 1";
    private const string KindName = "kind";
    private const string ModelName = "model";

    private static readonly FrozenDictionary<string, Func<SamplerBlock, VaeSampler>> s_readers = new Dictionary<string, Func<SamplerBlock, VaeSampler>>
    {
        [nameof(PriorSampler)] = PriorSampler.Read,
        [nameof(GaussianMixtureSampler)] = GaussianMixtureSampler.Read,
        [nameof(FlowSampler)] = FlowSampler.Read,
        [nameof(TwoStageSampler)] = TwoStageSampler.Read,
        [nameof(PosteriorSampler)] = PosteriorSampler.Read,
    }.ToFrozenDictionary();

    public static void Save(VaeSampler sampler, string path)
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerContent content = sampler.Content();
        Dictionary<string, string> texts = content.Texts.ToDictionary(each => each.Name, each => each.Text);
        texts[KindName] = content.Kind;
        if (content.Model is not null)
        {
            texts[ModelName] = content.Model;
        }
        SealedBlock.Replace(path, SealedBlock.Write(Format, content.Tensors, texts));
    }

    /// <exception cref="FormatException">It is not a sampler, or damaged.</exception>
    public static VaeSampler Load(string path)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            SafetensorsBlock block = SealedBlock.Read(Format, File.ReadAllBytes(path));
            string kind = block.Metadata.GetValueOrDefault(KindName, "");
            return s_readers.TryGetValue(kind, out Func<SamplerBlock, VaeSampler>? read)
                ? read(new SamplerBlock(block, block.Metadata.GetValueOrDefault(ModelName, "")))
                : throw new FormatException($"It is a '{kind}', which this version does not know.");
        }
        catch (FormatException error)
        {
            throw new FormatException($"The file '{path}' is not a sampler of Vae.MLNet, or damaged: {error.Message}", error);
        }
    }
}

/// <summary>What is saved of a sampler.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Model">The model that it was fitted on; null if it fits any.</param>
internal sealed record SamplerContent(string Kind, string? Model)
{
    public IReadOnlyList<(string Name, string Text)> Texts { get; init; } = [];

    /// <summary>In the scope of the caller.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> Tensors { get; init; } = [];
}

/// <summary>What was saved of a sampler; every length is checked.</summary>
internal sealed class SamplerBlock(SafetensorsBlock block, string model)
{
    /// <summary>The model that it was fitted on.</summary>
    public string Model => model;

    public IReadOnlyDictionary<string, Safetensors.Entry> Tensors => block.Tensors;

    public bool Has(string name) => block.Tensors.ContainsKey(name);

    /// <exception cref="FormatException">There is none.</exception>
    public string Text(string name) => block.Metadata.TryGetValue(name, out string? text) ? text : throw new FormatException($"It has no {name}.");

    /// <exception cref="FormatException">There is none of that shape, or a number is not finite.</exception>
    public float[] Floats(string name, long[] shape) => Find(name, Safetensors.Float32, shape).ToArray<float>();

    /// <inheritdoc cref="Floats(string, long[])"/>
    public double[] Doubles(string name, long[] shape) => Find(name, Safetensors.Float64, shape).ToArray<double>();

    /// <exception cref="FormatException">There is none.</exception>
    public long[] ShapeOf(string name, int dimensions) => block.Tensors.TryGetValue(name, out Safetensors.Entry entry) && entry.Shape.Length == dimensions
        ? entry.Shape
        : throw new FormatException($"It has no tensor '{name}' of {dimensions} dimensions.");

    /// <summary>Fills a tensor of 32-bit floats.</summary>
    /// <inheritdoc cref="Floats(string, long[])"/>
    public void CopyTo(string name, Tensor tensor) => Find(name, Safetensors.Float32, tensor.shape).CopyTo(tensor);

    private Safetensors.Entry Find(string name, string type, long[] shape) =>
        block.Tensors.TryGetValue(name, out Safetensors.Entry entry) && entry.Type == type && entry.Shape.SequenceEqual(shape) && entry.IsFinite
            ? entry
            : throw new FormatException($"It has no tensor '{name}' of finite {type} [{string.Join(", ", shape)}].");
}
