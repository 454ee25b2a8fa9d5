using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>From latents back to rows in the columns' units.</summary>
internal static class LatentDecoder
{
    private const int RowsPerBlock = 256;

    /// <summary>E[x|z], or E[x|z, y], of each latent.</summary>
    /// <param name="model">The trained model.</param>
    /// <param name="latents"><c>[rows, latent]</c>, row by row.</param>
    /// <param name="labels">A category per row, from 0; empty without a condition.</param>
    /// <param name="rows">Receives <c>[rows, slots]</c>, row by row: numbers as they are, categories as probabilities.</param>
    public static void Decode(FittedVae model, ReadOnlySpan<float> latents, ReadOnlySpan<long> labels, Span<float> rows)
    {
        using FittedVae.Lease lease = model.Use();
        using IDisposable noGradient = no_grad();
        int width = model.Architecture.LatentDimension;
        int features = model.Layout.Width;
        int count = latents.Length / width;
        for (int first = 0; first < count; first += RowsPerBlock)
        {
            using DisposeScope scope = NewDisposeScope();
            int block = Math.Min(RowsPerBlock, count - first);
            Tensor input = empty(block, width);
            latents.Slice(first * width, block * width).CopyTo(MemoryMarshal.Cast<byte, float>(input.bytes));
            Tensor? label = labels.IsEmpty ? null : OneHot.Of(labels.Slice(first, block), model.Architecture.Labels);
            Tensor decoded = model.Network.Likelihood.Mean(model.Network.Decode(input, label)).contiguous();
            ReadOnlySpan<float> means = MemoryMarshal.Cast<byte, float>(decoded.bytes);
            for (int row = 0; row < block; row++)
            {
                model.Layout.Decode(means.Slice(row * features, features), rows.Slice((first + row) * features, features));
            }
        }
    }
}

/// <summary>Categories as networks see them.</summary>
internal static class OneHot
{
    /// <summary><c>[rows, labels]</c>; categories count from 0.</summary>
    public static Tensor Of(ReadOnlySpan<long> categories, int labels) => nn.functional.one_hot(tensor(categories.ToArray()), labels).@float();
}
