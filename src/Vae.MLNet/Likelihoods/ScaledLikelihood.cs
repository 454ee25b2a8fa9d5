using System.Numerics;
using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>A distribution around what the decoder says, of a width that does not depend on z: learned per slot, learned for all, or given (Rybkin et al., 2021).</summary>
internal abstract class ScaledLikelihood : Likelihood
{
    // The floor keeps a constant feature's density finite: a thousandth of a standard deviation. Added, not clamped, so that the gradient never dies.
    private const float Floor = 1e-3f;

    // Adam moves every parameter by about its learning rate. A width has to cross several orders of magnitude, also in the few hundred steps that a small table gives.
    private const float Speed = 5;

    private readonly Parameter? log_scale;
    private readonly float _given;

    protected ScaledLikelihood(string name, LikelihoodPart part, Device device)
        : base(name)
    {
        VaeNoise noise = part.Noise!;
        _given = (float)(noise.Scale ?? 0);
        if (noise.Kind != VaeNoiseKind.Fixed)
        {
            log_scale = new Parameter(zeros(noise.Kind == VaeNoiseKind.Shared ? 1 : part.Width, dtype: ScalarType.Float32, device: device));
        }
        RegisterComponents();
    }

    /// <summary>How many numbers a part learns besides the networks.</summary>
    public static long NumberOfParameters(LikelihoodPart part) => part.Noise?.Kind switch
    {
        VaeNoiseKind.PerFeature => part.Width,
        VaeNoiseKind.Shared => 1,
        _ => 0,
    };

    public override Tensor LogProbability(Tensor rows, Tensor decoded, Tensor? observed)
    {
        if (Known is not { } known)
        {
            Tensor scale = ScaleFor(decoded);
            return Sum(LogDensity((rows - decoded) / scale) - scale.log(), observed);
        }
        using IDisposable noGradient = no_grad();
        Tensor scales = ScaleFor(decoded);
        Tensor sums = empty(decoded.shape[0], dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Tensor gradient = empty(decoded.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Tensor scaleGradient = empty(decoded.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Evaluate(
            OnDevice.Floats(rows), OnDevice.Floats(decoded), OnDevice.Floats(scales.expand(decoded.shape[1])), observed is null ? default : OnDevice.Floats(observed),
            OnDevice.Memory(sums), OnDevice.Memory(gradient), OnDevice.Memory(scaleGradient));
        return known.Add(sums, byRow =>
        {
            if (log_scale is not null)
            {
                Tensor byScale = empty(decoded.shape[1], dtype: ScalarType.Float32, device: OnDevice.Cpu);
                LayerMath.Sum(OnDevice.Memory(scaleGradient), OnDevice.Floats(byRow), OnDevice.Memory(byScale));
                Tensor learned = log_scale.shape[0] == 1 ? byScale.sum(0, keepdim: true) : byScale;
                known.By(log_scale).Add((learned * scales.Minus(Floor)).Times(Speed));
            }
            known.Pass(decoded, gradient.mul_(byRow.unsqueeze(1)));
        });
    }

    public override Tensor Mean(Tensor decoded) => decoded.alias();

    public override Tensor Draw(Tensor decoded, Tensor uniform) => decoded.Plus(ScaleFor(decoded) * Quantile(uniform));

    public override Tensor OutputFor(Tensor mean) => mean.alias();

    /// <summary>Of the distribution of centre 0 and scale 1, elementwise.</summary>
    protected abstract Tensor LogDensity(Tensor values);

    /// <summary>The same, and its derivative.</summary>
    protected abstract (Vector<float> Value, Vector<float> Slope) LogDensity(Vector<float> values);

    /// <summary>The inverse of its distribution function.</summary>
    protected abstract Tensor Quantile(Tensor probability);

    // [slots] or [1]
    private Tensor ScaleFor(Tensor decoded) =>
        log_scale is null ? TensorArithmetic.Filled(_given, decoded.dtype, decoded.device, 1) : log_scale.Times(Speed).exp().Plus(Floor);

    // log f((x - m) / s) - log s with its derivatives: -f'/f / s by m, and -(f'/f (x - m) / s + 1) / s by s.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Evaluate(
        ReadOnlySpan<float> rows, ReadOnlySpan<float> decoded, ReadOnlySpan<float> scales, ReadOnlySpan<float> observed, Span<float> sums, Span<float> gradient, Span<float> scaleGradient)
    {
        int width = scales.Length;
        // Whole vectors: behind the end of a row the scale is 1.
        int lanes = (width + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        Span<float> inverses = new float[lanes];
        Span<float> logScales = new float[lanes];
        inverses.Fill(1);
        for (int slot = 0; slot < width; slot++)
        {
            inverses[slot] = 1 / scales[slot];
            logScales[slot] = MathF.Log(scales[slot]);
        }
        for (int row = 0; row < sums.Length; row++)
        {
            ReadOnlySpan<float> values = rows.Slice(row * width, width);
            ReadOnlySpan<float> centres = decoded.Slice(row * width, width);
            ReadOnlySpan<float> marks = observed.IsEmpty ? default : observed.Slice(row * width, width);
            Span<float> slopes = gradient.Slice(row * width, width);
            Span<float> scaleSlopes = scaleGradient.Slice(row * width, width);
            Vector<float> sum = Vector<float>.Zero;
            for (int slot = 0; slot < width; slot += Vector<float>.Count)
            {
                Vector<float> mark = Lanes.Observed(marks, slot, width);
                var inverse = new Vector<float>(inverses[slot..]);
                Vector<float> difference = (Lanes.Load(values, slot) - Lanes.Load(centres, slot)) * inverse;
                (Vector<float> logDensity, Vector<float> slope) = LogDensity(difference);
                sum += mark * (logDensity - new Vector<float>(logScales[slot..]));
                Lanes.Store(mark * slope * -inverse, slopes, slot);
                Lanes.Store(mark * (slope * difference + Vector<float>.One) * -inverse, scaleSlopes, slot);
            }
            sums[row] = Vector.Sum(sum);
        }
    }
}
