namespace Vae.MLNet;

/// <summary>How the numbers of a column are brought to a common scale before the network sees them. Undone on the way out: users see the column's own units only.</summary>
public enum VaeScaling
{
    /// <summary>(x - mean) / standard deviation of the training rows, per slot. The default of the Gaussian likelihood.</summary>
    Standard = 0,

    /// <summary>
    /// Rank to normal: a value becomes the normal score of its rank among the training rows (Blom, 1958), linear between up to 1,000 quantiles. For heavy tails and several modes.
    /// Strictly increasing, so that it can be undone exactly on the training range; linear beyond it.
    /// </summary>
    Quantile = 1,

    /// <summary>As they are, from -1e12 to 1e12. The default, and the only choice, of the Bernoulli and the categorical likelihood.</summary>
    None = 2,
}
