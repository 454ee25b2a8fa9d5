using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Priors;

/// <summary>N(0, I).</summary>
internal sealed class StandardNormalPrior() : Prior(nameof(StandardNormalPrior))
{
    private static readonly float s_log2Pi = MathF.Log(2 * MathF.PI);

    public override Tensor LogDensity(Tensor latents) => LogMarginals(latents).sum(dim: -1);

    public override Tensor LogMarginals(Tensor latents) => latents.Squared().Plus(s_log2Pi).Times(-0.5);

    public override Tensor KlDivergence(Posterior posterior, Tensor latents, Tensor noise)
    {
        if (Known is null)
        {
            return posterior.KlDivergences().sum(dim: 1);
        }
        Tensor sums = empty(posterior.Mean.shape[0], dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Tensor byMean = empty(posterior.Mean.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Tensor byLogVariance = empty(posterior.Mean.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Evaluate(OnDevice.Floats(posterior.Mean), OnDevice.Floats(posterior.LogVariance!), OnDevice.Memory(sums), OnDevice.Memory(byMean), OnDevice.Memory(byLogVariance));
        return Known.Add(sums, (posterior.Mean, byMean), (posterior.LogVariance!, byLogVariance));
    }

    // The same with the derivatives by the mean, which is the mean, and by the log-variance, -1/2 (1 - var).
    private static void Evaluate(ReadOnlySpan<float> means, ReadOnlySpan<float> logVariances, Span<float> sums, Span<float> byMean, Span<float> byLogVariance)
    {
        int latent = means.Length / sums.Length;
        for (int row = 0, i = 0; row < sums.Length; row++)
        {
            float sum = 0;
            for (int end = i + latent; i < end; i++)
            {
                float variance = MathF.Exp(logVariances[i]);
                sum += (variance + means[i] * means[i] - logVariances[i] - 1) * 0.5f;
                byMean[i] = means[i];
                byLogVariance[i] = (variance - 1) * 0.5f;
            }
            sums[row] = sum;
        }
    }
}
