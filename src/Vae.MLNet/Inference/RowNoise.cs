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
    // A multiple of every vector's length.
    private const int AtOnce = 64;

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
        Span<ulong> bits = stackalloc ulong[AtOnce];
        Span<double> cosines = stackalloc double[AtOnce];
        Span<double> sines = stackalloc double[AtOnce];
        for (int first = 0; first < destination.Length; first += 2 * AtOnce)
        {
            int pairs = Math.Min(AtOnce, (destination.Length - first + 1) / 2);
            FillBits(key, first / 2, bits, pairs);
            for (int i = 0; i < pairs; i += Vector<ulong>.Count)
            {
                var some = new Vector<ulong>(bits[i..]);
                // u in (0, 1], so that the logarithm is finite; v in [0, 1)
                Vector<double> u = (Vector.ConvertToDouble(some >> 32) + Vector<double>.One) * TwoToMinus32;
                Vector<double> v = Vector.ConvertToDouble(some & new Vector<ulong>(uint.MaxValue)) * TwoToMinus32;
                Vector<double> radius = Vector.SquareRoot(Vector.Log(u) * -2);
                (Vector<double> sine, Vector<double> cosine) = Vector.SinCos(v * (2 * Math.PI));
                (radius * cosine).CopyTo(cosines[i..]);
                (radius * sine).CopyTo(sines[i..]);
            }
            for (int pair = 0; pair < pairs; pair++)
            {
                int at = first + 2 * pair;
                destination[at] = (float)cosines[pair];
                if (at + 1 < destination.Length)
                {
                    destination[at + 1] = (float)sines[pair];
                }
            }
        }
    }

    /// <summary>Fills <paramref name="destination"/> with independent draws from the open interval (0, 1): (k + 1/2) / 2^23, which single precision holds exactly.</summary>
    public static void FillUniform(ulong key, Span<float> destination)
    {
        Span<ulong> bits = stackalloc ulong[AtOnce];
        Span<float> uniform = stackalloc float[AtOnce];
        for (int first = 0; first < destination.Length; first += AtOnce)
        {
            int count = Math.Min(AtOnce, destination.Length - first);
            FillBits(key, first, bits, count);
            for (int i = 0; i < count; i += Vector<float>.Count)
            {
                Vector<uint> highest = Vector.Narrow(new Vector<ulong>(bits[i..]) >> 41, new Vector<ulong>(bits[(i + Vector<ulong>.Count)..]) >> 41);
                ((Vector.ConvertToSingle(highest.As<uint, int>()) + new Vector<float>(0.5f)) * (1f / (1 << 23))).CopyTo(uniform[i..]);
            }
            uniform[..count].CopyTo(destination[first..]);
        }
    }

    // At least count numbers of the key's sequence, from first + 1 on.
    private static void FillBits(ulong key, int first, Span<ulong> bits, int count)
    {
        Vector<ulong> z = new Vector<ulong>(key + (ulong)first * Golden) + (Vector<ulong>.Indices + Vector<ulong>.One) * Golden;
        for (int i = 0; i < count; i += Vector<ulong>.Count)
        {
            Mix(z).CopyTo(bits[i..]);
            z += new Vector<ulong>((ulong)Vector<ulong>.Count * Golden);
        }
    }

    private static Vector<ulong> Mix(Vector<ulong> z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
