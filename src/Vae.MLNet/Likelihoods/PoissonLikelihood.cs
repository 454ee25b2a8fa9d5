using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = Poisson(exp(decoded)) for every slot: counts.</summary>
internal sealed class PoissonLikelihood() : Likelihood(nameof(PoissonLikelihood))
{
    private const float SmallestMean = 1e-3f;
    // The rate of a row far from all others is to stay a finite number.
    private const float LargestLogRate = 60;
    private const float LargestCounted = 30;
    // Far beyond what 23 random bits can ask for.
    private const int MostCounted = 80;

    // x log rate - rate - log x!
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed)
    {
        Tensor logRate = LogRate(decoded);
        return Sum(rows * logRate - logRate.exp() - rows.Plus(1).lgamma(), observed);
    }

    public override Tensor Mean(Tensor decoded) => LogRate(decoded).exp();

    public override Tensor Draw(Tensor decoded, Tensor uniform) => DrawOf(Mean(decoded), uniform);

    public override Tensor OutputFor(Tensor mean) => mean.AtLeast(SmallestMean).log();

    public override Tensor SeenBy(Tensor rows) => rows.AtLeast(0).log1p();

    /// <summary>Poisson draws by the inverse of the distribution function; above a rate of <see cref="LargestCounted"/> of its rounded expansion around the normal one (Cornish and Fisher, 1938).</summary>
    public static Tensor DrawOf(Tensor rate, Tensor uniform)
    {
        Tensor counted = rate.AtMost(LargestCounted);
        Tensor term = (-counted).exp();
        Tensor below = term.alias();
        Tensor count = zeros_like(rate);
        for (int k = 1; k <= MostCounted; k++)
        {
            count = where(uniform > below, count.Plus(1), count);
            term = (term * counted).DividedBy(k);
            below = below.Plus(term);
        }
        // rate + sqrt(rate) z + (z^2 - 1) / 6: mean, variance and skewness of the Poisson distribution
        Tensor normal = uniform.Times(2).Minus(1).erfinv().Times(MathF.Sqrt(2));
        Tensor many = rate.Plus(rate.sqrt() * normal).Plus(normal.Squared().Minus(1).Times(1f / 6));
        return where(rate.IsAbove(LargestCounted), many.round().AtLeast(0), count);
    }

    private static Tensor LogRate(Tensor decoded) => decoded.AtMost(LargestLogRate);
}
