using Vae.MLNet.Columns;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>Latents that a sampler draws.</summary>
/// <param name="draw">The sampler's way to draw.</param>
/// <param name="count">How many rows.</param>
/// <param name="dimension">Size of the latent.</param>
/// <param name="seed">Of all draws.</param>
internal sealed class SampledLatents(LatentDraw draw, long count, int dimension, int seed) : ILatentSource
{
    public long Count => count;

    public int Dimension => dimension;

    public KeyColumn? Label { get; init; }

    /// <summary>Gives the category of each row, from 0; null without a condition.</summary>
    public Func<long, int>? LabelOf { get; init; }

    public PathSteps? Steps => null;

    public void Fill(long first, Span<float> latents, Span<int> labels)
    {
        for (int row = 0; row < labels.Length; row++)
        {
            labels[row] = LabelOf!(first + row);
        }
        draw(new SampledRows(first, seed, labels), latents);
    }
}
