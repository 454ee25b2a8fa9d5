using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>From a latent to the parameters of p(x|z): <c>[rows, inputs]</c>, the latent and the label, to <c>[rows, slots]</c>; what they mean is the likelihood's business.</summary>
internal sealed class Decoder : nn.Module<Tensor, Tensor>
{
    private readonly DenseNetwork hidden;
    private readonly Linear output;

    public Decoder(int inputs, IReadOnlyList<int> hiddenLayerSizes, int features)
        : base(nameof(Decoder))
    {
        hidden = new DenseNetwork(inputs, hiddenLayerSizes);
        output = nn.Linear(hidden.OutputSize, features);
        RegisterComponents();
    }

    public Linear Output => output;

    /// <summary>All layers from the latent on, and whether they see the latent itself.</summary>
    public IEnumerable<(Linear Layer, bool SeesLatent)> Layers => hidden.modules().OfType<Linear>().Append(output).Select((layer, index) => (layer, index == 0));

    public override Tensor forward(Tensor input)
    {
        Tensor trunk = hidden.call(input);
        return output.call(trunk);
    }
}
