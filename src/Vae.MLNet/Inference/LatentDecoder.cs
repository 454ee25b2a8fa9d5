using System.Runtime.InteropServices;
using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>From latents back to rows.</summary>
internal static class LatentDecoder
{
    private const int RowsPerBlock = 256;

    /// <summary>E[x|z], or E[x|z, y], of each latent in the columns' units.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="latents"><c>[rows, latent]</c>, row by row.</param>
    /// <param name="labels">A category per row, from 0; empty without a condition.</param>
    /// <param name="rows">Receives <c>[rows, slots]</c>, row by row: numbers as they are, categories as probabilities.</param>
    public static void Means(FittedVae model, ReadOnlySpan<float> latents, ReadOnlySpan<long> labels, Span<float> rows)
    {
        try
        {
            DecodeMeans(model, latents, labels, rows);
        }
        catch (Exception error) when (MemoryShortage.Is(error))
        {
            throw MemoryShortage.For($"{RowsPerBlock} rows at a time", $"train with smaller sizes in {nameof(VaeEstimator.Options.Network)}", error);
        }
    }

    private static void DecodeMeans(FittedVae model, ReadOnlySpan<float> latents, ReadOnlySpan<long> labels, Span<float> rows)
    {
        using SharedMemory.Lease lease = model.Use();
        using IDisposable noGradient = no_grad();
        int width = model.Architecture.LatentDimension;
        int features = model.Layout.Width;
        int count = latents.Length / width;
        for (int first = 0; first < count; first += RowsPerBlock)
        {
            using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
            using DisposeScope scope = NewDisposeScope();
            int block = Math.Min(RowsPerBlock, count - first);
            Tensor decoded = Decode(model, latents.Slice(first * width, block * width), labels.IsEmpty ? [] : labels.Slice(first, block));
            ReadOnlySpan<float> means = MemoryMarshal.Cast<byte, float>(model.Network.Likelihood.Mean(decoded).contiguous().bytes);
            for (int row = 0; row < block; row++)
            {
                model.Layout.Decode(means.Slice(row * features, features), rows.Slice((first + row) * features, features));
            }
        }
    }

    /// <summary>The parameters of p(x|z), or p(x|z, y), <c>[rows, slots]</c>.</summary>
    /// <param name="model">The trained model, in use.</param>
    /// <param name="latents"><c>[rows, latent]</c>, row by row.</param>
    /// <param name="labels">A category per row, from 0; empty without a condition.</param>
    public static Tensor Decode(FittedVae model, ReadOnlySpan<float> latents, ReadOnlySpan<long> labels)
    {
        int width = model.Architecture.LatentDimension;
        Tensor input = empty(latents.Length / width, width, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        latents.CopyTo(MemoryMarshal.Cast<byte, float>(input.bytes));
        return model.Network.Decode(input, labels.IsEmpty ? null : OneHot.Of(labels, model.Architecture.Labels));
    }

    /// <summary>A draw of each row from p(x|z), encoded, <c>[rows, slots]</c>; never a category that training did not see.</summary>
    /// <param name="model">The trained model, in use.</param>
    /// <param name="decoded">The parameters, <c>[rows, slots]</c>.</param>
    /// <param name="keys">Of each row's noise.</param>
    public static Tensor Draw(FittedVae model, Tensor decoded, ReadOnlySpan<ulong> keys)
    {
        int features = model.Layout.Width;
        Tensor uniform = empty(keys.Length, features, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Span<float> noise = MemoryMarshal.Cast<byte, float>(uniform.bytes);
        for (int row = 0; row < keys.Length; row++)
        {
            RowNoise.FillUniform(keys[row], noise.Slice(row * features, features));
        }
        Tensor known = model.Layout.UnseenCategories is { } unseen
            ? decoded.Replaced(tensor(unseen, dtype: ScalarType.Bool, device: OnDevice.Cpu), float.MinValue)
            : decoded;
        Tensor rows = model.Network.Likelihood.Draw(known, uniform).contiguous();
        model.Layout.SettleDraws(MemoryMarshal.Cast<byte, float>(rows.bytes));
        return rows;
    }
}

/// <summary>Categories as networks see them.</summary>
internal static class OneHot
{
    /// <summary><c>[rows, labels]</c>; categories count from 0.</summary>
    public static Tensor Of(ReadOnlySpan<long> categories, int labels) =>
        nn.functional.one_hot(tensor(categories.ToArray(), dtype: ScalarType.Int64, device: OnDevice.Cpu), labels).@float();
}
