using System.Numerics;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = N(decoded, diag(scale^2)) (Kingma and Welling, 2014).</summary>
internal sealed class GaussianLikelihood(LikelihoodPart part, Device device) : ScaledLikelihood(nameof(GaussianLikelihood), part, device)
{
    private static readonly float s_halfLog2Pi = 0.5f * MathF.Log(2 * MathF.PI);

    // -1/2 x^2 - 1/2 log 2 pi
    protected override Tensor LogDensity(Tensor values) => values.Squared().Times(-0.5).Minus(s_halfLog2Pi);

    protected override (Vector<float> Value, Vector<float> Slope) LogDensity(Vector<float> values) => (values * values * -0.5f - new Vector<float>(s_halfLog2Pi), -values);

    // sqrt(2) erfinv(2 p - 1)
    protected override Tensor Quantile(Tensor probability) => probability.Times(2).Minus(1).erfinv().Times(MathF.Sqrt(2));
}
