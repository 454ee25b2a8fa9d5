using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// Random numbers for the rows of a batch that several workers share. Each worker has one of these, generates the numbers of the whole batch from the same key, and keeps those of its rows: what a row gets
/// does not depend on how the batch is divided. Numbers are generated on the CPU, so that they are the same on every device.
/// </summary>
internal sealed class BatchNoise : IDisposable
{
    private readonly Generator _generator = new(0, OnDevice.Cpu);
    private long _batch = 1;
    private long _first;
    private long _count = 1;

    /// <summary>Begins a batch.</summary>
    /// <param name="key">Determines the numbers.</param>
    /// <param name="batch">Rows of the batch.</param>
    /// <param name="first">The worker's first row, from 0.</param>
    /// <param name="count">The worker's rows, at least 1.</param>
    public void Begin(ulong key, long batch, long first, long count)
    {
        (_batch, _first, _count) = (batch, first, count);
        _generator.manual_seed(unchecked((long)key));
    }

    /// <summary>Begins numbers that every worker needs as a whole.</summary>
    /// <param name="key">Determines the numbers.</param>
    public void Begin(ulong key) => Begin(key, 1, 0, 1);

    /// <summary>Generates standard normal numbers.</summary>
    /// <param name="device">Where the result is.</param>
    /// <param name="shape"><c>[rows, ...]</c>, with a multiple of the worker's rows; several for the same row are neighbours.</param>
    public Tensor Normal(Device device, params long[] shape) =>
        OfPart(device, shape, whole => randn(whole, dtype: ScalarType.Float32, device: OnDevice.Cpu, generator: _generator));

    /// <summary>Generates ones with a probability, and zeros.</summary>
    /// <param name="probability">The probability of a one, from 0 to 1.</param>
    /// <param name="device">Where the result is.</param>
    /// <param name="shape">As for <see cref="Normal"/>.</param>
    public Tensor Bernoulli(double probability, Device device, params long[] shape) =>
        OfPart(device, shape, whole => empty(whole, dtype: ScalarType.Float32, device: OnDevice.Cpu).bernoulli_(probability, _generator));

    public void Dispose() => _generator.Dispose();

    private Tensor OfPart(Device device, long[] shape, Func<long[], Tensor> generate)
    {
        long each = shape[0] / _count;
        Tensor whole = generate([_batch * each, .. shape[1..]]);
        return OnDevice.Of(_batch == _count ? whole : whole.narrow(0, _first * each, shape[0]), device);
    }
}
