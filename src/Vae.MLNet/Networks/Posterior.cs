using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// What the encoder says of each row: q(z|x) = N(mean, diag(exp(logVariance))), both <c>[rows, latent]</c> (Kingma and Welling, 2014); a point without a log-variance (a plain autoencoder).
/// </summary>
internal readonly record struct Posterior(Tensor Mean, Tensor? LogVariance)
{
    private static readonly float s_log2Pi = MathF.Log(2 * MathF.PI);

    /// <summary>The reparameterised draw z = mean + exp(logVariance / 2) * noise, noise ~ N(0, I) of the same shape (Kingma and Welling, 2014, section 2.4).</summary>
    public Tensor Draw(Tensor noise) => LogVariance is null ? Mean : Mean.Plus(LogVariance.Times(0.5).exp() * noise);

    /// <summary>log q(z|x) of each such draw, <c>[rows]</c>: -1/2 sum(noise^2 + log var + log 2 pi).</summary>
    /// <param name="noise">Of the draw.</param>
    public Tensor LogDensityOfDraw(Tensor noise) => noise.Squared().Plus(LogVariance!).Plus(s_log2Pi).sum(dim: -1).Times(-0.5);

    /// <summary>log q(z_d|x) at any latents, for each dimension; shapes as they broadcast.</summary>
    public Tensor LogDensities(Tensor latents) => ((latents - Mean).Squared() / LogVariance!.exp()).Plus(LogVariance).Plus(s_log2Pi).Times(-0.5);

    /// <summary>KL(q(z_d|x) || N(0, 1)) in nats, <c>[rows, latent]</c>: -1/2 (1 + log var - mean^2 - var) (Kingma and Welling, 2014, appendix B).</summary>
    public Tensor KlDivergences() => (LogVariance!.exp().Plus(Mean.Squared()) - LogVariance).Plus(-1).Times(0.5);

    /// <summary>Each row <paramref name="times"/> times, one after the other.</summary>
    public Posterior Repeated(long times) => new(Mean.repeat_interleave(times, 0), LogVariance?.repeat_interleave(times, 0));
}
