using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Layer normalisation with learned gain and bias (Ba et al., 2016).</summary>
internal sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;

    public LayerNorm(int size, Device device)
        : base(nameof(LayerNorm))
    {
        weight = new Parameter(ones(size, device: device));
        bias = new Parameter(zeros(size, device: device));
        RegisterComponents();
    }

    public Parameter Gain => weight;

    public Parameter Shift => bias;

    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, [input.shape[1]], weight, bias);
}
