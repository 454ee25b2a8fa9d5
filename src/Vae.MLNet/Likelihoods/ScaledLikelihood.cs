using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Likelihoods;

/// <summary>A distribution around what the decoder says, of a width that does not depend on z: learned per slot, learned for all, or given (Rybkin et al., 2021).</summary>
internal abstract class ScaledLikelihood : Likelihood
{
    // The floor keeps a constant feature's density finite: a thousandth of a standard deviation. Added, not clamped, so that the gradient never dies.
    private const float Floor = 1e-3f;

    // Adam moves every parameter by about its learning rate. A width has to cross several orders of magnitude, also in the few hundred steps that a small table gives.
    private const float Speed = 5;

    private readonly Parameter? _logScale;
    private readonly float _given;

    protected ScaledLikelihood(string name, LikelihoodPart part, Device device)
        : base(name)
    {
        VaeNoise noise = part.Noise!;
        _given = (float)(noise.Scale ?? 0);
        if (noise.Kind != VaeNoiseKind.Fixed)
        {
            _logScale = new Parameter(zeros(noise.Kind == VaeNoiseKind.Shared ? 1 : part.Width, device: device));
            // By hand: TorchSharp does not look at the private fields of a base class.
            register_parameter("log_scale", _logScale);
        }
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
        Tensor scale = ScaleFor(decoded);
        return Sum(LogDensity((rows - decoded) / scale) - scale.log(), observed);
    }

    public override Tensor Mean(Tensor decoded) => decoded.alias();

    public override Tensor Draw(Tensor decoded, Tensor uniform) => decoded + ScaleFor(decoded) * Quantile(uniform);

    public override Tensor OutputFor(Tensor mean) => mean.alias();

    /// <summary>Of the distribution of centre 0 and scale 1, elementwise.</summary>
    protected abstract Tensor LogDensity(Tensor values);

    /// <summary>The inverse of its distribution function.</summary>
    protected abstract Tensor Quantile(Tensor probability);

    // [slots] or [1]
    private Tensor ScaleFor(Tensor decoded) => _logScale is null ? full(1, _given, dtype: decoded.dtype, device: decoded.device) : (_logScale * Speed).exp() + Floor;
}
