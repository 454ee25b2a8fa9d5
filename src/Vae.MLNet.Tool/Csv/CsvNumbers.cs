using System.Globalization;
using System.Numerics;

namespace Vae.MLNet.Tool.Csv;

/// <summary>Numbers and truth values in cells, alike in every culture.</summary>
internal static class CsvNumbers
{
    public static bool TryNumber<T>(ReadOnlySpan<byte> cell, out T value)
        where T : INumberBase<T> => T.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value!) && T.IsFinite(value);

    public static bool TryTruth(ReadOnlySpan<byte> cell, out bool value)
    {
        value = IsWord(cell, "true"u8);
        return value || IsWord(cell, "false"u8);
    }

    private static bool IsWord(ReadOnlySpan<byte> cell, ReadOnlySpan<byte> word) => System.Text.Ascii.EqualsIgnoreCase(cell, word);
}
