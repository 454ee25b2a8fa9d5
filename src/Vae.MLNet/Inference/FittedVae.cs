using Vae.MLNet.Columns;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Inference;

/// <summary>
/// A trained model: the network, what it has learned of the columns, and the seed of its draws. Owns its tensors and shares them safely: any number of threads may
/// <see cref="Use"/> it at a time; memory is freed when it is disposed and the last user is done.
/// </summary>
internal sealed class FittedVae(VariationalAutoencoder network, RowLayout layout, ImputationSettings imputation, int scoreDraws, int seed) : IDisposable
{
    // 1 for the owner and 1 for each user; at 0 the memory is gone.
    private int _references = 1;
    private int _disposed;

    public VariationalAutoencoder Network { get; } = network;

    public RowLayout Layout { get; } = layout;

    public ImputationSettings Imputation { get; } = imputation;

    /// <summary>Draws of the latent per row of a score.</summary>
    public int ScoreDraws { get; } = scoreDraws;

    /// <summary>Scores above it are anomalies; null if nobody asked.</summary>
    public float? ScoreThreshold { get; set; }

    public int Seed { get; } = seed;

    public VaeArchitecture Architecture => Network.Architecture;

    /// <summary>Keeps the tensors alive until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public Lease Use()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, typeof(VaeTransformer));
        int before;
        do
        {
            before = Volatile.Read(ref _references);
            ObjectDisposedException.ThrowIf(before == 0, typeof(VaeTransformer));
        }
        while (Interlocked.CompareExchange(ref _references, before + 1, before) != before);
        return new Lease(this);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Network.Dispose();
        }
    }

    /// <summary>A use of the model's tensors.</summary>
    public readonly ref struct Lease(FittedVae owner)
    {
        public void Dispose() => owner.Release();
    }
}

/// <summary>How holes are filled.</summary>
/// <param name="Kind">By the mean or a draw.</param>
/// <param name="Draws">Draws of the latent per row.</param>
/// <param name="Count">Imputations per row.</param>
internal sealed record ImputationSettings(VaeImputation Kind, int Draws, int Count);
