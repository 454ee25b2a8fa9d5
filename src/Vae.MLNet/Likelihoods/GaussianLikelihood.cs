using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = N(decoded, diag(variance)) with one learned variance per slot, the same for every z (a sigma-VAE per feature; Rybkin et al., 2021).</summary>
internal sealed class GaussianLikelihood : Likelihood
{
    // The floor keeps a constant feature's density finite: a thousandth of a standard deviation. Added, not clamped, so that the gradient never dies.
    private const float VarianceFloor = 1e-6f;

    private static readonly float s_log2Pi = MathF.Log(2 * MathF.PI);

    private readonly Parameter log_variance;

    public GaussianLikelihood(int slots)
        : base(nameof(GaussianLikelihood))
    {
        log_variance = new Parameter(zeros(slots));
        RegisterComponents();
    }

    private Tensor Variance => log_variance.exp() + VarianceFloor;

    // -1/2 sum((x - mean)^2 / variance + log variance + log 2 pi)
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed)
    {
        Tensor variance = Variance;
        return Sum((rows - decoded).square() / variance + variance.log() + s_log2Pi, observed) * -0.5f;
    }

    public override Tensor Mean(Tensor decoded) => decoded.alias();

    // Phi^-1(u) = sqrt(2) erfinv(2 u - 1)
    public override Tensor Draw(Tensor decoded, Tensor uniform) => decoded + (Variance * 2).sqrt() * (uniform * 2 - 1).erfinv();

    public override Tensor OutputFor(Tensor mean) => mean.alias();
}
