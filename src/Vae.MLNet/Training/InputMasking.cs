using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>
/// Hides values from the encoder that the reconstruction is still asked for, so that it learns to tell the whole from parts (Vincent et al., 2008; Ivanov et al., 2019). What remains is a lower
/// bound on log p(x), of a posterior that has seen less.
/// </summary>
/// <param name="architecture">Says which slots make one value.</param>
/// <param name="rate">The probability that a value is hidden.</param>
/// <param name="seed">The masks come from a generator of their own, so that everything else is drawn as it is without them.</param>
internal sealed class InputMasking(VaeArchitecture architecture, double rate, int seed) : IDisposable
{
    private readonly Generator _generator = new((ulong)seed + 1);
    private readonly Tensor _values = tensor(architecture.Values.ToArray()).DetachFromDisposeScope();

    public RowTensors Hide(RowTensors rows)
    {
        Tensor hidden = empty(rows.Values.shape[0], architecture.NumberOfValues).bernoulli_(rate, _generator);
        Tensor numbers = hidden.narrow(1, 0, architecture.Numbers);
        return rows with
        {
            Values = rows.Values * (1 - hidden.index_select(1, _values)),
            Missing = rows.Missing is null ? numbers : maximum(rows.Missing, numbers),
        };
    }

    public void Dispose()
    {
        _values.Dispose();
        _generator.Dispose();
    }
}
