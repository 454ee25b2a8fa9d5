using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

internal static class Activation
{
    public static Tensor Apply(VaeActivation activation, Tensor input) => activation switch
    {
        VaeActivation.ReLU => input.relu(),
        VaeActivation.ELU => nn.functional.elu(input, 1.0),
        VaeActivation.SiLU => input.silu(),
        VaeActivation.GELU => input.gelu(),
        VaeActivation.Tanh => input.tanh(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation this version knows."),
    };
}
