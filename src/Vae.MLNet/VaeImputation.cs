namespace Vae.MLNet;

/// <summary>What fills a hole in an imputed column.</summary>
public enum VaeImputation
{
    /// <summary>
    /// The importance-weighted conditional mean E[x_missing | x_observed] over <see cref="VaeEstimator.Options.ImputationDraws"/> draws of the latent (MIWAE; Mattei and Frellsen, 2019), for
    /// columns with quantile scaling on the scaled axis; the most probable category of a key. The default.
    /// </summary>
    Mean = 0,

    /// <summary>
    /// A draw from p(x_missing | x_observed) by sampling importance resampling (Mattei and Frellsen, 2019, section 3.3), observation noise included: with
    /// <see cref="VaeEstimator.Options.NumberOfImputations"/> above 1, multiple imputation (Rubin, 1987).
    /// </summary>
    Draw = 1,
}
