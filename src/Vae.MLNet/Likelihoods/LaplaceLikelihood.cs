using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = Laplace(decoded, scale): absolute errors.</summary>
internal sealed class LaplaceLikelihood(LikelihoodPart part, Device device) : ScaledLikelihood(nameof(LaplaceLikelihood), part, device)
{
    private static readonly float s_log2 = MathF.Log(2);

    // -|x| - log 2
    protected override Tensor LogDensity(Tensor values) => -values.abs() - s_log2;

    // -sign(p - 1/2) log(1 - 2 |p - 1/2|)
    protected override Tensor Quantile(Tensor probability)
    {
        Tensor centred = probability - 0.5f;
        return -centred.sign() * (1 - centred.abs() * 2).log();
    }
}
