using System.Numerics;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Inference;

/// <summary>
/// Noise that belongs to a row: a pure function of a key, so that every cursor, batch and process draws the same for the same row.
/// The bits come from SplitMix64 (Steele et al., 2014), the normals from Box and Muller (1958).
/// </summary>
internal static class RowNoise
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const double TwoToMinus32 = 1.0 / 4294967296;

    /// <summary>A key for the row with this id.</summary>
    public static ulong KeyOfId(int seed, ulong low, ulong high) => Mix(Mix(Mix((ulong)seed + Golden) ^ low) ^ high);

    /// <summary>A key for a row with these values, wherever it stands.</summary>
    public static ulong KeyOfValues(int seed, ReadOnlySpan<float> values)
    {
        ulong key = Mix((ulong)seed + Golden);
        foreach (ulong pair in MemoryMarshal.Cast<float, ulong>(values))
        {
            key = BitOperations.RotateLeft((key ^ pair) * Golden, 29);
        }
        if (values.Length % 2 == 1)
        {
            key = (key ^ BitConverter.SingleToUInt32Bits(values[^1])) * Golden;
        }
        return Mix(key);
    }

    /// <summary>Another key of the same row, for another use.</summary>
    public static ulong Derived(ulong key, ulong use) => Mix(key ^ Mix(use + Golden));

    /// <summary>Fills <paramref name="destination"/> with independent draws from N(0, 1).</summary>
    public static void Fill(ulong key, Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i += 2)
        {
            key += Golden;
            ulong bits = Mix(key);
            // u in (0, 1], so that the logarithm is finite; v in [0, 1)
            double u = ((bits >> 32) + 1) * TwoToMinus32;
            double v = (uint)bits * TwoToMinus32;
            double radius = Math.Sqrt(-2 * Math.Log(u));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * v);
            destination[i] = (float)(radius * cosine);
            if (i + 1 < destination.Length)
            {
                destination[i + 1] = (float)(radius * sine);
            }
        }
    }

    /// <summary>Fills <paramref name="destination"/> with independent draws from the open interval (0, 1): (k + 1/2) / 2^23, which single precision holds exactly.</summary>
    public static void FillUniform(ulong key, Span<float> destination)
    {
        foreach (ref float value in destination)
        {
            key += Golden;
            value = ((Mix(key) >> 41) + 0.5f) * (1f / (1 << 23));
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
