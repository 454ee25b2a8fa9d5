using Vae.MLNet.Columns;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>Latents that are there.</summary>
/// <param name="latents"><c>[rows, latent]</c>, row by row.</param>
/// <param name="dimension">Size of the latent.</param>
internal sealed class GivenLatents(float[] latents, int dimension) : ILatentSource
{
    public long Count => latents.Length / dimension;

    public int Dimension => dimension;

    public KeyColumn? Label { get; init; }

    /// <summary>The category of each row, from 0; null without a condition.</summary>
    public IReadOnlyList<int>? Labels { get; init; }

    public PathSteps? Steps { get; init; }

    public void Fill(long first, Span<float> destination, Span<int> labels)
    {
        latents.AsSpan((int)first * dimension, destination.Length).CopyTo(destination);
        for (int row = 0; row < labels.Length; row++)
        {
            labels[row] = Labels![(int)first + row];
        }
    }
}
