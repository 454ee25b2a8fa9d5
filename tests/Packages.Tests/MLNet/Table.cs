using Microsoft.ML;
using Microsoft.ML.Data;

namespace Packages.Tests.MLNet;

/// <summary>Reads tables through cursors, as components do.</summary>
internal static class Table
{
    public static List<T> Values<T>(IDataView data, string column)
    {
        using var cursor = data.GetRowCursor([data.Schema[column]]);
        return Drain<T>(cursor, data.Schema[column]);
    }

    public static List<T[]> Vectors<T>(IDataView data, string column)
    {
        using var cursor = data.GetRowCursor([data.Schema[column]]);
        var getter = cursor.GetGetter<VBuffer<T>>(data.Schema[column]);
        var rows = new List<T[]>();
        VBuffer<T> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            rows.Add(value.DenseValues().ToArray());
        }
        return rows;
    }

    public static List<string> Texts(IDataView data, string column) => Values<ReadOnlyMemory<char>>(data, column).ConvertAll(text => text.ToString());

    public static List<T> Drain<T>(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var getter = cursor.GetGetter<T>(column);
        var values = new List<T>();
        while (cursor.MoveNext())
        {
            T value = default!;
            getter(ref value);
            values.Add(value);
        }
        return values;
    }

    public static List<DataViewRowId> Ids(DataViewRowCursor cursor)
    {
        var getter = cursor.GetIdGetter();
        var ids = new List<DataViewRowId>();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            getter(ref id);
            ids.Add(id);
        }
        return ids;
    }

    public static string[] SlotNames(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return names.DenseValues().Select(name => name.ToString()).ToArray();
    }

    public static string[] KeyValues(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return names.DenseValues().Select(name => name.ToString()).ToArray();
    }
}

/// <summary>A table that counts what is asked of it.</summary>
internal sealed class CountingView(IDataView source) : IDataView
{
    public int Cursors { get; private set; }

    public int Rows { get; private set; }

    public List<string> Columns { get; } = [];

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var columns = columnsNeeded.ToArray();
        Cursors++;
        Columns.AddRange(columns.Select(column => column.Name));
        return new Cursor(this, source.GetRowCursor(columns, rand));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(CountingView view, DataViewRowCursor input) : DataViewRowCursor
    {
        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override DataViewSchema Schema => input.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => input.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => input.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool MoveNext()
        {
            bool more = input.MoveNext();
            view.Rows += more ? 1 : 0;
            return more;
        }
    }
}
