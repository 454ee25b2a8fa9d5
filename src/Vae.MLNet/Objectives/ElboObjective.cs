using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Objectives;

/// <summary>The negative ELBO, with beta (Higgins et al., 2017), capacity (Burgess et al., 2018), free bits (Kingma et al., 2016) and warm-up.</summary>
internal sealed class ElboObjective(VaeObjective.Elbo settings) : Objective
{
    public override bool ComparesRows => settings.Capacity is not null || settings.FreeBits > 0;

    public override ObjectiveTerms Evaluate(VariationalAutoencoder model, RowTensors seen, RowTensors rows, TrainingMoment moment)
    {
        var elbo = ElboTerms.Of(model, seen, rows, moment);
        float weight = (float)(settings.Beta * (settings.WarmUp?.WeightAt(moment.Epoch, moment.NumberOfEpochs) ?? 1));
        if (!ComparesRows)
        {
            return elbo.With(model.Difference(elbo.Kl, weight, elbo.Reconstruction));
        }
        Tensor cost = settings.Capacity is { } capacity
            // |KL - C|, with the KL divergence of the batch (Burgess et al., 2018, equation 8)
            ? elbo.Kl.mean().Minus(CapacityAt(capacity, moment)).abs()
            // sum_d max(KL_d, free bits), with KL_d of the batch (Kingma et al., 2016, equation 15)
            : elbo.Posterior.KlDivergences().mean([0]).AtLeast((float)settings.FreeBits).sum();
        return elbo.With(cost.Times(weight) - elbo.Reconstruction);
    }

    private float CapacityAt(double capacity, TrainingMoment moment)
    {
        double epochs = settings.CapacityEpochs ?? Math.Max(moment.NumberOfEpochs / 2.0, 1);
        return (float)(capacity * Math.Min(moment.Epoch / epochs, 1));
    }
}
