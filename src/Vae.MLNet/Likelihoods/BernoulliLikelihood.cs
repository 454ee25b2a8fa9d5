using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = Bernoulli(sigmoid(decoded)) for every slot; values between 0 and 1 are read as probabilities, as is usual for grey images (Kingma and Welling, 2014, appendix C.1).</summary>
internal sealed class BernoulliLikelihood() : Likelihood(nameof(BernoulliLikelihood))
{
    private const float SmallestMean = 1e-3f;

    // From here on log(1 + exp(l)) is l to the last digit, also in double precision.
    private const double SoftplusEnd = 40;

    // x log p + (1 - x) log(1 - p) = x l - log(1 + exp(l)) with the logits l: a few passes over memory, where the cross-entropy of the library takes a dozen.
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed) => Sum((rows * decoded).sub_(softplus(decoded, threshold: SoftplusEnd)), observed);

    public override Tensor Mean(Tensor decoded) => decoded.sigmoid();

    public override Tensor Draw(Tensor decoded, Tensor uniform) => (uniform < decoded.sigmoid()).@float();

    public override Tensor OutputFor(Tensor mean)
    {
        Tensor inside = mean.clamp(SmallestMean, 1 - SmallestMean);
        return (inside / (1 - inside)).log();
    }
}
