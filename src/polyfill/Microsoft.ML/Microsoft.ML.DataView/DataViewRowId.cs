using System.Numerics;

namespace Microsoft.ML.Data;

/// <summary>A 128-bit row identity, mixed as in MurmurHash3 x64-128 (A. Appleby, 2011) without its final avalanche.</summary>
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    private const ulong C1 = 0x87c37b91114253d5;
    private const ulong C2 = 0x4cf5ad432745937f;

    public readonly ulong Low;
    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high)
    {
        Low = low;
        High = high;
    }

    public DataViewRowId Next() => Mix(0, 0);

    public DataViewRowId Fork()
    {
        // A block (1, 0): its first half enters after the round constants have been applied, the state after the mix.
        var next = Mix(0, 0);
        return new DataViewRowId(next.Low ^ (BitOperations.RotateLeft(C1, 31) * C2), next.High);
    }

    public DataViewRowId Combine(DataViewRowId other)
    {
        other = other.Fork();
        return Mix(BitOperations.RotateLeft(other.Low * C1, 31) * C2, BitOperations.RotateLeft(other.High * C2, 33) * C1);
    }

    private DataViewRowId Mix(ulong first, ulong second)
    {
        ulong low = (BitOperations.RotateLeft(Low ^ first, 27) + High) * 5 + 0x52dce729;
        ulong high = (BitOperations.RotateLeft(High ^ second, 31) + low) * 5 + 0x38495ab5;
        return new DataViewRowId(low, high);
    }

    public int CompareTo(DataViewRowId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Low, High);

    public override string ToString() => $"{High:x16}{Low:x16}";
}
