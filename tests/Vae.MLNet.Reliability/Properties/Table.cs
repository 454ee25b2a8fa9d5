using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>Rows in memory, of a schema that is known at run time only. A row keeps its id wherever it stands; cursors may shuffle, and come in sets of any size.</summary>
internal sealed class Table : IDataView
{
    private readonly TableColumn[] _columns;
    private readonly ulong[] _ids;

    public Table(IEnumerable<TableColumn> columns, ulong[] ids)
    {
        _columns = [.. columns];
        _ids = ids;
        var schema = new DataViewSchema.Builder();
        foreach (TableColumn column in _columns)
        {
            schema.AddColumn(column.Name, column.Type);
        }
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema { get; }

    public int Count => _ids.Length;

    public long? GetRowCount() => Count;

    /// <summary>The rows at these places, in this order.</summary>
    public Table Pick(params int[] rows) => new(_columns.Select(column => column.Pick(rows)), [.. rows.Select(row => _ids[row])]);

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, [.. columnsNeeded], Order(rand), batch: 0);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] columns = [.. columnsNeeded];
        int[] order = Order(rand);
        // Every nth row each: the last ones may have none.
        return [.. Enumerable.Range(0, n).Select(part => new Cursor(this, columns, [.. order.Where((_, place) => place % n == part)], part))];
    }

    private int[] Order(Random? random)
    {
        int[] order = [.. Enumerable.Range(0, Count)];
        random?.Shuffle(order);
        return order;
    }

    private sealed class Cursor(Table table, DataViewSchema.Column[] columns, int[] order, long batch) : DataViewRowCursor
    {
        private long _position = -1;
        private int _next;

        public override DataViewSchema Schema => table.Schema;

        public override long Position => _position;

        public override long Batch => batch;

        public override bool MoveNext()
        {
            bool moved = _next < order.Length;
            _position = moved ? _next++ : -1;
            return moved;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => columns.Any(each => each.Index == column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
            ? (ValueGetter<TValue>)table._columns[column.Index].Getter(() => order[_position])
            : throw new InvalidOperationException($"Column '{column.Name}' was not asked for.");

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId(table._ids[order[_position]], 0);
    }
}
