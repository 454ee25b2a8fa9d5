using Vae.MLNet.Columns;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Inference;

/// <summary>
/// A trained model: the network, what it has learned of the columns, and the seed of its draws. Owns its tensors and shares them safely: any number of threads may
/// <see cref="Use"/> it at a time; memory is freed when it is disposed and the last user is done.
/// </summary>
internal sealed class FittedVae : IDisposable
{
    private readonly NetworkPair _networks;
    private readonly SharedMemory _memory;
    private string? _fingerprint;

    public FittedVae(VariationalAutoencoder network, RowLayout layout, ImputationSettings imputation, int scoreDraws, int seed)
    {
        (Layout, Imputation, ScoreDraws, Seed) = (layout, imputation, scoreDraws, seed);
        _networks = new NetworkPair(network);
        _memory = new SharedMemory(_networks, typeof(VaeTransformer));
    }

    public VariationalAutoencoder Network => _networks.Single;

    /// <summary>
    /// The same network in double precision, for scores: in single precision a row's place among others changes the last digits of a matrix product, and so of a score that is a small difference of
    /// large terms. Made when it is first asked for, within a lease.
    /// </summary>
    public VariationalAutoencoder PreciseNetwork => _networks.Double;

    public RowLayout Layout { get; }

    public ImputationSettings Imputation { get; }

    /// <summary>Draws of the latent per row of a score.</summary>
    public int ScoreDraws { get; }

    /// <summary>Scores above it are anomalies; null if nobody asked.</summary>
    public float? ScoreThreshold { get; set; }

    public int Seed { get; }

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

    // The lock orders the making of the copy; it is disposed when no lease is left, so that nobody asks for it any more.
    private sealed class NetworkPair(VariationalAutoencoder single) : IDisposable
    {
        private readonly Lock _lock = new();
        private VariationalAutoencoder? _double;

        public VariationalAutoencoder Single => single;

        public VariationalAutoencoder Double
        {
            get
            {
                lock (_lock)
                {
                    return _double ??= single.InDoublePrecision();
                }
            }
        }

        public void Dispose()
        {
            _double?.Dispose();
            single.Dispose();
        }
    }
}

/// <summary>How holes are filled.</summary>
/// <param name="Kind">By the mean or a draw.</param>
/// <param name="Draws">Draws of the latent per row.</param>
/// <param name="Count">Imputations per row.</param>
internal sealed record ImputationSettings(VaeImputation Kind, int Draws, int Count);
