using System.Numerics;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = Laplace(decoded, scale): absolute errors.</summary>
internal sealed class LaplaceLikelihood(LikelihoodPart part, Device device) : ScaledLikelihood(nameof(LaplaceLikelihood), part, device)
{
    private static readonly float s_log2 = MathF.Log(2);

    // -|x| - log 2
    protected override Tensor LogDensity(Tensor values) => (-values.abs()).Minus(s_log2);

    // The derivative at 0 is 0, as autograd has it.
    protected override (Vector<float> Value, Vector<float> Slope) LogDensity(Vector<float> values) =>
        (-Vector.Abs(values) - new Vector<float>(s_log2), Sign(Vector.LessThan(values, Vector<float>.Zero)) - Sign(Vector.GreaterThan(values, Vector<float>.Zero)));

    // -sign(p - 1/2) log(1 - 2 |p - 1/2|)
    protected override Tensor Quantile(Tensor probability)
    {
        Tensor centred = probability.Minus(0.5);
        return -centred.sign() * centred.abs().Times(2).Complement().log();
    }

    private static Vector<float> Sign(Vector<int> isSo) => Vector.ConditionalSelect(isSo, Vector<float>.One, Vector<float>.Zero);
}
