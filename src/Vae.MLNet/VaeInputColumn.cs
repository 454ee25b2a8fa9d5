namespace Vae.MLNet;

/// <summary>
/// An input column and how the model sees it. Every setting but the name may be left to its default; a string converts to a column with defaults.
/// </summary>
/// <param name="Name">
/// Name of the column: a number (<see cref="float"/>, <see cref="double"/>, any integer), a <see cref="bool"/>, a key, or a vector of <see cref="float"/> of known size. NaN and key 0 are missing values.
/// </param>
public sealed record VaeInputColumn(string Name)
{
    /// <summary>The distribution p(x|z) of this column. Default null: <see cref="VaeEstimator.Options.Likelihood"/> for numbers, Bernoulli for Booleans, categorical for keys.</summary>
    public VaeLikelihood? Likelihood { get; init; }

    /// <summary>The width of p(x|z), for the likelihoods that have one. Default null: <see cref="VaeEstimator.Options.Noise"/>.</summary>
    public VaeNoise? Noise { get; init; }

    /// <summary>How numbers are scaled inside the model. Default null: <see cref="VaeScaling.Standard"/> with the Gaussian, Student-t and Laplace likelihoods, <see cref="VaeScaling.None"/> with the others.</summary>
    public VaeScaling? Scaling { get; init; }

    /// <summary>
    /// Output: this column as the decoder gives it back from the posterior mean, of the input's type, in its units, with its slot names or key values. Default null: by
    /// <see cref="VaeEstimator.Options.ReconstructionColumnSuffix"/>.
    /// </summary>
    public string? ReconstructionColumnName { get; init; }

    /// <summary>
    /// Output: this column with its missing values filled (<see cref="VaeEstimator.Options.Imputation"/>); observed values stay bit for bit. Default null: by
    /// <see cref="VaeEstimator.Options.ImputedColumnSuffix"/>.
    /// </summary>
    public string? ImputedColumnName { get; init; }

    /// <summary>A column with defaults.</summary>
    /// <param name="name">Name of the column.</param>
    public static implicit operator VaeInputColumn(string name) => new(name);

    /// <summary>A column with defaults.</summary>
    /// <param name="name">Name of the column.</param>
    /// <returns>The column.</returns>
    public static VaeInputColumn FromString(string name) => new(name);
}
