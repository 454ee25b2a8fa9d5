using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Objectives;

/// <summary>-log 1/K sum_k p(x, z_k) / q(z_k|x) (Burda et al., 2016, equation 8).</summary>
internal sealed class ImportanceWeightedObjective(int samples) : Objective
{
    public override ObjectiveTerms Evaluate(VariationalAutoencoder model, RowTensors seen, RowTensors rows, TrainingMoment moment)
    {
        Posterior posterior = model.Encode(seen);
        // All draws of a row one after the other.
        var elbo = ElboTerms.Of(model, posterior.Repeated(samples), rows.Repeated(samples), moment.Noise.Normal(model.Device, rows.Count * samples, model.Architecture.LatentDimension));
        Tensor logWeights = model.LogWeight(elbo.Posterior, elbo.Latents, elbo.Noise, elbo.Reconstruction).view(-1, samples);
        Tensor bound = logWeights.logsumexp(1).Minus(MathF.Log(samples));
        return new ObjectiveTerms(-bound, elbo.Reconstruction.view(-1, samples).mean([1]), elbo.Kl.view(-1, samples).mean([1]), posterior.Mean);
    }
}
