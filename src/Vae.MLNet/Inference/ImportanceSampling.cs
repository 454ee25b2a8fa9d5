using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>Draws of the latent, weighted by p(x, z) / q(z|x) (Burda et al., 2016), some at a time and in constant memory.</summary>
internal static class ImportanceSampling
{
    // Draws are decoded together, as many at a time as make about this many rows.
    private const long RowsPerPass = 2048;

    /// <param name="network">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="noise">Standard normal, <c>[rows, draws, latent]</c>.</param>
    /// <param name="pass">Given logarithms of weights, <c>[rows, some]</c>, the decoder's output, <c>[rows x some, slots]</c>, and the position of the first draw among all.</param>
    public static void ForEachPass(VariationalAutoencoder network, RowTensors rows, Tensor noise, Action<Tensor, Tensor, long> pass)
    {
        Posterior posterior = network.Encode(rows);
        long draws = noise.shape[1];
        long some = Math.Clamp(RowsPerPass / rows.Count, 1, draws);
        for (long first = 0; first < draws; first += some)
        {
            some = Math.Min(some, draws - first);
            RowTensors repeated = rows.Repeated(some);
            Posterior repeatedPosterior = posterior.Repeated(some);
            Tensor epsilon = noise.narrow(1, first, some).reshape(rows.Count * some, -1);
            Tensor latents = repeatedPosterior.Draw(epsilon);
            Tensor decoded = network.Decode(latents, repeated.Label);
            Tensor logLikelihood = network.Likelihood.LogProbability(repeated.Values, decoded, repeated.Observed);
            pass(network.LogWeight(repeatedPosterior, latents, epsilon, logLikelihood).view(rows.Count, some), decoded, first);
        }
    }

    /// <summary>log 1/K sum_k p(x, z_k) / q(z_k|x), <c>[rows]</c>: a bound on log p(x) that is tighter the more draws there are.</summary>
    /// <param name="network">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="noise">Standard normal, <c>[rows, draws, latent]</c>.</param>
    public static Tensor LogLikelihood(VariationalAutoencoder network, RowTensors rows, Tensor noise)
    {
        Tensor? total = null;
        ForEachPass(network, rows, noise, (logWeights, _, _) =>
        {
            Tensor some = logWeights.logsumexp(1);
            total = total is null ? some : logaddexp(total, some);
        });
        return total!.Minus(MathF.Log(noise.shape[1]));
    }
}
