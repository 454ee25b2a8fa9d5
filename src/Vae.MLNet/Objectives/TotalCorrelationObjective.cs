using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Objectives;

/// <summary>KL(q(z|x) || p(z)) on average = mutual information + total correlation + dimension-wise KL divergence, with a weight each (Chen et al., 2018, equation 2).</summary>
internal sealed class TotalCorrelationObjective(VaeObjective.BetaTotalCorrelation settings) : Objective
{
    public override bool ComparesRows => true;

    public override ObjectiveTerms Evaluate(VariationalAutoencoder model, RowTensors seen, RowTensors rows, TrainingMoment moment)
    {
        var elbo = ElboTerms.Of(model, seen, rows, moment);
        Tensor logPosterior = elbo.Posterior.LogDensityOfDraw(elbo.Noise);
        // log q(z_i|x_j) of each dimension, [i, j, latent]
        Tensor each = elbo.Posterior.LogDensities(elbo.Latents.unsqueeze(1));
        // log q(z) = log 1/(N M) sum_j q(z|x_j), N training rows, M rows of the batch (minibatch-weighted sampling; Chen et al., 2018, equation 4)
        double logCount = Math.Log((double)moment.Rows * rows.Count);
        Tensor logAggregate = each.sum(dim: 2).logsumexp(1).Minus((float)logCount);
        Tensor logMarginals = each.logsumexp(1).Minus((float)logCount).sum(dim: 1);
        Tensor information = logPosterior - logAggregate;
        Tensor correlation = logAggregate - logMarginals;
        Tensor dimensions = logMarginals - model.Prior.LogDensity(elbo.Latents);
        Tensor cost = information.Times((float)settings.Alpha)
            .Plus(correlation.Times((float)settings.Beta))
            .Plus(dimensions.Times((float)settings.Gamma));
        double weight = settings.WarmUp?.WeightAt(moment.Epoch, moment.NumberOfEpochs) ?? 1;
        return elbo.With(cost.Times((float)weight) - elbo.Reconstruction);
    }
}
