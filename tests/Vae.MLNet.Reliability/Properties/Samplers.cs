using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>Every sampler that goes with a model, fitted for a moment.</summary>
internal static class Samplers
{
    public static IEnumerable<VaeSampler> All(TrainedCase trained)
    {
        // A plain autoencoder has no prior.
        if (trained.Case.Aim != Aim.Autoencoder)
        {
            yield return new PriorSampler(temperature: 0.7);
        }
        yield return GaussianMixtureSampler.Fit(trained.Model, trained.Rows.Training, new GaussianMixtureSampler.Options { MaximumComponents = 3 });
        yield return FlowSampler.Fit(trained.Model, trained.Rows.Training, new FlowSampler.Options { NumberOfLayers = 2, HiddenLayerSizes = [8], NumberOfEpochs = 2 });
        yield return TwoStageSampler.Fit(trained.Model, trained.Rows.Training, new TwoStageSampler.Options { HiddenLayerSizes = [8], NumberOfEpochs = 2 });
        yield return PosteriorSampler.Fit(trained.Model, trained.Rows.Training);
    }
}
