namespace Vae.MLNet.Training;

/// <summary>The step size at any time of training: a function of the options and of what the epochs so far have brought, so that an interrupted training needs nothing else to go on.</summary>
internal sealed class LearningRate(VaeEstimator.Options options)
{
    private const int PlateauEpochs = 5;
    private const double PlateauFactor = 0.5;

    /// <param name="epoch">Finished epochs, with fractions.</param>
    /// <param name="history">The finished epochs.</param>
    public double At(double epoch, IReadOnlyList<VaeProgress> history)
    {
        double warmUp = options.LearningRateWarmUpEpochs == 0 ? 1 : Math.Min(epoch / options.LearningRateWarmUpEpochs, 1);
        return options.LearningRate * warmUp * options.LearningRateSchedule switch
        {
            VaeLearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * Math.Max(0, epoch - options.LearningRateWarmUpEpochs) / (options.NumberOfEpochs - options.LearningRateWarmUpEpochs))),
            VaeLearningRateSchedule.Plateau => Math.Pow(PlateauFactor, Plateaus(history)),
            _ => 1,
        };
    }

    private static int Plateaus(IReadOnlyList<VaeProgress> history)
    {
        int plateaus = 0;
        int since = 0;
        double best = double.NegativeInfinity;
        foreach (VaeProgress epoch in history)
        {
            double elbo = epoch.ValidationElbo ?? epoch.Elbo;
            since = elbo > best ? 0 : since + 1;
            best = Math.Max(best, elbo);
            if (since == PlateauEpochs)
            {
                plateaus++;
                since = 0;
            }
        }
        return plateaus;
    }
}
