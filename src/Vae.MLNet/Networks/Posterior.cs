using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// What the encoder says of each row: q(z|x) = N(mean, diag(exp(logVariance))), both <c>[rows, latent]</c> (Kingma and Welling, 2014).
/// </summary>
internal readonly record struct Posterior(Tensor Mean, Tensor LogVariance)
{
    /// <summary>The reparameterised draw z = mean + exp(logVariance / 2) * noise, noise ~ N(0, I) of the same shape (Kingma and Welling, 2014, section 2.4).</summary>
    public Tensor Draw(Tensor noise) => Mean + (LogVariance * 0.5f).exp() * noise;

    /// <summary>KL(q(z|x) || N(0, I)) in nats, <c>[rows]</c>: -1/2 sum(1 + log var - mean^2 - var) (Kingma and Welling, 2014, appendix B).</summary>
    public Tensor KlDivergence() => (LogVariance.exp() + Mean.square() - LogVariance - 1f).sum(dim: 1) * 0.5f;
}
