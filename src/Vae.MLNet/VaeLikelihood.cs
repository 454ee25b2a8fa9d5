namespace Vae.MLNet;

/// <summary>The distribution p(x|z) that the decoder gives for a row: what "close to the input" means in training and in the score.</summary>
public enum VaeLikelihood
{
    /// <summary>
    /// Real numbers in any unit: a normal distribution per feature with one learned variance each, the same for all rows (Rybkin et al., 2021). Features are standardised inside
    /// the model by the mean and standard deviation of the training rows. The default.
    /// </summary>
    Gaussian = 0,

    /// <summary>Values in [0, 1], such as pixels: a Bernoulli distribution per feature; values in between are read as probabilities (Kingma and Welling, 2014).</summary>
    Bernoulli = 1,
}
