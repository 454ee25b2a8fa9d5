using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>A block of neighbouring slots and their likelihood. A categorical part is one column.</summary>
internal sealed record LikelihoodPart(VaeLikelihood Likelihood, int Width)
{
    /// <summary>The order of parts in a row: by likelihood, numbers before categories.</summary>
    public static IEnumerable<T> Ordered<T>(IEnumerable<T> columns, Func<T, VaeLikelihood> likelihood) => columns.OrderBy(likelihood);

    /// <summary>The parts of a row with these columns, in order; neighbours of one likelihood are one part, but for categories.</summary>
    public static IReadOnlyList<LikelihoodPart> Joined(IEnumerable<LikelihoodPart> columns)
    {
        var parts = new List<LikelihoodPart>();
        foreach (LikelihoodPart column in Ordered(columns, column => column.Likelihood))
        {
            if (column.Likelihood != VaeLikelihood.Categorical && parts.Count > 0 && parts[^1].Likelihood == column.Likelihood)
            {
                parts[^1] = column with { Width = parts[^1].Width + column.Width };
            }
            else
            {
                parts.Add(column);
            }
        }
        return parts;
    }
}

/// <summary>p(x|z): reads the decoder's output, <c>[rows, slots]</c>. Learned parameters that do not depend on z are its own.</summary>
internal abstract class Likelihood(string name) : nn.Module(name)
{
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

    /// <summary>The inverse of <see cref="Mean"/>: what the decoder has to say for this mean, as near as a finite number can.</summary>
    public abstract Tensor OutputFor(Tensor mean);

    public static Likelihood Create(IReadOnlyList<LikelihoodPart> parts) => parts.Count == 1 ? Create(parts[0]) : new MixedLikelihood(parts);

    public static Likelihood Create(LikelihoodPart part) => part.Likelihood switch
    {
        VaeLikelihood.Gaussian => new GaussianLikelihood(part.Width),
        VaeLikelihood.Bernoulli => new BernoulliLikelihood(),
        VaeLikelihood.Categorical => new CategoricalLikelihood(),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part.Likelihood, "Not a likelihood this version knows."),
    };

    /// <summary>Sum over the slots that are there, <c>[rows]</c>.</summary>
    protected static Tensor Sum(Tensor slots, Tensor? observed) => (observed is null ? slots : slots * observed).sum(dim: 1);
}
