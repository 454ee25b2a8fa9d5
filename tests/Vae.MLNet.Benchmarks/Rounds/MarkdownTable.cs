using System.Globalization;

namespace Vae.MLNet.Benchmarks;

/// <summary>Prints aligned Markdown.</summary>
internal sealed class MarkdownTable(params string[] header)
{
    private readonly List<string[]> _rows = [header, [.. header.Select(_ => "---")]];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(TextWriter to)
    {
        int[] widths = [.. Enumerable.Range(0, header.Length).Select(column => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            to.WriteLine($"| {string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column], cell == "---" ? '-' : ' ')))} |");
        }
    }

    /// <summary>With as many digits as a measurement is worth.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F2", CultureInfo.InvariantCulture),
    };

    public static string Percent(double share) => share.ToString("P0", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal);

    public static string Megabytes(double bytes) => $"{Number(Math.Round(bytes / 1e6))} MB";
}
