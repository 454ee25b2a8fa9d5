using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Flows;

/// <summary>
/// MADE (Germain et al., 2015): dense layers with masked weights, so that what is said of dimension i depends on the dimensions before it only. The context is seen by all.
/// </summary>
internal sealed class AutoregressiveNetwork : nn.Module
{
    // Of the logarithm of a scale: a dimension is stretched by a factor of 150 at most.
    private const float LargestLogScale = 5;

    private readonly ModuleList<Linear> layers = new();
    private readonly List<Tensor> _masks = [];

    public AutoregressiveNetwork(int dimension, int context, IReadOnlyList<int> hiddenLayerSizes)
        : base(nameof(AutoregressiveNetwork))
    {
        // A unit of degree m sees dimensions 1 to m; degree 0 sees the context only.
        long[] degrees = [.. Enumerable.Range(1, dimension).Select(degree => (long)degree), .. new long[context]];
        foreach (int size in hiddenLayerSizes)
        {
            long[] next = [.. Enumerable.Range(0, size).Select(unit => (long)(unit % dimension))];
            Add(degrees, next);
            degrees = next;
        }
        // A mean and a log scale for each dimension, from the dimensions before.
        Add(degrees, [.. Enumerable.Range(0, 2 * dimension).Select(output => (long)(output % dimension))]);
        RegisterComponents();
    }

    /// <summary>Mean and log scale of each dimension, given those before it, both <c>[rows, dimension]</c>.</summary>
    public (Tensor Mean, Tensor LogScale) Conditionals(Tensor values, Tensor? context)
    {
        Tensor x = context is null ? values : cat([values, context], 1);
        for (int layer = 0; layer < layers.Count; layer++)
        {
            x = nn.functional.linear(x, layers[layer].weight! * _masks[layer], layers[layer].bias);
            x = layer < layers.Count - 1 ? Activation.Apply(VaeActivation.SiLU, x) : x;
        }
        long dimension = values.shape[1];
        return (x.narrow(1, 0, dimension), x.narrow(1, dimension, dimension).DividedBy(LargestLogScale).tanh().Times(LargestLogScale));
    }

    /// <summary>Weights of variance 1 / fan in; the last layer starts at 0, so that the flow starts as the identity.</summary>
    public void Initialise(Generator generator)
    {
        for (int layer = 0; layer < layers.Count; layer++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor weight = layers[layer].weight!;
            double bound = layer == layers.Count - 1 ? 0 : Math.Sqrt(3.0 / weight.shape[1]);
            weight.copy_(empty(weight.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu).uniform_(-bound, bound, generator));
            layers[layer].bias!.zero_();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (Tensor mask in _masks)
            {
                mask.Dispose();
            }
        }
        base.Dispose(disposing);
    }

    // A weight is there where the degree of its output is at least that of its input.
    private void Add(long[] inputs, long[] outputs)
    {
        layers.Add(nn.Linear(inputs.Length, outputs.Length, device: OnDevice.Cpu, dtype: ScalarType.Float32));
        using DisposeScope scope = NewDisposeScope();
        Tensor from = tensor(inputs, dtype: ScalarType.Int64, device: OnDevice.Cpu);
        Tensor to = tensor(outputs, dtype: ScalarType.Int64, device: OnDevice.Cpu).unsqueeze(1);
        _masks.Add((to >= from).@float().DetachFromDisposeScope());
    }
}
