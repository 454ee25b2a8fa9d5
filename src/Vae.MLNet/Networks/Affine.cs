using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>x W^T + b. Its parameters are the same objects whoever asks for them, which those of the library's linear layer are not in all versions.</summary>
internal sealed class Affine : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly PreciseWeights _precise;

    public Affine(long inputs, long outputs, Device device)
        : base(nameof(Affine))
    {
        weight = new Parameter(zeros(outputs, inputs, device: device));
        bias = new Parameter(zeros(outputs, device: device));
        _precise = new PreciseWeights(weight, bias);
        RegisterComponents();
    }

    /// <summary><c>[outputs, inputs]</c>.</summary>
    public Parameter Weight => weight;

    /// <summary><c>[outputs]</c>.</summary>
    public Parameter Bias => bias;

    public override Tensor forward(Tensor input)
    {
        (Tensor weights, Tensor biases) = _precise.For(input);
        return nn.functional.linear(input, weights, biases);
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
