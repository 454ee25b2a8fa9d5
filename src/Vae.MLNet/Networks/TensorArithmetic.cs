using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// Computes with tensors and numbers, and adds tensors, in place of TorchSharp's own operators. Those hand libtorch a temporary
/// <see cref="Scalar"/>, which the garbage collector may finalize while libtorch reads it, as of TorchSharp 0.107.0: a rare error, or a
/// wrong number. So do the sum of two tensors (its factor of 1), the square and some activations. Here each scalar outlives the call. A
/// test (TemporaryScalarTests) finds every other use in these libraries.
/// </summary>
internal static class TensorArithmetic
{
    private static readonly Scalar s_one = 1;
    private static readonly Scalar s_two = 2;

    /// <summary>Computes <paramref name="a"/> + <paramref name="b"/>.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, s_one);

    /// <summary>Computes <paramref name="a"/> + <paramref name="b"/>.</summary>
    public static Tensor Plus(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.add(value, s_one);
    }

    /// <summary>Computes <paramref name="a"/> - <paramref name="b"/>.</summary>
    public static Tensor Minus(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.sub(value);
    }

    /// <summary>Computes <paramref name="a"/> * <paramref name="b"/>.</summary>
    public static Tensor Times(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.mul(value);
    }

    /// <summary>Computes <paramref name="a"/> / <paramref name="b"/>.</summary>
    public static Tensor DividedBy(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.div(value);
    }

    /// <summary>Computes 1 - <paramref name="a"/>.</summary>
    public static Tensor Complement(this Tensor a) => a.neg().add_(s_one, s_one);

    /// <summary>Computes min(max(<paramref name="a"/>, <paramref name="min"/>), <paramref name="max"/>).</summary>
    public static Tensor Clamped(this Tensor a, double min, double max)
    {
        using Scalar low = min;
        using Scalar high = max;
        return a.clamp(low, high);
    }

    /// <summary>Computes max(<paramref name="a"/>, <paramref name="min"/>).</summary>
    public static Tensor AtLeast(this Tensor a, double min)
    {
        using Scalar low = min;
        return a.clamp_min(low);
    }

    /// <summary>Computes min(<paramref name="a"/>, <paramref name="max"/>).</summary>
    public static Tensor AtMost(this Tensor a, double max)
    {
        using Scalar high = max;
        return a.clamp_max(high);
    }

    /// <summary>Computes the square of <paramref name="a"/>.</summary>
    public static Tensor Squared(this Tensor a) => a.pow(s_two);

    /// <summary>Computes <paramref name="a"/> to the power of <paramref name="exponent"/>.</summary>
    public static Tensor Power(this Tensor a, double exponent)
    {
        using Scalar value = exponent;
        return a.pow(value);
    }

    /// <summary>Says where <paramref name="a"/> &gt; <paramref name="b"/>.</summary>
    public static Tensor IsAbove(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.gt(value);
    }

    /// <summary>Says where <paramref name="a"/> &lt; <paramref name="b"/>.</summary>
    public static Tensor IsBelow(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.lt(value);
    }

    /// <summary>Replaces <paramref name="a"/> by <paramref name="value"/> where <paramref name="mask"/> is true.</summary>
    public static Tensor Replaced(this Tensor a, Tensor mask, double value)
    {
        using Scalar number = value;
        return a.masked_fill(mask, number);
    }

    /// <summary>Replaces <paramref name="a"/> by <paramref name="value"/> where <paramref name="mask"/> is true, in place.</summary>
    public static Tensor Replace(this Tensor a, Tensor mask, double value)
    {
        using Scalar number = value;
        return a.masked_fill_(mask, number);
    }

    /// <summary>Adds <paramref name="b"/> to <paramref name="a"/>, in place.</summary>
    public static Tensor Add(this Tensor a, Tensor b) => a.add_(b, s_one);

    /// <summary>Adds <paramref name="b"/> to <paramref name="a"/>, in place.</summary>
    public static Tensor Add(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.add_(value, s_one);
    }

    /// <summary>Adds <paramref name="factor"/> <paramref name="b"/> to <paramref name="a"/>, in place.</summary>
    public static Tensor AddProduct(this Tensor a, double factor, Tensor b)
    {
        using Scalar value = factor;
        return a.add_(b, value);
    }

    /// <summary>Multiplies <paramref name="a"/> by <paramref name="b"/>, in place.</summary>
    public static Tensor Multiply(this Tensor a, double b)
    {
        using Scalar value = b;
        return a.mul_(value);
    }

    /// <summary>Creates the numbers 0, 1, ... below <paramref name="count"/>, 64-bit integers.</summary>
    public static Tensor Indices(long count, Device device)
    {
        using Scalar first = 0L;
        using Scalar stop = count;
        using Scalar step = 1L;
        return arange(first, stop, step, dtype: ScalarType.Int64, device: device);
    }

    /// <summary>Creates a tensor of single precision, all of one value.</summary>
    public static Tensor Filled(double value, Device device, params long[] shape) => Filled(value, ScalarType.Float32, device, shape);

    /// <summary>Creates a tensor of one value.</summary>
    public static Tensor Filled(double value, ScalarType type, Device device, params long[] shape)
    {
        using Scalar number = value;
        return full(shape, number, dtype: type, device: device);
    }
}
