using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z): reads the decoder's output, <c>[rows, slots]</c>. Learned parameters that do not depend on z are its own.</summary>
internal abstract class Likelihood(string name) : nn.Module(name)
{
    /// <summary>Where gradients that are known by formula go; set while training on the CPU.</summary>
    public KnownGradients? Known { get; set; }

    /// <summary>log p(x|z) in nats over the slots that are there, <c>[rows]</c>.</summary>
    /// <param name="rows">Encoded rows, <c>[rows, slots]</c>; 0 where a value is missing.</param>
    /// <param name="decoded">The decoder's output, <c>[rows, slots]</c>.</param>
    /// <param name="observed">1 where a number is there, 0 where it is missing; null if all are. A missing category needs no mark: none of its slots is 1.</param>
    public abstract Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed);

    /// <summary>E[x|z], <c>[rows, slots]</c>; the probabilities of categories.</summary>
    public abstract Tensor Mean(Tensor decoded);

    /// <summary>A draw from p(x|z), <c>[rows, slots]</c>, by the inverse of its distribution function.</summary>
    /// <param name="decoded">The decoder's output, <c>[rows, slots]</c>.</param>
    /// <param name="uniform">Independent draws from the open interval (0, 1), <c>[rows, slots]</c>.</param>
    public abstract Tensor Draw(Tensor decoded, Tensor uniform);

    /// <summary>The inverse of <see cref="Mean"/>: what the decoder has to say for this mean, as near as a finite number can. Learns from it what else depends on the mean only.</summary>
    /// <param name="mean">Of the encoded training rows, <c>[slots]</c>.</param>
    public abstract Tensor OutputFor(Tensor mean);

    /// <summary>E[x|z] of rows of which more is known than z: their totals.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="decoded">The decoder's output for them.</param>
    public virtual Tensor Reconstruction(Tensor rows, Tensor decoded) => Mean(decoded);

    /// <summary>Rows as the encoder sees them.</summary>
    public virtual Tensor SeenBy(Tensor rows) => rows;

    public static Likelihood Create(IReadOnlyList<LikelihoodPart> parts, Device device) => parts.Count == 1 ? Create(parts[0], device) : new MixedLikelihood(parts, device);

    public static Likelihood Create(LikelihoodPart part, Device device) => part.Likelihood switch
    {
        VaeLikelihood.Gaussian => new GaussianLikelihood(part, device),
        VaeLikelihood.StudentT => new StudentTLikelihood(part, device),
        VaeLikelihood.Laplace => new LaplaceLikelihood(part, device),
        VaeLikelihood.Bernoulli => new BernoulliLikelihood(),
        VaeLikelihood.ContinuousBernoulli => new ContinuousBernoulliLikelihood(),
        VaeLikelihood.Poisson => new PoissonLikelihood(),
        VaeLikelihood.Multinomial => new MultinomialLikelihood(device),
        VaeLikelihood.Categorical => new CategoricalLikelihood(),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part.Likelihood, "Not a likelihood this version knows."),
    };

    /// <summary>Sum over the slots that are there, <c>[rows]</c>.</summary>
    protected static Tensor Sum(Tensor slots, Tensor? observed) => (observed is null ? slots : slots * observed).sum(dim: 1);
}
