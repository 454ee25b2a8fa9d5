namespace Vae.MLNet;

/// <summary>How well a model explains rows, by <see cref="VaeCatalog.EvaluateVariationalAutoencoder"/>. All in nats per row unless said otherwise, densities in the columns' units.</summary>
public sealed record VaeMetrics
{
    /// <summary>Above this variance of its posterior mean a unit is active (Burda et al., 2016, section 4).</summary>
    internal const double SmallestActiveVariance = 0.01;

    /// <summary>Rows that were evaluated.</summary>
    public required long RowCount { get; init; }

    /// <summary>Rows of a conditional model that were left out, since their label is missing.</summary>
    public required long RowsWithoutLabel { get; init; }

    /// <summary>The evidence lower bound (Kingma and Welling, 2014), <see cref="Reconstruction"/> minus <see cref="Kl"/>. Higher is better.</summary>
    public double Elbo => Reconstruction - Kl;

    /// <summary>E_q[log p(x|z)], by one draw per row.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>KL(q(z|x) || p(z)). 0 for a plain autoencoder.</summary>
    public required double Kl { get; init; }

    /// <summary>The importance-weighted bound on log p(x) of <see cref="Draws"/> draws per row (Burda et al., 2016): the more draws, the nearer. Of a plain autoencoder, log p(x|z).</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>The standard error of <see cref="LogLikelihood"/> as an average over rows: their standard deviation divided by the root of their number. NaN for one row.</summary>
    public required double LogLikelihoodStandardError { get; init; }

    /// <summary>Draws per row of <see cref="LogLikelihood"/>.</summary>
    public required int Draws { get; init; }

    /// <summary>Latent dimensions whose posterior mean varies over the rows, by a variance above 0.01 (Burda et al., 2016).</summary>
    public required int ActiveUnits { get; init; }

    /// <summary>
    /// KL(q(z_d|x) || p(z_d)) of each latent dimension: dimensions near 0 are not used. For a prior that is no product of its dimensions, against its marginals, and by one draw per row.
    /// </summary>
    public required IReadOnlyList<double> KlPerDimension { get; init; }

    /// <summary>How far the reconstruction from the posterior mean is off, for each input column.</summary>
    public required IReadOnlyList<VaeColumnError> ReconstructionErrors { get; init; }

    /// <summary>
    /// The mutual information gap (Chen et al., 2018): the average over the factors of how much more the latent dimension that knows most of a factor knows than the second, in parts of the factor's
    /// entropy. From 0, entangled, to 1, disentangled. Mutual information of posterior draws in 20 bins of equal width, as are factors of more than 20 different numbers; a missing value is a category. Null if no factors were named.
    /// </summary>
    public double? MutualInformationGap => FactorGaps.Count == 0 ? null : FactorGaps.Average(factor => factor.Gap);

    /// <summary>The gap of each factor.</summary>
    public required IReadOnlyList<VaeFactorGap> FactorGaps { get; init; }
}

/// <summary>How far a column's reconstruction, as its reconstruction column gives it, is off, over the values that are there.</summary>
/// <param name="ColumnName">The input column.</param>
/// <param name="Error">For numbers and vectors the root mean square error in the column's units; for keys and Booleans the part of rows whose most probable value is another one. NaN if no value is there.</param>
/// <param name="IsErrorRate">Whether it is such a part.</param>
public sealed record VaeColumnError(string ColumnName, double Error, bool IsErrorRate);

/// <summary>The mutual information gap of one known factor (Chen et al., 2018).</summary>
/// <param name="ColumnName">The column of the factor.</param>
/// <param name="Gap">From 0 to 1; 0 for a factor that never changes.</param>
/// <param name="Dimension">The latent dimension, from 0, that knows most of it.</param>
public sealed record VaeFactorGap(string ColumnName, double Gap, int Dimension);
