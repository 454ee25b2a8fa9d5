using System.Numerics;

namespace Microsoft.ML;

/// <summary>
/// The combined Tausworthe and congruential generator of L. Howes and D. Thomas, "Efficient random number generation and application
/// using CUDA", GPU Gems 3 (2007), example 37-4. The real library uses it, so the same seed gives the same split of the data.
/// </summary>
internal sealed class TauswortheHybrid : Random
{
    private uint _z1, _z2, _z3, _z4;

    public TauswortheHybrid(uint seed)
    {
        _z1 = seed;
        _z2 = MurmurRound(_z1, _z1);
        _z3 = MurmurRound(_z2, _z1);
        _z4 = MurmurRound(_z3, _z1);
    }

    public TauswortheHybrid(Random source)
    {
        _z1 = Seed(source);
        _z2 = Seed(source);
        _z3 = Seed(source);
        _z4 = Bits(source);
    }

    public static TauswortheHybrid Create(int? seed) => seed == null ? new TauswortheHybrid(new Random()) : new TauswortheHybrid((uint)seed.Value);

    public override int Next()
    {
        uint bits = NextBits();
        return (int)(bits + (bits & 0x80000000));
    }

    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (int)((ulong)NextBits() * (ulong)maxValue >> 32);
    }

    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return (int)((long)(NextDouble() * ((long)maxValue - minValue)) + minValue);
    }

    public override double NextDouble() => NextBits() / 4294967296.0;

    public override float NextSingle() => (NextBits() >> 9) / 8388608f;

    public override void NextBytes(byte[] buffer)
    {
        for (int i = 0; i < buffer.Length; i++)
            buffer[i] = (byte)Next();
    }

    public int NextSigned() => (int)NextBits();

    private uint NextBits()
    {
        Step(ref _z1, 13, 19, 12, ~0x1u);
        Step(ref _z2, 2, 25, 4, ~0x7u);
        Step(ref _z3, 3, 11, 17, ~0xfu);
        _z4 = 1664525 * _z4 + 1013904223;
        return _z1 ^ _z2 ^ _z3 ^ _z4;
    }

    private static void Step(ref uint z, int s1, int s2, int s3, uint mask) => z = ((z & mask) << s3) ^ (((z << s1) ^ z) >> s2);

    private static uint Bits(Random source) => ((uint)source.Next(0x10000) << 16) | (uint)source.Next(0x10000);

    private static uint Seed(Random source)
    {
        // Below 128 the masks of the first three components would leave nothing to shift.
        uint bits;
        do
            bits = Bits(source);
        while (bits < 128);
        return bits;
    }

    internal static uint MurmurRound(uint hash, uint chunk)
        => BitOperations.RotateLeft(hash ^ (BitOperations.RotateLeft(chunk * 0xCC9E2D51, 15) * 0x1B873593), 13) * 5 + 0xE6546B64;
}
