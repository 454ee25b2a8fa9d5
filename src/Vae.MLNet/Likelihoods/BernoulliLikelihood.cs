using System.Numerics;
using System.Runtime.CompilerServices;
using Vae.MLNet.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Vae.MLNet.Likelihoods;

/// <summary>p(x|z) = Bernoulli(sigmoid(decoded)) for every slot; values between 0 and 1 are read as probabilities, as is usual for grey images (Kingma and Welling, 2014, appendix C.1).</summary>
internal sealed class BernoulliLikelihood() : Likelihood(nameof(BernoulliLikelihood))
{
    private const float SmallestMean = 1e-3f;

    // x log p + (1 - x) log(1 - p) = x l + log(1 / (1 + exp(l))) with the logits l: a few passes over memory, where the cross-entropy of
    // the library takes a dozen.
    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed)
    {
        if (Known is null)
        {
            return Sum((rows * decoded).Add(logsigmoid(-decoded)), observed);
        }
        Tensor sums = empty(decoded.shape[0], dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Tensor gradient = empty(decoded.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Evaluate(OnDevice.Floats(rows), OnDevice.Floats(decoded), observed is null ? default : OnDevice.Floats(observed), OnDevice.Memory(sums), OnDevice.Memory(gradient));
        return Known.Add(sums, (decoded, gradient));
    }

    public override Tensor Mean(Tensor decoded) => decoded.sigmoid();

    public override Tensor Draw(Tensor decoded, Tensor uniform) => decoded.sigmoid().gt_(uniform);

    public override Tensor OutputFor(Tensor mean)
    {
        Tensor inside = mean.Clamped(SmallestMean, 1 - SmallestMean);
        return (inside / inside.Complement()).log();
    }

    // The same with the derivative by the logits, x - sigmoid(l).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Evaluate(ReadOnlySpan<float> rows, ReadOnlySpan<float> decoded, ReadOnlySpan<float> observed, Span<float> sums, Span<float> gradient)
    {
        int width = decoded.Length / sums.Length;
        for (int row = 0; row < sums.Length; row++)
        {
            ReadOnlySpan<float> values = rows.Slice(row * width, width);
            ReadOnlySpan<float> logits = decoded.Slice(row * width, width);
            ReadOnlySpan<float> marks = observed.IsEmpty ? default : observed.Slice(row * width, width);
            Span<float> slopes = gradient.Slice(row * width, width);
            Vector<float> sum = Vector<float>.Zero;
            int slot = 0;
            for (; slot <= width - Vector<float>.Count && marks.IsEmpty; slot += Vector<float>.Count)
            {
                sum += LogProbability(Lanes.Load(values, slot), Lanes.Load(logits, slot), out Vector<float> slope);
                Lanes.Store(slope, slopes, slot);
            }
            for (; slot < width; slot += Vector<float>.Count)
            {
                Vector<float> mark = Lanes.Observed(marks, slot, width);
                sum += mark * LogProbability(Lanes.Load(values, slot), Lanes.Load(logits, slot), out Vector<float> slope);
                Lanes.Store(mark * slope, slopes, slot);
            }
            sums[row] = Vector.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> LogProbability(Vector<float> value, Vector<float> logit, out Vector<float> slope)
    {
        Vector<float> decay = Lanes.Exp(-Vector.Abs(logit));
        Vector<float> larger = Vector<float>.One / (Vector<float>.One + decay);
        slope = value - Vector.ConditionalSelect(Vector.GreaterThanOrEqual(logit, Vector<float>.Zero), larger, decay * larger);
        return value * logit - Vector.MaxNative(Vector<float>.Zero, logit) - Lanes.LogOnePlus(decay);
    }
}
