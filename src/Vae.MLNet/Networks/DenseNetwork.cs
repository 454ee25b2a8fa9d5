using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Fully connected layers, each followed by a ReLU: <c>[rows, inputSize]</c> to <c>[rows, last size]</c>.</summary>
internal sealed class DenseNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Sequential layers;

    public DenseNetwork(int inputSize, IReadOnlyList<int> layerSizes)
        : base(nameof(DenseNetwork))
    {
        var modules = new List<(string, nn.Module<Tensor, Tensor>)>();
        OutputSize = inputSize;
        for (int i = 0; i < layerSizes.Count; i++)
        {
            modules.Add(($"linear{i}", nn.Linear(OutputSize, layerSizes[i])));
            modules.Add(($"relu{i}", nn.ReLU()));
            OutputSize = layerSizes[i];
        }
        layers = nn.Sequential(modules);
        RegisterComponents();
    }

    /// <summary>The width of the last layer.</summary>
    public int OutputSize { get; }

    public override Tensor forward(Tensor input) => layers.call(input);
}
