using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Layer normalisation with learned gain and bias (Ba et al., 2016).</summary>
internal sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly PreciseWeights _precise;

    public LayerNorm(int size, Device device)
        : base(nameof(LayerNorm))
    {
        weight = new Parameter(ones(size, device: device));
        bias = new Parameter(zeros(size, device: device));
        _precise = new PreciseWeights(weight, bias);
        RegisterComponents();
    }

    public Parameter Gain => weight;

    public Parameter Shift => bias;

    public override Tensor forward(Tensor input)
    {
        (Tensor gain, Tensor shift) = _precise.For(input);
        return nn.functional.layer_norm(input, [input.shape[1]], gain, shift);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _precise.Dispose();
        }
        base.Dispose(disposing);
    }
}
