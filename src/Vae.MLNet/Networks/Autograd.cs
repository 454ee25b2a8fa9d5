using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Gradients by libtorch's autograd.</summary>
internal static class Autograd
{
    /// <summary>Computes the gradient of the sum of outputs times factors by some of the graph's leaves.</summary>
    /// <param name="outputs">Tensors that depend on the leaves.</param>
    /// <param name="factors">One for each output, of its shape.</param>
    /// <param name="leaves">Require gradients; what they have in <see cref="Tensor.grad"/> is lost.</param>
    /// <param name="keepGraph">Whether the graph is used again.</param>
    /// <returns>One gradient for each leaf, in the caller's dispose scope; null where the outputs do not depend on it.</returns>
    public static Tensor?[] Of(IList<Tensor> outputs, IList<Tensor> factors, IList<Tensor> leaves, bool keepGraph = false)
    {
        // autograd.grad counts a tensor for each leaf that the outputs do not depend on, and never disposes it.
        autograd.backward(outputs, factors, keepGraph, inputs: leaves);
        var gradients = new Tensor?[leaves.Count];
        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i] = leaves[i].grad;
            leaves[i].grad = null;
        }
        return gradients;
    }
}
