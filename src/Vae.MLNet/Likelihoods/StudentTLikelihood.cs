using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>
/// p(x|z) = Student's t of 4 degrees of freedom around what the decoder says (Takahashi et al., 2018): few enough that outliers do not rule, and enough for a variance (Lange, Little and Taylor, 1989).
/// </summary>
internal sealed class StudentTLikelihood(LikelihoodPart part, Device device) : ScaledLikelihood(nameof(StudentTLikelihood), part, device)
{
    // log(Gamma(5/2) / (sqrt(4 pi) Gamma(2))) = log(3/8)
    private static readonly float s_logNorm = MathF.Log(3f / 8);

    // log(3/8) - 5/2 log(1 + x^2 / 4)
    protected override Tensor LogDensity(Tensor values) => (values.square() * 0.25f).log1p() * -2.5f + s_logNorm;

    // In closed form for 4 degrees of freedom: a = 4 p (1 - p), q = cos(acos(sqrt a) / 3) / sqrt a, sign(p - 1/2) 2 sqrt(q - 1) (Shaw, 2006)
    protected override Tensor Quantile(Tensor probability)
    {
        Tensor root = (probability * (1 - probability) * 4).clamp_max(1).sqrt();
        Tensor q = (root.acos() / 3).cos() / root;
        return (probability - 0.5f).sign() * (q - 1).clamp_min(0).sqrt() * 2;
    }
}
