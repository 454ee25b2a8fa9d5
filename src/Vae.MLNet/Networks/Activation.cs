using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>The nonlinearity between two layers.</summary>
internal static class Activation
{
    // Kept: libtorch reads it while the garbage collector may run (see TensorArithmetic).
    private static readonly TorchSharp.Scalar s_one = 1;

    /// <summary>
    /// What the variance of the weights after an activation is multiplied by, so that every activation passes on as much as ReLU: 1/2 / E[f(x)^2] for x from N(0, 1), which is 1 for ReLU.
    /// </summary>
    public static double Gain(VaeActivation activation) => activation switch
    {
        VaeActivation.ELU => 0.775,
        VaeActivation.SiLU => 1.406,
        VaeActivation.GELU => 1.176,
        VaeActivation.Tanh => 1.268,
        _ => 1,
    };

    public static Tensor Apply(VaeActivation activation, Tensor input) => activation switch
    {
        VaeActivation.ReLU => input.relu(),
        VaeActivation.ELU => input.elu(s_one, s_one, s_one),
        VaeActivation.SiLU => input.silu(),
        VaeActivation.GELU => input.gelu(),
        VaeActivation.Tanh => input.tanh(),
        _ => throw Unknown(activation),
    };

    /// <summary>For a value of the enumeration that there is none of.</summary>
    public static ArgumentOutOfRangeException Unknown(VaeActivation activation) => new(nameof(activation), activation, "Not an activation this version knows.");
}
