using System.Numerics;

namespace Vae.MLNet.Likelihoods;

/// <summary>Vectors along a row, the last of which may be longer than what is left of it.</summary>
internal static class Lanes
{
    /// <summary>From a place of a row on; 0 behind its end.</summary>
    public static Vector<float> Load(ReadOnlySpan<float> row, int slot)
    {
        if (row.Length - slot >= Vector<float>.Count)
        {
            return new Vector<float>(row[slot..]);
        }
        Span<float> rest = stackalloc float[Vector<float>.Count];
        rest.Clear();
        row[slot..].CopyTo(rest);
        return new Vector<float>(rest);
    }

    /// <summary>To a place of a row and on, as far as it goes.</summary>
    public static void Store(Vector<float> values, Span<float> row, int slot)
    {
        if (row.Length - slot >= Vector<float>.Count)
        {
            values.CopyTo(row[slot..]);
            return;
        }
        for (int lane = 0; slot + lane < row.Length; lane++)
        {
            row[slot + lane] = values[lane];
        }
    }

    /// <summary>1 where a value is there, 0 where it is missing or the row has ended.</summary>
    /// <param name="observed">Marks of the row; empty if nothing is missing.</param>
    /// <param name="slot">The place.</param>
    /// <param name="width">Of the row.</param>
    public static Vector<float> Observed(ReadOnlySpan<float> observed, int slot, int width) => !observed.IsEmpty
        ? Load(observed, slot)
        : width - slot >= Vector<float>.Count ? Vector<float>.One : Vector.ConditionalSelect(Vector.LessThan(Vector<float>.Indices, new Vector<float>(width - slot)), Vector<float>.One, Vector<float>.Zero);
}
