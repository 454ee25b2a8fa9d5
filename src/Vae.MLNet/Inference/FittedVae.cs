using Vae.MLNet.Columns;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Inference;

/// <summary>
/// A trained model: the network, what it has learned of the columns, and the seed of its draws. Owns its tensors and shares them safely: any number of threads may
/// <see cref="Use"/> it at a time; memory is freed when it is disposed and the last user is done.
/// </summary>
internal sealed class FittedVae(VariationalAutoencoder network, RowLayout layout, ImputationSettings imputation, int scoreDraws, int seed) : IDisposable
{
    private readonly SharedMemory _memory = new(network, typeof(VaeTransformer));
    private string? _fingerprint;

    public VariationalAutoencoder Network { get; } = network;

    public RowLayout Layout { get; } = layout;

    public ImputationSettings Imputation { get; } = imputation;

    /// <summary>Draws of the latent per row of a score.</summary>
    public int ScoreDraws { get; } = scoreDraws;

    /// <summary>Scores above it are anomalies; null if nobody asked.</summary>
    public float? ScoreThreshold { get; set; }

    public int Seed { get; } = seed;

    public VaeArchitecture Architecture => Network.Architecture;

    /// <summary>SHA-256 of the weights.</summary>
    public string Fingerprint
    {
        get
        {
            using SharedMemory.Lease lease = Use();
            return _fingerprint ??= Network.Fingerprint();
        }
    }

    /// <summary>Keeps the tensors alive until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public SharedMemory.Lease Use() => _memory.Use();

    public void Dispose() => _memory.Dispose();
}

/// <summary>How holes are filled.</summary>
/// <param name="Kind">By the mean or a draw.</param>
/// <param name="Draws">Draws of the latent per row.</param>
/// <param name="Count">Imputations per row.</param>
internal sealed record ImputationSettings(VaeImputation Kind, int Draws, int Count);
