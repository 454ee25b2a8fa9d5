using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>
/// p(x_missing | x_observed) by importance sampling (MIWAE; Mattei and Frellsen, 2019, section 3): draws z_k of q(z|x_observed) with weights p(x_observed|z_k) p(z_k) / q(z_k|x_observed). A row
/// whose label is missing has draws of every label, weighted by its probability as well.
/// </summary>
internal sealed class Imputer(VariationalAutoencoder network, IReadOnlyList<LabelledRows> rows)
{
    /// <summary>sum_k w_k E[x|z_k] / sum_k w_k, encoded, <c>[rows, slots]</c>.</summary>
    /// <param name="noise">Standard normal, <c>[rows, draws, latent]</c>.</param>
    public Tensor Mean(Tensor noise)
    {
        var average = new LogWeightedAverage();
        ForEachPass(noise, (logWeights, decoded, _) => average.Add(logWeights, network.Likelihood.Mean(decoded).view(logWeights.shape[0], logWeights.shape[1], decoded.shape[1])));
        return average.Average;
    }

    /// <summary>A draw of x for one z_k drawn by its weight (sampling importance resampling), encoded, <c>[rows, slots]</c>.</summary>
    /// <param name="noise">Standard normal, <c>[rows, draws, latent]</c>.</param>
    /// <param name="gumbel">Standard Gumbel noise, <c>[rows, labels x draws]</c>: the largest of log weight plus noise is a draw by weight.</param>
    /// <param name="uniform">Independent draws from (0, 1), <c>[rows, slots]</c>.</param>
    public Tensor Draw(Tensor noise, Tensor gumbel, Tensor uniform)
    {
        Tensor? best = null;
        Tensor? chosen = null;
        ForEachPass(noise, (logWeights, decoded, first) =>
        {
            (Tensor key, Tensor index) = logWeights.Plus(gumbel.narrow(1, first, logWeights.shape[1])).max(1, keepdim: true);
            Tensor candidate = decoded.view(logWeights.shape[0], logWeights.shape[1], decoded.shape[1])
                .gather(1, index.unsqueeze(2).expand(index.shape[0], 1, decoded.shape[1])).squeeze(1);
            chosen = best is null ? candidate : where(key > best, candidate, chosen!);
            best = best is null ? key : maximum(best, key);
        });
        return network.Likelihood.Draw(chosen!, uniform);
    }

    private void ForEachPass(Tensor noise, Action<Tensor, Tensor, long> pass)
    {
        long position = 0;
        foreach ((RowTensors given, double logPrior) in rows)
        {
            long start = position;
            ImportanceSampling.ForEachPass(
                network, given, noise, (logWeights, decoded, first) => pass(logWeights.Plus(logPrior), decoded, start + first));
            position += noise.shape[1];
        }
    }
}
