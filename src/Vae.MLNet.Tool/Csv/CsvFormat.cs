using System.Text;

namespace Vae.MLNet.Tool.Csv;

/// <summary>Whether the first line has the columns' names.</summary>
internal enum CsvHeader
{
    /// <summary>As it looks.</summary>
    Auto,

    /// <summary>It does.</summary>
    Yes,

    /// <summary>It is a row.</summary>
    No,
}

/// <summary>How a table is written.</summary>
/// <param name="Separator">Between cells; null: whichever of comma, semicolon, tab and bar the first lines have.</param>
/// <param name="Header">Whether there is one.</param>
/// <param name="MissingTexts">What stands for a missing value, beside an empty cell.</param>
internal sealed record CsvFormat(char? Separator, CsvHeader Header, IReadOnlyList<string> MissingTexts)
{
    private readonly byte[][] _missing = [.. MissingTexts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>What stands for a missing value if nothing else is said.</summary>
    public static IReadOnlyList<string> UsualMissingTexts { get; } = ["?", "NA", "NaN", "nan"];

    public bool IsMissing(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
        {
            return true;
        }
        foreach (byte[] text in _missing)
        {
            if (cell.SequenceEqual(text))
            {
                return true;
            }
        }
        return false;
    }
}
