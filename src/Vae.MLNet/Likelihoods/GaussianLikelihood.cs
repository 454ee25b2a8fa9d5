using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = N(decoded, diag(variance)) with one learned variance per feature, the same for every z (a sigma-VAE per feature; Rybkin et al., 2021).</summary>
internal sealed class GaussianLikelihood : Likelihood
{
    // The floor keeps a constant feature's density finite: a thousandth of a standard deviation. Added, not clamped, so that the gradient never dies.
    private const float VarianceFloor = 1e-6f;

    private static readonly float s_log2Pi = MathF.Log(2 * MathF.PI);

    private readonly Parameter log_variance;

    public GaussianLikelihood(int features)
        : base(nameof(GaussianLikelihood))
    {
        log_variance = new Parameter(zeros(features));
        RegisterComponents();
    }

    private Tensor Variance => log_variance.exp() + VarianceFloor;

    // -1/2 sum((x - mean)^2 / variance + log variance + log 2 pi)
    public override Tensor LogProbability(Tensor rows, Tensor decoded)
    {
        Tensor variance = Variance;
        return ((rows - decoded).square() / variance + variance.log() + s_log2Pi).sum(dim: 1) * -0.5f;
    }

    public override Tensor Mean(Tensor decoded) => decoded.alias();

    public override Tensor OutputFor(Tensor mean) => mean.alias();
}
