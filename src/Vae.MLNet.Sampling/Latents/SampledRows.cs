using Vae.MLNet.Inference;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>What the noise of a row is for: each use has its own.</summary>
internal enum NoiseUse : ulong
{
    Label = 1,
    Component,
    Latent,
    SecondStage,
    Posterior,
}

/// <summary>Consecutive rows that latents are wanted for. Their noise is a function of seed and row number: any cursor draws the same for the same row.</summary>
/// <param name="first">The number of the first row.</param>
/// <param name="seed">Of all rows.</param>
/// <param name="labels">The category of each row, from 0; empty without a condition.</param>
internal readonly ref struct SampledRows(long first, int seed, ReadOnlySpan<int> labels)
{
    public long First => first;

    public ReadOnlySpan<int> Labels { get; } = labels;

    /// <summary>The category of a row; 0 without a condition.</summary>
    public int LabelOf(int row) => Labels.IsEmpty ? 0 : Labels[row];

    /// <summary>The categories as 64-bit integers.</summary>
    public long[] Categories()
    {
        var categories = new long[Labels.Length];
        for (int row = 0; row < categories.Length; row++)
        {
            categories[row] = Labels[row];
        }
        return categories;
    }

    /// <summary>The key of a row's noise.</summary>
    public ulong Key(int row, NoiseUse use) => KeyOf(first + row, seed, use);

    /// <summary>Independent draws from N(0, 1), <c>[rows, latent]</c>.</summary>
    public void FillNormal(Span<float> destination, int dimension, NoiseUse use)
    {
        for (int row = 0; row < destination.Length / dimension; row++)
        {
            RowNoise.Fill(Key(row, use), destination.Slice(row * dimension, dimension));
        }
    }

    /// <summary>A draw from the open interval (0, 1).</summary>
    public float Uniform(int row, NoiseUse use) => UniformOf(Key(row, use));

    public static ulong KeyOf(long row, int seed, NoiseUse use) => RowNoise.Derived(RowNoise.KeyOfId(seed, (ulong)row, 0), (ulong)use);

    public static float UniformOf(ulong key)
    {
        Span<float> one = stackalloc float[1];
        RowNoise.FillUniform(key, one);
        return one[0];
    }
}

/// <summary>Draws latents, <c>[rows, latent]</c>, row by row.</summary>
internal delegate void LatentDraw(SampledRows rows, Span<float> latents);
