using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Objectives;

/// <summary>
/// The two terms of the evidence lower bound, log p(x) >= E_q[log p(x|z)] - KL(q(z|x) || p(z)), in nats, <c>[rows]</c> each; the expectation by one reparameterised draw
/// (Kingma and Welling, 2014, equation 10). Of a row with holes it bounds the probability of what is there (Nazabal et al., 2020, equation 4).
/// </summary>
internal readonly record struct Elbo(Tensor Reconstruction, Tensor Kl)
{
    /// <param name="model">Encoder, decoder and likelihood.</param>
    /// <param name="posterior">q(z|x) of the rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="noise">Standard normal, <c>[rows, latent]</c>.</param>
    public static Elbo Evaluate(VariationalAutoencoder model, Posterior posterior, RowTensors rows, Tensor noise) =>
        new(model.Likelihood.LogProbability(rows.Values, model.Decode(posterior.Draw(noise), rows.Label), rows.Observed), posterior.KlDivergence());

    /// <summary>Both terms times a weight per row, <c>[rows]</c>.</summary>
    public Elbo Weighted(Tensor weights) => new(Reconstruction * weights, Kl * weights);
}
