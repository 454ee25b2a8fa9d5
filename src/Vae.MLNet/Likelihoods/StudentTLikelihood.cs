using System.Numerics;
using Vae.MLNet.Networks;
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
    protected override Tensor LogDensity(Tensor values) => values.Squared().Times(0.25).log1p().Times(-2.5).Plus(s_logNorm);

    protected override (Vector<float> Value, Vector<float> Slope) LogDensity(Vector<float> values)
    {
        Vector<float> grown = Vector<float>.One + values * values * 0.25f;
        return (Vector.Log(grown) * -2.5f + new Vector<float>(s_logNorm), values * -1.25f / grown);
    }

    // In closed form for 4 degrees of freedom (Shaw, 2006): sign(p - 1/2) 2 sqrt(cos(a / 3) / cos a - 1), cos^2 a = 4 p (1 - p); as sin a = |2 p - 1|, without differences of nearly equal cosines.
    protected override Tensor Quantile(Tensor probability)
    {
        Tensor sine = probability.Times(2).Minus(1);
        Tensor third = sine.abs().asin().DividedBy(3);
        Tensor cosine = (probability * probability.Complement()).Times(4).sqrt();
        return (sine.sign() * ((third.Times(2).sin() * third.sin()).Times(2) / cosine).sqrt()).Times(2);
    }
}
