namespace Vae.MLNet;

/// <summary>
/// How the weight of the KL divergence rises from 0 while training, so that the latent is used before it is made smooth: against posterior collapse (Bowman et al., 2016; Fu et al., 2019).
/// </summary>
public sealed record VaeKlWarmUp
{
    private VaeKlWarmUp(int epochs, int cycles, double proportion) => (Epochs, Cycles, Proportion) = (epochs, cycles, proportion);

    /// <summary>Epochs of a linear rise; 0 if it is cyclical.</summary>
    public int Epochs { get; }

    /// <summary>Cycles in all of training; 0 if it is linear.</summary>
    public int Cycles { get; }

    /// <summary>The part of a cycle in which the weight rises.</summary>
    public double Proportion { get; }

    /// <summary>From 0 to 1 once, in the first epochs (Bowman et al., 2016).</summary>
    /// <param name="epochs">How many, at least 1.</param>
    /// <returns>A warm-up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public static VaeKlWarmUp Linear(int epochs)
    {
        VaeEstimator.Options.RequireInRange(epochs, 1, int.MaxValue, nameof(epochs));
        return new VaeKlWarmUp(epochs, 0, 1);
    }

    /// <summary>From 0 to 1 again and again: training is divided into cycles, and the weight rises in the first part of each (Fu et al., 2019).</summary>
    /// <param name="cycles">How many, at least 1. Default 4.</param>
    /// <param name="proportion">The part of a cycle in which the weight rises, above 0 and at most 1. Default 0.5.</param>
    /// <returns>A warm-up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static VaeKlWarmUp Cyclical(int cycles = 4, double proportion = 0.5)
    {
        VaeEstimator.Options.RequireInRange(cycles, 1, int.MaxValue, nameof(cycles));
        return proportion is > 0 and <= 1
            ? new VaeKlWarmUp(0, cycles, proportion)
            : throw new ArgumentOutOfRangeException(nameof(proportion), proportion, "The proportion of a cycle is to be above 0 and at most 1.");
    }

    /// <summary>The weight at a time of training.</summary>
    /// <param name="epoch">Finished epochs, with fractions.</param>
    /// <param name="numberOfEpochs">Of all training.</param>
    internal double WeightAt(double epoch, int numberOfEpochs)
    {
        double position = Cycles == 0 ? epoch / Epochs : epoch * Cycles / numberOfEpochs % 1 / Proportion;
        return Math.Min(position, 1);
    }
}
