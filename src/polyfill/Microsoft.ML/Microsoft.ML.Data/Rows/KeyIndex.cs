namespace Microsoft.ML.Data;

/// <summary>Where a key's value is among the values.</summary>
internal static class KeyIndex
{
    // Key 0 is missing; taking one away makes it larger than any index.
    public static ulong Of<TKey>(TKey key) => unchecked(Convert.ToUInt64(key) - 1);
}
