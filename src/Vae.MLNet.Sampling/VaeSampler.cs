using Vae.MLNet.Inference;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Sampling.Persistence;

namespace Vae.MLNet.Sampling;

/// <summary>
/// Where sampled rows come from: a distribution of latents, which the decoder turns into rows. <see cref="PriorSampler"/> needs no fitting; <see cref="GaussianMixtureSampler"/>,
/// <see cref="FlowSampler"/> and <see cref="TwoStageSampler"/> are fitted to the latents that a model gives to rows, <see cref="PosteriorSampler"/> keeps to given rows.
/// </summary>
/// <remarks>
/// Samplers do not change and are safe to use from several threads at a time. Each draw is a function of the seed and the row's number. Some own native memory, which <see cref="Dispose()"/> frees.
/// </remarks>
public abstract class VaeSampler : IDisposable
{
    private protected VaeSampler()
    {
    }

    /// <summary>The model that it was fitted on, by the SHA-256 of its weights; null if it fits any.</summary>
    internal virtual string? Model => null;

    /// <summary>Writes the sampler to a file, which <see cref="Load(string)"/> reads: a safetensors block with a checksum. An old file stays whole until the new one is.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The sampler has been disposed.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SamplerFile.Save(this, path);
    }

    /// <summary>Reads a sampler, in any process; it goes with the model that it was fitted on.</summary>
    /// <param name="path">A file of <see cref="Save"/>.</param>
    /// <returns>The sampler, which may own native memory: dispose it when done.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">It is not a sampler, or damaged.</exception>
    public static VaeSampler Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SamplerFile.Load(path);
    }

    /// <summary>Frees native memory. Rows that are sampled with it then throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Size of the latents that it was fitted to; null if it fits any.</summary>
    internal virtual int? Dimension => null;

    /// <summary>The way it draws latents of a model.</summary>
    /// <exception cref="ArgumentException">It does not go with the model.</exception>
    internal LatentDraw DrawFor(FittedVae model)
    {
        if ((Model is not null && Model != model.Fingerprint) || (Dimension ?? model.Architecture.LatentDimension) != model.Architecture.LatentDimension)
        {
            throw new ArgumentException($"The {GetType().Name} was fitted on another model: fit it on this one, or sample from the model that it was fitted on.");
        }
        return Draw(model);
    }

    /// <summary>The labels of the rows that it keeps to, in turn; null if it has none of its own.</summary>
    internal virtual IReadOnlyList<int>? OwnLabels => null;

    /// <summary>Whether it can draw rows with that label, from 0.</summary>
    internal virtual bool Knows(int label) => true;

    /// <summary>What is saved.</summary>
    internal abstract SamplerContent Content();

    private protected abstract LatentDraw Draw(FittedVae model);

    private protected virtual void Dispose(bool disposing)
    {
    }
}
