using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>q(z|x): a trunk and two heads, <c>[rows, inputs]</c> to the posterior's mean and log-variance, <c>[rows, latent]</c> each.</summary>
internal sealed class Encoder : nn.Module<Tensor, (Tensor Mean, Tensor LogVariance)>
{
    private readonly DenseNetwork hidden;
    private readonly Linear mean;
    private readonly Linear log_variance;

    public Encoder(int inputs, IReadOnlyList<int> hiddenLayerSizes, int latentDimension)
        : base(nameof(Encoder))
    {
        hidden = new DenseNetwork(inputs, hiddenLayerSizes);
        mean = nn.Linear(hidden.OutputSize, latentDimension);
        log_variance = nn.Linear(hidden.OutputSize, latentDimension);
        RegisterComponents();
    }

    /// <summary>All layers from the input on, and whether they see the row itself.</summary>
    public IEnumerable<(Linear Layer, bool SeesRow)> Layers
    {
        get
        {
            Linear[] trunk = [.. hidden.modules().OfType<Linear>()];
            return trunk.Select((layer, index) => (layer, index == 0)).Concat([(mean, trunk.Length == 0), (log_variance, trunk.Length == 0)]);
        }
    }

    public override (Tensor Mean, Tensor LogVariance) forward(Tensor input)
    {
        Tensor trunk = hidden.call(input);
        return (mean.call(trunk), log_variance.call(trunk));
    }
}
