using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>
/// p(x_missing | x_observed) by importance sampling (MIWAE; Mattei and Frellsen, 2019, section 3): draws z_k of q(z|x_observed) with weights p(x_observed|z_k) p(z_k) / q(z_k|x_observed). A row
/// whose label is missing has draws of every label, weighted by its probability as well.
/// </summary>
internal sealed class Imputer(VariationalAutoencoder network, IReadOnlyList<LabelledRows> rows)
{
    // Draws are decoded together, as many at a time as make about this many rows.
    private const long RowsPerPass = 2048;

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
            (Tensor key, Tensor index) = (logWeights + gumbel.narrow(1, first, logWeights.shape[1])).max(1, keepdim: true);
            Tensor candidate = decoded.view(logWeights.shape[0], logWeights.shape[1], decoded.shape[1])
                .gather(1, index.unsqueeze(2).expand(index.shape[0], 1, decoded.shape[1])).squeeze(1);
            chosen = best is null ? candidate : where(key > best, candidate, chosen!);
            best = best is null ? key : maximum(best, key);
        });
        return network.Likelihood.Draw(chosen!, uniform);
    }

    // logWeights [rows, some], decoded [rows x some, slots], and the position of the first draw among all.
    private void ForEachPass(Tensor noise, Action<Tensor, Tensor, long> pass)
    {
        long draws = noise.shape[1];
        long position = 0;
        foreach ((RowTensors given, double logPrior) in rows)
        {
            Posterior posterior = network.Encode(given);
            long count = given.Values.shape[0];
            long some = Math.Clamp(RowsPerPass / count, 1, draws);
            for (long first = 0; first < draws; first += some)
            {
                some = Math.Min(some, draws - first);
                Tensor epsilon = noise.narrow(1, first, some);
                Tensor latents = posterior.Mean.unsqueeze(1) + (posterior.LogVariance * 0.5f).exp().unsqueeze(1) * epsilon;
                RowTensors repeated = given.Repeated(some);
                Tensor decoded = network.Decode(latents.reshape(count * some, latents.shape[2]), repeated.Label);
                // log p(z) - log q(z|x) = 1/2 sum(epsilon^2 - z^2 + log var)
                Tensor logRatio = ((epsilon.square() - latents.square()).sum(dim: 2) + posterior.LogVariance.sum(dim: 1, keepdim: true)) * 0.5f;
                Tensor logLikelihood = network.Likelihood.LogProbability(repeated.Values, decoded, repeated.Observed).view(count, some);
                pass(logLikelihood + logRatio + logPrior, decoded, position);
                position += some;
            }
        }
    }
}
