using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>An encoder or a decoder: <c>[rows, inputs]</c> to <c>[rows, outputs]</c>.</summary>
internal abstract class Network(string name) : nn.Module<Tensor, Tensor>(name)
{
    /// <summary>Draws the weights; biases are 0.</summary>
    public abstract void Initialise(Generator generator);

    /// <summary>What is added last, <c>[outputs]</c>; null if there is no such parameter.</summary>
    public abstract Parameter? OutputBias { get; }
}

/// <summary>The inputs of a first layer: values, then marks of missing ones, then the label.</summary>
/// <param name="Values">Slots.</param>
/// <param name="ActiveValues">Slots that are not 0 at a time.</param>
/// <param name="Marks">Marks.</param>
/// <param name="Labels">Categories of the label.</param>
internal sealed record InputParts(int Values, int ActiveValues, int Marks, int Labels)
{
    public int Count => Values + Marks + Labels;

    /// <summary>On the variance of the values' weights, if they come from an activation.</summary>
    public double Gain { get; init; } = 1;
}

/// <summary>
/// Weights from U(-sqrt(3 / fan in), sqrt(3 / fan in)), of variance 1 / fan in (LeCun et al., 1998). On MNIST this is worth 2 to 3 nats over PyTorch's default. From a generator of our own: the global
/// one is shared by the whole process, and two fits at a time would not be repeatable.
/// </summary>
internal static class Initial
{
    /// <param name="weight">Is filled.</param>
    /// <param name="fanIn">Inputs of each output.</param>
    /// <param name="generator">Of the draws.</param>
    /// <param name="gain">On the variance, by the activation that the inputs come from.</param>
    public static void Fill(Tensor weight, long fanIn, Generator generator, double gain = 1) => weight.copy_(Uniform(weight.shape, fanIn / gain, generator));

    /// <summary>
    /// A layer that sees a row or a latent. Marks start at weight 0, so that rows without holes train as if there were none. Of a category one slot is 1 at a time, so that it counts as one input,
    /// and so does the label, which speaks as loud as all others together: with a share of them only, the latent learns to say what the label says (on MNIST 67 of 100 draws are recognised as
    /// their label, against 94).
    /// </summary>
    public static void Fill(Tensor weight, InputParts inputs, Generator generator)
    {
        long outputs = weight.shape[0];
        weight.copy_(cat([Uniform([outputs, inputs.Values], inputs.ActiveValues / inputs.Gain, generator), zeros(outputs, inputs.Marks, dtype: ScalarType.Float32, device: OnDevice.Cpu), Uniform([outputs, inputs.Labels], 1, generator)], 1));
    }

    private static Tensor Uniform(long[] shape, double fanIn, Generator generator)
    {
        double bound = Math.Sqrt(3 / fanIn);
        return empty(shape, dtype: ScalarType.Float32, device: OnDevice.Cpu).uniform_(-bound, bound, generator);
    }
}
