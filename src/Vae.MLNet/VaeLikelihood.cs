namespace Vae.MLNet;

/// <summary>The distribution p(x|z) that the decoder gives for a column: what "close to the input" means in training and in the score.</summary>
public enum VaeLikelihood
{
    /// <summary>
    /// Real numbers in any unit: a normal distribution per number with one learned variance each, the same for all rows (Rybkin et al., 2021), on the column's <see cref="VaeScaling"/>.
    /// The default of numbers.
    /// </summary>
    Gaussian = 0,

    /// <summary>
    /// Values in [0, 1], such as pixels and flags: a Bernoulli distribution per number; values in between are read as probabilities (Kingma and Welling, 2014). The default of Booleans.
    /// </summary>
    Bernoulli = 1,

    /// <summary>One of K categories: a softmax over the categories. The default, and the only choice, of keys.</summary>
    Categorical = 2,
}
