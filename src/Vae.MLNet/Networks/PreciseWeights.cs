using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// Parameters for rows that come in double precision: made at the first such rows and kept. For a trained model only, whose parameters do not change any more. In single precision a row's place among others
/// changes the last digits of a matrix product, and so of a score that is a small difference of large terms.
/// </summary>
internal sealed class PreciseWeights(Parameter weight, Parameter bias) : IDisposable
{
    private readonly Lock _lock = new();
    private (Tensor Weight, Tensor Bias)? _copies;

    /// <summary>The parameters, in the precision of <paramref name="input"/>.</summary>
    public (Tensor Weight, Tensor Bias) For(Tensor input)
    {
        if (input.dtype != ScalarType.Float64)
        {
            return (weight, bias);
        }
        lock (_lock)
        {
            return _copies ??= (Copy(weight), Copy(bias));
        }
    }

    public void Dispose()
    {
        _copies?.Weight.Dispose();
        _copies?.Bias.Dispose();
        _copies = null;
    }

    // It outlives the dispose scope of the rows that ask first.
    private static Tensor Copy(Parameter parameter) => parameter.detach().@double().DetachFromDisposeScope();
}
