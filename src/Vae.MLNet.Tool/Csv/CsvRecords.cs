using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsvHelper;
using Vae.MLNet.Tool.Files;

namespace Vae.MLNet.Tool.Csv;

/// <summary>The rows of a table in a stream, one after the other, and the names above them. All have as many cells as the first one.</summary>
internal sealed partial class CsvRecords : IDisposable
{
    // A longer record is one whose quotation mark is not closed.
    private const int MostBytes = 1 << 26;
    private const int BufferBytes = 1 << 17;

    private readonly CsvReader _reader;
    private readonly string _name;
    // Rows that do not start in the line after the row before: cells may have several lines.
    private readonly List<(long Row, long Line)> _jumps = [];
    private long _rows;
    private bool _hasFirst;

    /// <param name="source">The table.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="isHeader">Of the first record: whether it is the header, if the format leaves it open.</param>
    /// <exception cref="ToolException">It cannot be read.</exception>
    public CsvRecords(InputSource source, CsvFormat format, Func<IReadOnlyList<string>, bool> isHeader)
    {
        _name = source.Name;
        Format = format;
        _reader = CsvReader.Create(source.Read(), new CsvReaderOptions
        {
            Separator = format.Separator,
            HasHeader = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            MaxRecordSize = MostBytes,
            BufferSize = BufferBytes,
            MalformedData = CsvMalformedDataHandling.Throw,
        });
        try
        {
            if (!Next())
            {
                IsEmpty = true;
                return;
            }
            Width = _reader.FieldCount;
            string[] first = Cells();
            if (format.Header == CsvHeader.Yes || (format.Header == CsvHeader.Auto && isHeader(first)))
            {
                Header = first;
                RequireNames(first);
            }
            else
            {
                _hasFirst = true;
            }
        }
        catch
        {
            _reader.Dispose();
            throw;
        }
    }

    public CsvFormat Format { get; }

    /// <summary>The names of the columns; null if there is no header.</summary>
    public IReadOnlyList<string>? Header { get; }

    /// <summary>Whether there is nothing at all, not even a header.</summary>
    public bool IsEmpty { get; }

    /// <summary>Cells of each record.</summary>
    public int Width { get; }

    /// <summary>Between cells.</summary>
    public char Separator => IsEmpty ? Format.Separator ?? ',' : _reader.Separator;

    /// <summary>Of the current record, from 1: the line in which it starts.</summary>
    public long Line => _reader.LineNumber;

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="ToolException">It cannot be read, or has another number of cells.</exception>
    public bool Read()
    {
        if (_hasFirst)
        {
            _hasFirst = false;
            CountRow();
            return true;
        }
        if (IsEmpty || !Next())
        {
            return false;
        }
        CountRow();
        return _reader.FieldCount == Width
            ? true
            : throw Error($"{Counted(_reader.FieldCount)}; {(Header is null ? "the first line has" : "the header has")} {Width}.");
    }

    /// <summary>A cell of the current row, without quotation marks and spaces around. Valid until the next row is read.</summary>
    public ReadOnlySpan<byte> Cell(int index) => _reader.GetSpan(index);

    /// <summary>Whether there is no value in it.</summary>
    public bool IsMissing(int index) => Format.IsMissing(_reader.GetSpan(index));

    /// <summary>All cells of the current row.</summary>
    public string[] Cells() => [.. Enumerable.Range(0, _reader.FieldCount).Select(_reader.GetString)];

    /// <summary>An error in the current row.</summary>
    public ToolException Error(string message) => new(ExitCode.Input, Located(Line, message));

    /// <summary>An error in a cell of it.</summary>
    public ToolException Error(string column, ReadOnlySpan<byte> cell, string what) => Error($"column '{column}': '{Encoding.UTF8.GetString(cell)}' {what}.");

    /// <summary>An error of the whole table.</summary>
    public ToolException TableError(string message) => new(ExitCode.Input, $"{_name}: {message}");

    /// <summary>What a model says of the rows: of one that was read, if it names a column's value, or of the table.</summary>
    public ToolException ErrorOf(InvalidOperationException error)
    {
        if (!IsOfRow(error))
        {
            return new ToolException(ExitCode.Input, $"{_name}: {error.Message}", error);
        }
        long line = LineOf(RowNumber().Match(error.Message).Groups[1].Value);
        return new ToolException(ExitCode.Input, Located(line, RowNumber().Replace(error.Message, "", 1)), error);
    }

    /// <summary>Whether a model says it of a value in a row.</summary>
    public static bool IsOfRow(InvalidOperationException error) => error.Message.Contains("olumn '", StringComparison.Ordinal) && RowNumber().IsMatch(error.Message);

    public void Dispose() => _reader.Dispose();

    // The line is said instead.
    [GeneratedRegex(", row ([0-9]+)")]
    private static partial Regex RowNumber();

    private string Located(long line, string message) => $"{_name}:{line}: {message}";

    private void CountRow()
    {
        if (_jumps is not [.., var last] || Line - last.Line != _rows - last.Row)
        {
            _jumps.Add((_rows, Line));
        }
        _rows++;
    }

    private long LineOf(string row)
    {
        if (!long.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number >= _rows)
        {
            return Line;
        }
        (long first, long line) = _jumps.FindLast(jump => jump.Row <= number);
        return line + number - first;
    }

    private bool Next()
    {
        try
        {
            return _reader.Read();
        }
        catch (CsvFormatException error)
        {
            throw new ToolException(ExitCode.Input, error.LineNumber > 0 ? $"{_name}:{error.LineNumber}: {Plain(error.Message)}" : $"{_name}: {Plain(error.Message)}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException(ExitCode.Input, $"{_name} cannot be read: {error.Message}", error);
        }
    }

    // Without the place, which is said before it.
    private static string Plain(string message)
    {
        int start = message.IndexOf("): ", StringComparison.Ordinal);
        int end = message.LastIndexOf(" (byte offset", StringComparison.Ordinal);
        return start > 0 && end > start ? $"{message[(start + 3)..end]}." : message.ReplaceLineEndings(" ");
    }

    private static string Counted(int cells) => cells == 1 ? "1 cell" : $"{cells} cells";

    private void RequireNames(string[] names)
    {
        if (Array.FindIndex(names, string.IsNullOrEmpty) is >= 0 and var nameless)
        {
            throw Error($"column {nameless + 1} has no name in the header.");
        }
        if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Error($"two columns are named '{twice.Key}'.");
        }
    }
}
