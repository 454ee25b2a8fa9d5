namespace Vae.MLNet;

/// <summary>Where the width of a <see cref="VaeLikelihood.Gaussian"/>, <see cref="VaeLikelihood.Laplace"/> or <see cref="VaeLikelihood.StudentT"/> likelihood comes from.</summary>
public enum VaeNoiseKind
{
    /// <summary>Learned, one width per number.</summary>
    PerFeature = 0,

    /// <summary>Learned, one width for all numbers that share it.</summary>
    Shared = 1,

    /// <summary>Given.</summary>
    Fixed = 2,
}

/// <summary>
/// How far values lie from what the decoder says, the same for every latent: the standard deviation of <see cref="VaeLikelihood.Gaussian"/>, the scale of <see cref="VaeLikelihood.Laplace"/> and
/// <see cref="VaeLikelihood.StudentT"/>. It decides how reconstruction weighs against the KL divergence (Rybkin et al., 2021).
/// </summary>
public sealed record VaeNoise
{
    private VaeNoise(VaeNoiseKind kind, double? scale) => (Kind, Scale) = (kind, scale);

    /// <summary>One learned width per number: numbers that the latent cannot tell count less. The default.</summary>
    public static VaeNoise PerFeature { get; } = new(VaeNoiseKind.PerFeature, null);

    /// <summary>One learned width for all numbers of a likelihood (sigma-VAE; Rybkin et al., 2021).</summary>
    public static VaeNoise Shared { get; } = new(VaeNoiseKind.Shared, null);

    /// <summary>Where the width comes from.</summary>
    public VaeNoiseKind Kind { get; }

    /// <summary>The given width, on the column's scaling; null if it is learned.</summary>
    public double? Scale { get; }

    /// <summary>A given width, as in a VAE trained on squared errors (with 1/sqrt(2), the sum of squares).</summary>
    /// <param name="scale">On the column's scaling (with <see cref="VaeScaling.Standard"/> in standard deviations of the column), from 0.001 to 1000.</param>
    /// <returns>A fixed noise.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The scale is outside its range.</exception>
    public static VaeNoise Fixed(double scale) => scale is >= 1e-3 and <= 1e3
        ? new(VaeNoiseKind.Fixed, scale)
        : throw new ArgumentOutOfRangeException(nameof(scale), scale, "A fixed noise is to be from 0.001 to 1000.");

    internal static VaeNoise Of(VaeNoiseKind kind, double? scale) => (kind, scale) switch
    {
        (VaeNoiseKind.PerFeature, null) => PerFeature,
        (VaeNoiseKind.Shared, null) => Shared,
        (VaeNoiseKind.Fixed, { } given) => Fixed(given),
        _ => throw new ArgumentException(FormattableString.Invariant($"A noise of kind {kind} cannot have the scale {scale}.")),
    };
}
