using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>q(z|x): a trunk and two heads, <c>[rows, features]</c> to the posterior's mean and log-variance, <c>[rows, latent]</c> each.</summary>
internal sealed class Encoder : nn.Module<Tensor, (Tensor Mean, Tensor LogVariance)>
{
    private readonly DenseNetwork hidden;
    private readonly Linear mean;
    private readonly Linear log_variance;

    public Encoder(int features, IReadOnlyList<int> hiddenLayerSizes, int latentDimension)
        : base(nameof(Encoder))
    {
        hidden = new DenseNetwork(features, hiddenLayerSizes);
        mean = nn.Linear(hidden.OutputSize, latentDimension);
        log_variance = nn.Linear(hidden.OutputSize, latentDimension);
        RegisterComponents();
    }

    public override (Tensor Mean, Tensor LogVariance) forward(Tensor input)
    {
        Tensor trunk = hidden.call(input);
        return (mean.call(trunk), log_variance.call(trunk));
    }
}
