using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z): reads the decoder's output, <c>[rows, features]</c>. Learned parameters that do not depend on z are its own.</summary>
internal abstract class Likelihood(string name) : nn.Module(name)
{
    /// <summary>log p(x|z) in nats, <c>[rows]</c>.</summary>
    public abstract Tensor LogProbability(Tensor rows, Tensor decoded);

    /// <summary>E[x|z], <c>[rows, features]</c>.</summary>
    public abstract Tensor Mean(Tensor decoded);

    /// <summary>The inverse of <see cref="Mean"/>: what the decoder has to say for this mean, as near as a finite number can.</summary>
    public abstract Tensor OutputFor(Tensor mean);

    public static Likelihood Create(VaeLikelihood kind, int features) => kind switch
    {
        VaeLikelihood.Gaussian => new GaussianLikelihood(features),
        VaeLikelihood.Bernoulli => new BernoulliLikelihood(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a likelihood this version knows."),
    };
}
