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
        x = Vector.Min(Vector.Max(x, new Vector<float>(-87)), new Vector<float>(88));
        Vector<float> power = Vector.Round(x * 1.44269504f);
        // x - power log 2, with log 2 in two parts.
        Vector<float> rest = x - power * 0.693359375f + power * 2.12194440e-4f;
        Vector<float> polynomial = rest * 1.9875691500e-4f + new Vector<float>(1.3981999507e-3f);
        polynomial = polynomial * rest + new Vector<float>(8.3334519073e-3f);
        polynomial = polynomial * rest + new Vector<float>(4.1665795894e-2f);
        polynomial = polynomial * rest + new Vector<float>(1.6666665459e-1f);
        polynomial = polynomial * rest + new Vector<float>(5.0000001201e-1f);
        polynomial = polynomial * rest * rest + rest + Vector<float>.One;
        return polynomial * Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32(power) + new Vector<int>(127), 23));
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
