using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Priors;

/// <summary>N(0, I).</summary>
internal sealed class StandardNormalPrior() : Prior(nameof(StandardNormalPrior))
{
    private static readonly float s_log2Pi = MathF.Log(2 * MathF.PI);

    public override Tensor LogDensity(Tensor latents) => LogMarginals(latents).sum(dim: -1);

    public override Tensor LogMarginals(Tensor latents) => (latents.square() + s_log2Pi) * -0.5f;

    public override Tensor KlDivergence(Posterior posterior, Tensor latents, Tensor noise) => posterior.KlDivergences().sum(dim: 1);
}
