using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Vae.MLNet.Likelihoods;

/// <summary>
/// p(x|z) = continuous Bernoulli with logit l = decoded for every slot (Loaiza-Ganem and Cunningham, 2019): the density l exp(l x) / (exp(l) - 1) on [0, 1].
/// </summary>
internal sealed class ContinuousBernoulliLikelihood() : Likelihood(nameof(ContinuousBernoulliLikelihood))
{
    // Nearer to 0 than this, quotients of differences lose their digits, and the first terms of the series are exact in single precision.
    private const float NearZero = 1e-1f;
    private const float LargestLogit = 1e3f;
    private const int Halvings = 60;

    // x l - softplus(l) + log C(l), log C(l) = log(l / tanh(l / 2)) = log 2 + l^2 / 12 - 7 l^4 / 1440 + ...
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed)
    {
        (Tensor near, Tensor logit) = Apart(decoded);
        Tensor square = decoded.clamp(-NearZero, NearZero).square();
        Tensor logNorm = where(near, square * (1f / 12) - square.square() * (7f / 1440) + MathF.Log(2), (logit / (logit * 0.5f).tanh()).log());
        return Sum(rows * decoded - softplus(decoded) + logNorm, observed);
    }

    // 1 / (1 - exp(-l)) - 1 / l = 1/2 + l / 12 - l^3 / 720 + ...
    public override Tensor Mean(Tensor decoded)
    {
        (Tensor near, Tensor logit) = Apart(decoded);
        Tensor small = decoded.clamp(-NearZero, NearZero);
        return where(near, small * (1f / 12) - small.pow(3) * (1f / 720) + 0.5f, ((logit * 0.5f).tanh().reciprocal() + 1) * 0.5f - logit.reciprocal());
    }

    // log(1 + u (exp(l) - 1)) / l = u + u (1 - u) l / 2 + u (1 - u) (1 - 2 u) l^2 / 6 + ...; for l > 0 as 1 + log(u + (1 - u) exp(-l)) / l, so that nothing overflows
    public override Tensor Draw(Tensor decoded, Tensor uniform)
    {
        (Tensor near, Tensor logit) = Apart(decoded);
        Tensor decay = (-logit.abs()).exp();
        Tensor positive = (uniform + (1 - uniform) * decay).log() / logit + 1;
        Tensor negative = ((decay - 1) * uniform).log1p() / logit;
        Tensor small = decoded.clamp(-NearZero, NearZero);
        Tensor spread = uniform * (1 - uniform);
        Tensor series = uniform + spread * small * 0.5f + spread * (1 - uniform * 2) * small.square() * (1f / 6);
        return where(near, series, where(logit > 0, positive, negative)).clamp(0, 1);
    }

    // The mean rises with the logit: halve the interval.
    public override Tensor OutputFor(Tensor mean)
    {
        Tensor low = full_like(mean, -LargestLogit);
        Tensor high = full_like(mean, LargestLogit);
        for (int i = 0; i < Halvings; i++)
        {
            Tensor middle = (low + high) * 0.5f;
            Tensor isLow = Mean(middle) < mean;
            (low, high) = (where(isLow, middle, low), where(isLow, high, middle));
        }
        return (low + high) * 0.5f;
    }

    // Where logits are near 0, and logits that are not.
    private static (Tensor Near, Tensor Logit) Apart(Tensor decoded)
    {
        Tensor near = decoded.abs() < NearZero;
        return (near, decoded.masked_fill(near, 1));
    }
}
