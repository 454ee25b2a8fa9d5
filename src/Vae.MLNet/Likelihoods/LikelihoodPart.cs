namespace Vae.MLNet.Likelihoods;

/// <summary>A block of neighbouring slots and their likelihood. A categorical or multinomial part is one column.</summary>
/// <param name="Likelihood">Its distribution.</param>
/// <param name="Width">Its slots.</param>
/// <param name="Noise">The width of that distribution, for those that have one; else null.</param>
internal sealed record LikelihoodPart(VaeLikelihood Likelihood, int Width, VaeNoise? Noise = null)
{
    /// <summary>Whether its slots are one value together: they share a distribution.</summary>
    public bool IsCategory => Likelihood == VaeLikelihood.Categorical;

    /// <summary>Whether the encoder sees log(1 + x) of its slots.</summary>
    public bool IsSeenAsLogarithm => Likelihood is VaeLikelihood.Poisson or VaeLikelihood.Multinomial;

    private bool IsOneColumn => Likelihood is VaeLikelihood.Categorical or VaeLikelihood.Multinomial;

    /// <summary>The likelihoods that have a noise.</summary>
    public static bool HasNoise(VaeLikelihood likelihood) => likelihood is VaeLikelihood.Gaussian or VaeLikelihood.StudentT or VaeLikelihood.Laplace;

    /// <summary>The order of parts in a row: by likelihood, numbers before categories, then by noise.</summary>
    public static IEnumerable<T> Ordered<T>(IEnumerable<T> columns, Func<T, LikelihoodPart> part) =>
        columns.OrderBy(column => part(column).Likelihood).ThenBy(column => part(column).Noise?.Kind).ThenBy(column => part(column).Noise?.Scale);

    /// <summary>The parts of a row with these columns, in order; neighbours of one likelihood and noise are one part.</summary>
    public static IReadOnlyList<LikelihoodPart> Joined(IEnumerable<LikelihoodPart> columns)
    {
        var parts = new List<LikelihoodPart>();
        foreach (LikelihoodPart column in Ordered(columns, column => column))
        {
            if (!column.IsOneColumn && parts.Count > 0 && parts[^1] with { Width = column.Width } == column)
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
