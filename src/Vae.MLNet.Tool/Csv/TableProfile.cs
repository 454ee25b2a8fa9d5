using System.Text;
using Vae.MLNet.Tool.Files;

namespace Vae.MLNet.Tool.Csv;

/// <summary>The columns of a table to train on, learned in one pass over it.</summary>
/// <param name="Columns">In the table's order.</param>
/// <param name="RowCount">Rows, without the header.</param>
/// <param name="HasHeader">Whether the first line has names.</param>
/// <param name="Separator">Between cells.</param>
internal sealed record TableProfile(IReadOnlyList<ColumnProfile> Columns, long RowCount, bool HasHeader, char Separator)
{
    /// <summary>Reads the whole table.</summary>
    /// <param name="source">It can be read more than once.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="mostTexts">Different texts that a category may have.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ToolException">It cannot be read, is empty, or a row has another number of cells.</exception>
    public static TableProfile Read(InputSource source, CsvFormat format, int mostTexts, CancellationToken cancellationToken)
    {
        bool hasHeader = format.Header == CsvHeader.Yes || (format.Header == CsvHeader.Auto && LooksLikeHeader(source, format));
        using var records = new CsvRecords(source, format with { Header = hasHeader ? CsvHeader.Yes : CsvHeader.No }, _ => hasHeader);
        if (records.IsEmpty)
        {
            throw records.TableError("it is empty.");
        }
        ColumnProfile[] columns = [.. Enumerable.Range(0, records.Width).Select(cell => new ColumnProfile(records.Header?[cell] ?? CsvColumns.NameOf(cell), mostTexts))];
        long rows = 0;
        while (records.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows++;
            for (int cell = 0; cell < columns.Length; cell++)
            {
                columns[cell].Look(records, cell);
            }
        }
        return rows > 0 ? new TableProfile(columns, rows, hasHeader, records.Separator) : throw records.TableError("there are no rows below the header.");
    }

    // Names are there, are different, and differ from what is below: no number is among them, or there is one below a name. Numbers that count the columns are names, too.
    private static bool LooksLikeHeader(InputSource source, CsvFormat format)
    {
        using var records = new CsvRecords(source, format with { Header = CsvHeader.No }, _ => false);
        if (!records.Read())
        {
            return false;
        }
        string[] first = records.Cells();
        if (first.Any(cell => format.IsMissing(Encoding.UTF8.GetBytes(cell))) || first.Distinct(StringComparer.Ordinal).Count() < first.Length)
        {
            return false;
        }
        bool[] areNumbers = [.. first.Select(IsNumber)];
        if (!areNumbers.Contains(true) || Counts(first))
        {
            return true;
        }
        return records.Read() && records.Cells().Where((cell, index) => !areNumbers[index] && IsNumber(cell)).Any();
    }

    private static bool Counts(string[] cells) => cells.Length > 2 && cells.Select((cell, index) => int.TryParse(cell, out int number) ? number - index : -1).Distinct().ToArray() is [0 or 1];

    private static bool IsNumber(string cell) => CsvNumbers.TryNumber<double>(Encoding.UTF8.GetBytes(cell), out _);
}
