using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Writes a table as lines of separated fields.</summary>
internal static class TextSaver
{
    public static void Save(IDataView data, Stream stream, char separator, bool headerRow, bool schema, bool keepHidden, bool forceDense)
    {
        TextSchema.CheckSeparator(separator);
        var columns = data.Schema.Where(column => (keepHidden || !column.IsHidden) && ValueFormat.CanWrite(column.Type)).ToArray();
        Contracts.Check(columns.Length > 0, "No valid columns to save");
        bool hasHeader = headerRow && columns.Any(column => column.Type is not VectorDataViewType || column.HasSlotNames());
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        if (schema)
            TextSchema.Write(writer, columns, hasHeader, separator);
        using var cursor = data.GetRowCursor(columns);
        var cells = Array.ConvertAll(columns, column => Generic.Call<WrittenCell>(MakeCell<int>, column.Type.ItemType().RawType, cursor, column, separator));
        var line = new WrittenLine(separator, forceDense);
        if (hasHeader)
            Write(cells, line, (cell, line) => cell.AddHeader(line), writer);
        while (cursor.MoveNext())
            Write(cells, line, (cell, line) => cell.AddValue(line), writer);
    }

    private static void Write(WrittenCell[] cells, WrittenLine line, Action<WrittenCell, WrittenLine> add, StreamWriter writer)
    {
        line.Clear();
        foreach (var cell in cells)
            add(cell, line);
        line.WriteTo(writer);
    }

    private static WrittenCell MakeCell<T>(DataViewRow row, DataViewSchema.Column column, char separator) => new WrittenCell<T>(row, column, separator);
}

/// <summary>One column's part of each line.</summary>
internal abstract class WrittenCell
{
    public abstract void AddHeader(WrittenLine line);

    public abstract void AddValue(WrittenLine line);
}

/// <summary>One column's part of each line.</summary>
internal sealed class WrittenCell<T> : WrittenCell
{
    private readonly DataViewSchema.Column _column;
    private readonly char _separator;
    private readonly Func<T, string> _format;
    private readonly string _default;
    private readonly ValueGetter<VBuffer<T>> _getter;

    public WrittenCell(DataViewRow row, DataViewSchema.Column column, char separator)
    {
        _column = column;
        _separator = separator;
        _format = TextValues.For<T>(column.Type.ItemType(), separator);
        _default = _format(default);
        _getter = row.VectorGetter<T>(column);
    }

    public override void AddHeader(WrittenLine line)
    {
        line.BeginColumn((_column.Type as VectorDataViewType)?.Size ?? 1, TextValues.Quote("", _separator));
        VBuffer<ReadOnlyMemory<char>> names = new(1, [_column.Name.AsMemory()]);
        if (_column.HasSlotNames())
            _column.GetSlotNames(ref names);
        else if (_column.Type is VectorDataViewType)
            return;
        foreach (var (slot, name) in names.Items())
            line.Add(slot, TextValues.Quote(name.Span, _separator));
    }

    public override void AddValue(WrittenLine line)
    {
        VBuffer<T> values = default;
        _getter(ref values);
        line.BeginColumn(values.Length, _default);
        foreach (var (slot, value) in values.Items())
            line.Add(slot, _format(value));
    }
}

/// <summary>
/// The fields of one line that are not their column's default. If that makes the line shorter, they are written from some column on as the number of fields that
/// follow, then index:text for each.
/// </summary>
internal sealed class WrittenLine(char separator, bool forceDense)
{
    // What an index:text costs, in fields, and the fewest fields for which it is worth the bother; as in the real library.
    private const double SparseCost = 2.5;
    private const int FewestSparse = 5;

    private readonly List<(int Start, int FirstItem, string Default)> _columns = [];
    private readonly List<(int Field, string Text)> _items = [];
    private int _length;

    public void Clear()
    {
        _columns.Clear();
        _items.Clear();
        _length = 0;
    }

    public void BeginColumn(int length, string defaultText)
    {
        _columns.Add((_length, _items.Count, defaultText));
        _length += length;
    }

    public void Add(int slot, string text)
    {
        var column = _columns[^1];
        if (text != column.Default)
            _items.Add((column.Start + slot, text));
    }

    public void WriteTo(TextWriter writer)
    {
        int dense = forceDense ? _columns.Count : CountDenseColumns();
        WriteDense(writer, dense);
        if (dense < _columns.Count)
        {
            if (dense > 0)
                writer.Write(separator);
            WriteSparse(writer, dense);
        }
        writer.WriteLine();
    }

    private int CountDenseColumns()
    {
        int best = Enumerable.Range(0, _columns.Count + 1).MinBy(column => Start(column) + (SparseCost * (_items.Count - FirstItem(column))));
        int sparse = _length - Start(best);
        return sparse < FewestSparse || sparse < Start(best) / 5 ? _columns.Count : best;
    }

    private int Start(int column) => column < _columns.Count ? _columns[column].Start : _length;

    private int FirstItem(int column) => column < _columns.Count ? _columns[column].FirstItem : _items.Count;

    private void WriteDense(TextWriter writer, int columns)
    {
        int item = 0;
        for (int column = 0; column < columns; column++)
        {
            for (int field = Start(column); field < Start(column + 1); field++)
            {
                if (field > 0)
                    writer.Write(separator);
                writer.Write(item < _items.Count && _items[item].Field == field ? _items[item++].Text : _columns[column].Default);
            }
        }
    }

    private void WriteSparse(TextWriter writer, int column)
    {
        var (start, firstItem, defaultText) = _columns[column];
        writer.Write(_length - start);
        // A line without any index:text would not be seen to be sparse.
        if (firstItem == _items.Count)
            writer.Write($"{separator}0:{defaultText}");
        foreach (var (field, text) in _items.Skip(firstItem))
            writer.Write($"{separator}{field - start}:{text}");
    }
}
