using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>
/// Hides values from the encoder, or adds noise to them, that the reconstruction is still asked for clean, so that it learns to tell the whole from parts (Vincent et al., 2008; Ivanov et al., 2019).
/// What remains is a lower bound on log p(x), of a posterior that has seen less.
/// </summary>
/// <param name="architecture">Says which slots make one value.</param>
/// <param name="maskingRate">The probability that a value is hidden.</param>
/// <param name="noise">The standard deviation of the noise on numbers.</param>
/// <param name="device">Where the rows are.</param>
internal sealed class InputCorruption(VaeArchitecture architecture, double maskingRate, double noise, Device device) : IDisposable
{
    private readonly Tensor _values = tensor(architecture.Values.ToArray(), dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();

    /// <param name="rows">Clean rows.</param>
    /// <param name="random">Of its own, so that everything else is drawn as it is without corruption.</param>
    public RowTensors Corrupt(RowTensors rows, BatchNoise random)
    {
        if (noise > 0)
        {
            Tensor added = random.Normal(device, rows.Count, architecture.Numbers).Times(noise);
            Tensor there = rows.Observed is { } observed ? added * observed : added;
            Tensor numbers = rows.Values.narrow(1, 0, architecture.Numbers).Plus(there);
            rows = rows with { Values = cat([numbers, rows.Values.narrow(1, architecture.Numbers, architecture.Features - architecture.Numbers)], 1) };
        }
        if (maskingRate > 0)
        {
            Tensor hidden = random.Bernoulli(maskingRate, device, rows.Count, architecture.NumberOfValues).index_select(1, _values);
            Tensor marks = hidden.narrow(1, 0, architecture.Numbers);
            rows = rows with { Values = rows.Values * hidden.Complement(), Missing = rows.Missing is null ? marks : maximum(rows.Missing, marks) };
        }
        return rows;
    }

    public void Dispose() => _values.Dispose();
}
