using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// Numbers of rows whose gradient is computed along with them, in one pass over memory, where autograd takes several for each operator. The graph of a step ends at such numbers and goes on from what
/// they were computed from.
/// </summary>
internal sealed class KnownGradients
{
    private readonly List<(Tensor Value, Tensor Input, Tensor Gradient)> _parts = [];

    /// <summary>Forgets the last step.</summary>
    public void Clear() => _parts.Clear();

    /// <param name="value"><c>[rows]</c>.</param>
    /// <param name="parts">What it depends on, and its derivative by that, <c>[rows, some]</c> each.</param>
    /// <returns>The value, for a loss to depend on.</returns>
    public Tensor Add(Tensor value, params ReadOnlySpan<(Tensor Input, Tensor Gradient)> parts)
    {
        foreach ((Tensor input, Tensor gradient) in parts)
        {
            _parts.Add((value, input, gradient));
        }
        return value.requires_grad_();
    }

    /// <summary>The gradient of a loss by the parameters; an invalid tensor for one that it does not depend on.</summary>
    public IList<Tensor> Of(Tensor loss, IList<Tensor> parameters)
    {
        if (_parts.Count == 0)
        {
            return autograd.grad([loss], parameters, allow_unused: true);
        }
        IList<Tensor> byValue = autograd.grad([loss], [.. _parts.Select(part => part.Value)], retain_graph: true, allow_unused: true);
        List<Tensor> outputs = [loss];
        List<Tensor> gradients = [ones_like(loss)];
        using IDisposable noGradient = no_grad();
        foreach ((int part, Tensor upstream) in byValue.Index())
        {
            if (!upstream.IsInvalid)
            {
                outputs.Add(_parts[part].Input);
                gradients.Add(_parts[part].Gradient.mul_(upstream.unsqueeze(1)));
            }
        }
        return autograd.grad(outputs, parameters, gradients, allow_unused: true);
    }
}
