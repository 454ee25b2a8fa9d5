using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Networks;

/// <summary>Vectors along a row, the last of which may be longer than what is left of it.</summary>
internal static class Lanes
{
    /// <summary>From a place of a row on; 0 behind its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(ReadOnlySpan<float> row, int slot) =>
        row.Length - slot >= Vector<float>.Count ? Vector.LoadUnsafe(ref MemoryMarshal.GetReference(row), (nuint)slot) : LoadRest(row[slot..]);

    /// <summary>To a place of a row and on, as far as it goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> values, Span<float> row, int slot)
    {
        if (row.Length - slot >= Vector<float>.Count)
        {
            values.StoreUnsafe(ref MemoryMarshal.GetReference(row), (nuint)slot);
        }
        else
        {
            StoreRest(values, row[slot..]);
        }
    }

    /// <summary>1 where a value is there, 0 where it is missing or the row has ended.</summary>
    /// <param name="observed">Marks of the row; empty if nothing is missing.</param>
    /// <param name="slot">The place.</param>
    /// <param name="width">Of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Observed(ReadOnlySpan<float> observed, int slot, int width) => !observed.IsEmpty
        ? Load(observed, slot)
        : width - slot >= Vector<float>.Count ? Vector<float>.One : Vector.ConditionalSelect(Vector.LessThan(Vector<float>.Indices, new Vector<float>(width - slot)), Vector<float>.One, Vector<float>.Zero);

    /// <summary>exp(x) within 2e-7 of it, for x between -87 and 88; beyond these as there. By powers of 2 and a polynomial (Moshier, Cephes, 1989).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        // Added, it leaves the nearest whole number in the last bits.
        const float rounding = 12582912;
        // In this order, NaN stays.
        x = Vector.MinNative(new Vector<float>(88), Vector.MaxNative(new Vector<float>(-87), x));
        Vector<float> rounded = Vector.FusedMultiplyAdd(x, new Vector<float>(1.44269504f), new Vector<float>(rounding));
        Vector<float> power = rounded - new Vector<float>(rounding);
        // x - power log 2, with log 2 in two parts.
        Vector<float> rest = Vector.FusedMultiplyAdd(power, new Vector<float>(2.12194440e-4f), Vector.FusedMultiplyAdd(power, new Vector<float>(-0.693359375f), x));
        Vector<float> polynomial = Vector.FusedMultiplyAdd(new Vector<float>(1.9875691500e-4f), rest, new Vector<float>(1.3981999507e-3f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, rest, new Vector<float>(8.3334519073e-3f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, rest, new Vector<float>(4.1665795894e-2f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, rest, new Vector<float>(1.6666665459e-1f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, rest, new Vector<float>(5.0000001201e-1f));
        polynomial = Vector.FusedMultiplyAdd(polynomial, rest * rest, rest) + Vector<float>.One;
        return polynomial * Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(rounded) + new Vector<int>(127), 23));
    }

    /// <summary>log(1 + x) within 3e-7 of it, for x between 0 and 1: twice the area hyperbolic tangent of x / (2 + x), by its series.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> LogOnePlus(Vector<float> x)
    {
        Vector<float> ratio = x / (x + new Vector<float>(2));
        Vector<float> square = ratio * ratio;
        Vector<float> series = Vector.FusedMultiplyAdd(square, new Vector<float>(2f / 15), new Vector<float>(2f / 13));
        series = Vector.FusedMultiplyAdd(series, square, new Vector<float>(2f / 11));
        series = Vector.FusedMultiplyAdd(series, square, new Vector<float>(2f / 9));
        series = Vector.FusedMultiplyAdd(series, square, new Vector<float>(2f / 7));
        series = Vector.FusedMultiplyAdd(series, square, new Vector<float>(2f / 5));
        series = Vector.FusedMultiplyAdd(series, square, new Vector<float>(2f / 3));
        return ratio * Vector.FusedMultiplyAdd(series, square, new Vector<float>(2));
    }

    private static Vector<float> LoadRest(ReadOnlySpan<float> rest)
    {
        Span<float> padded = stackalloc float[Vector<float>.Count];
        padded.Clear();
        rest.CopyTo(padded);
        return new Vector<float>(padded);
    }

    private static void StoreRest(Vector<float> values, Span<float> rest)
    {
        for (int lane = 0; lane < rest.Length; lane++)
        {
            rest[lane] = values[lane];
        }
    }
}
