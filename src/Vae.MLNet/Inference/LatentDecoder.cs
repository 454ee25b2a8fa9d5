using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>From latents back to rows in the input's units.</summary>
internal static class LatentDecoder
{
    private const int RowsPerBlock = 256;

    /// <summary>E[x|z] of each latent: <paramref name="latents"/> is <c>[rows, latent]</c>, <paramref name="rows"/> <c>[rows, features]</c>, both row by row.</summary>
    public static void Decode(FittedVae model, ReadOnlySpan<float> latents, Span<float> rows)
    {
        using FittedVae.Lease lease = model.Use();
        using IDisposable noGradient = no_grad();
        int width = model.Architecture.LatentDimension;
        int features = model.Architecture.Features;
        int count = latents.Length / width;
        for (int first = 0; first < count; first += RowsPerBlock)
        {
            using DisposeScope scope = NewDisposeScope();
            int block = Math.Min(RowsPerBlock, count - first);
            Tensor input = empty(block, width);
            latents.Slice(first * width, block * width).CopyTo(MemoryMarshal.Cast<byte, float>(input.bytes));
            Tensor decoded = model.Standardisation.Invert(model.Network.Likelihood.Mean(model.Network.Decode(input)));
            MemoryMarshal.Cast<byte, float>(decoded.contiguous().bytes).CopyTo(rows[(first * features)..]);
        }
    }
}
