using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = Bernoulli(sigmoid(decoded)) for every slot; values between 0 and 1 are read as probabilities, as is usual for grey images (Kingma and Welling, 2014, appendix C.1).</summary>
internal sealed class BernoulliLikelihood() : Likelihood(nameof(BernoulliLikelihood))
{
    private const float SmallestMean = 1e-3f;

    // x log p + (1 - x) log(1 - p), from the logits for accuracy
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed) =>
        -Sum(binary_cross_entropy_with_logits(decoded, rows, reduction: TorchSharp.torch.nn.Reduction.None), observed);

    public override Tensor Mean(Tensor decoded) => decoded.sigmoid();

    public override Tensor Draw(Tensor decoded, Tensor uniform) => (uniform < decoded.sigmoid()).@float();

    public override Tensor OutputFor(Tensor mean)
    {
        Tensor inside = mean.clamp(SmallestMean, 1 - SmallestMean);
        return (inside / (1 - inside)).log();
    }
}
