using System.Numerics;
using System.Runtime.CompilerServices;

namespace Vae.MLNet.Networks;

/// <summary>An activation of numbers in vectors of the processor, within 1e-6 of libtorch's.</summary>
internal interface INonlinearity
{
    /// <param name="x">Any numbers.</param>
    /// <param name="slope">The derivative there.</param>
    static abstract Vector<float> Of(Vector<float> x, out Vector<float> slope);
}

/// <summary>max(x, 0).</summary>
internal readonly struct Rectifier : INonlinearity
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, out Vector<float> slope)
    {
        slope = Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), Vector<float>.One, Vector<float>.Zero);
        return Vector.Max(x, Vector<float>.Zero);
    }
}

/// <summary>x above 0, exp(x) - 1 below (Clevert et al., 2016).</summary>
internal readonly struct ExponentialUnit : INonlinearity
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, out Vector<float> slope)
    {
        slope = Lanes.Exp(Vector.Min(x, Vector<float>.Zero));
        return Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, slope - Vector<float>.One);
    }
}

/// <summary>x sigmoid(x) (Ramachandran et al., 2017).</summary>
internal readonly struct SigmoidUnit : INonlinearity
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, out Vector<float> slope)
    {
        Vector<float> gate = Vector<float>.One / (Vector<float>.One + Lanes.Exp(-x));
        Vector<float> gated = x * gate;
        slope = gate + gated * (Vector<float>.One - gate);
        return gated;
    }
}

/// <summary>x times the distribution function of N(0, 1) (Hendrycks and Gimpel, 2016).</summary>
internal readonly struct GaussianUnit : INonlinearity
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, out Vector<float> slope)
    {
        // Abramowitz and Stegun (1964), 7.1.26, of x / sqrt(2): within 1.5e-7.
        Vector<float> bell = Lanes.Exp(x * x * -0.5f);
        Vector<float> t = Vector<float>.One / (Vector<float>.One + Vector.Abs(x) * 0.23164189f);
        Vector<float> polynomial = Vector.FusedMultiplyAdd(t, new Vector<float>(1.061405429f), new Vector<float>(-1.453152027f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, t, new Vector<float>(1.421413741f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, t, new Vector<float>(-0.284496736f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, t, new Vector<float>(0.254829592f)) * t;
        Vector<float> below = (Vector<float>.One + Vector.CopySign(Vector<float>.One - polynomial * bell, x)) * 0.5f;
        slope = below + x * bell * 0.3989422804f;
        return x * below;
    }
}

/// <summary>tanh(x).</summary>
internal readonly struct HyperbolicTangent : INonlinearity
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, out Vector<float> slope)
    {
        Vector<float> small = Lanes.Exp(Vector.Abs(x) * -2);
        Vector<float> tanh = Vector.CopySign((Vector<float>.One - small) / (Vector<float>.One + small), x);
        slope = Vector<float>.One - tanh * tanh;
        return tanh;
    }
}
