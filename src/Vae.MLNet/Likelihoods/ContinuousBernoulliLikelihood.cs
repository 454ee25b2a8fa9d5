using Vae.MLNet.Networks;
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

    // x l + log(1 / (1 + exp(l))) + log C(l), log C(l) = log(l / tanh(l / 2)) = log 2 + l^2 / 12 - 7 l^4 / 1440 + ...
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed)
    {
        (Tensor near, Tensor logit) = Apart(decoded);
        Tensor square = decoded.Clamped(-NearZero, NearZero).Squared();
        Tensor logNorm = where(
            near,
            (square.Times(1f / 12) - square.Squared().Times(7f / 1440)).Plus(MathF.Log(2)),
            (logit / logit.Times(0.5).tanh()).log());
        return Sum((rows * decoded).Plus(logsigmoid(-decoded)).Plus(logNorm), observed);
    }

    // 1 / (1 - exp(-l)) - 1 / l = 1/2 + l / 12 - l^3 / 720 + ...
    public override Tensor Mean(Tensor decoded)
    {
        (Tensor near, Tensor logit) = Apart(decoded);
        Tensor small = decoded.Clamped(-NearZero, NearZero);
        return where(
            near,
            (small.Times(1f / 12) - small.Power(3).Times(1f / 720)).Plus(0.5),
            logit.Times(0.5).tanh().reciprocal().Plus(1).Times(0.5) - logit.reciprocal());
    }

    // log(1 + u (exp(l) - 1)) / l = u + u (1 - u) l / 2 + u (1 - u) (1 - 2 u) l^2 / 6 + ...; for l > 0 as 1 + log(u + (1 - u) exp(-l)) / l, so that nothing overflows
    public override Tensor Draw(Tensor decoded, Tensor uniform)
    {
        (Tensor near, Tensor logit) = Apart(decoded);
        Tensor decay = (-logit.abs()).exp();
        Tensor positive = (uniform.Plus(uniform.Complement() * decay).log() / logit).Plus(1);
        Tensor negative = (decay.Minus(1) * uniform).log1p() / logit;
        Tensor small = decoded.Clamped(-NearZero, NearZero);
        Tensor spread = uniform * uniform.Complement();
        Tensor cubic = spread * uniform.Times(2).Complement() * small.Squared();
        Tensor series = uniform.Plus((spread * small).Times(0.5)).Plus(cubic.Times(1f / 6));
        return where(near, series, where(logit.IsAbove(0), positive, negative)).Clamped(0, 1);
    }

    // The mean rises with the logit: halve the interval.
    public override Tensor OutputFor(Tensor mean)
    {
        Tensor low = TensorArithmetic.Filled(-LargestLogit, mean.dtype, mean.device, mean.shape);
        Tensor high = TensorArithmetic.Filled(LargestLogit, mean.dtype, mean.device, mean.shape);
        for (int i = 0; i < Halvings; i++)
        {
            Tensor middle = low.Plus(high).Times(0.5);
            Tensor isLow = Mean(middle) < mean;
            (low, high) = (where(isLow, middle, low), where(isLow, high, middle));
        }
        return low.Plus(high).Times(0.5);
    }

    // Where logits are near 0, and logits that are not.
    private static (Tensor Near, Tensor Logit) Apart(Tensor decoded)
    {
        Tensor near = decoded.abs().IsBelow(NearZero);
        return (near, decoded.Replaced(near, 1));
    }
}
