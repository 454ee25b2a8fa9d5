namespace Vae.MLNet;

/// <summary>The distribution p(x|z) that the decoder gives for a column: what "close to the input" means in training and in the score.</summary>
public enum VaeLikelihood
{
    /// <summary>
    /// Real numbers in any unit: a normal distribution per number around what the decoder says, on the column's <see cref="VaeScaling"/>; how wide is <see cref="VaeNoise"/>'s business
    /// (Kingma and Welling, 2014; Rybkin et al., 2021). The default of numbers.
    /// </summary>
    Gaussian = 0,

    /// <summary>
    /// Real numbers with outliers: Student's t distribution with 4 degrees of freedom per number, which a far value pulls less than a normal one (Lange, Little and Taylor, 1989;
    /// Takahashi et al., 2018). Scaling and <see cref="VaeNoise"/> as for <see cref="Gaussian"/>.
    /// </summary>
    StudentT = 1,

    /// <summary>Real numbers with some outliers: a Laplace distribution per number, which makes reconstructions medians. Scaling and <see cref="VaeNoise"/> as for <see cref="Gaussian"/>.</summary>
    Laplace = 2,

    /// <summary>
    /// Values in [0, 1], such as pixels and flags: a Bernoulli distribution per number; values in between are read as probabilities (Kingma and Welling, 2014). The default of Booleans.
    /// </summary>
    Bernoulli = 3,

    /// <summary>Values spread over [0, 1], such as grey images and proportions: the continuous Bernoulli distribution, a true density there (Loaiza-Ganem and Cunningham, 2019).</summary>
    ContinuousBernoulli = 4,

    /// <summary>Counts, whole numbers of at least 0: a Poisson distribution per number. The encoder sees log(1 + count).</summary>
    Poisson = 5,

    /// <summary>
    /// A vector of counts that share a total, such as a document as a bag of words: one multinomial distribution over the slots, given the row's total (Miao et al., 2016). The encoder sees
    /// log(1 + count). For vectors only, without missing values.
    /// </summary>
    Multinomial = 6,

    /// <summary>One of K categories: a softmax over the categories. The default, and the only choice, of keys.</summary>
    Categorical = 7,
}
