using Vae.MLNet.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = Categorical(softmax(decoded)): one column, a slot per category, of which one is 1; none if it is missing.</summary>
internal sealed class CategoricalLikelihood() : Likelihood(nameof(CategoricalLikelihood))
{
    private const float SmallestMean = 1e-4f;

    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed) => (rows * log_softmax(decoded, 1)).sum(dim: 1);

    public override Tensor Mean(Tensor decoded) => softmax(decoded, 1);

    // argmax(logit + Gumbel noise), Gumbel = -log(-log uniform) (Gumbel, 1954)
    public override Tensor Draw(Tensor decoded, Tensor uniform) => one_hot((decoded - (-uniform.log()).log()).argmax(1), decoded.shape[1]).@float();

    public override Tensor OutputFor(Tensor mean) => mean.Clamped(SmallestMean, 1).log();
}
