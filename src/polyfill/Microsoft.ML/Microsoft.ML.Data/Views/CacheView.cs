namespace Microsoft.ML.Data;

/// <summary>A table that keeps in memory the columns that were asked for, from the first cursor that moves over them on.</summary>
internal sealed class CacheView : IDataView
{
    private const int BatchRows = 64;

    private readonly IDataView _source;
    private readonly ColumnStore[] _stores;
    private readonly object _gate = new();
    private int _rows = -1;

    public CacheView(IDataView source)
    {
        _source = source;
        _stores = new ColumnStore[source.Schema.Count];
    }

    public DataViewSchema Schema => _source.Schema;

    public bool CanShuffle => true;

    public long? GetRowCount() => _rows >= 0 ? _rows : _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(this, ActiveColumns.Of(Schema, columnsNeeded), Order(rand), 0, 1);

    /// <summary>Each cursor takes every n-th batch of rows.</summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = ActiveColumns.Of(Schema, columnsNeeded);
        var order = Order(rand);
        return Enumerable.Range(0, Math.Max(1, n)).Select(i => new Cursor(this, active, order, i, Math.Max(1, n))).ToArray();
    }

    private Lazy<int[]> Order(Random rand) => rand == null ? null : new Lazy<int[]>(() =>
    {
        var order = Enumerable.Range(0, _rows).ToArray();
        rand.Shuffle(order);
        return order;
    });

    private void Fill(bool[] active)
    {
        lock (_gate)
        {
            var missing = Schema.Where(column => active[column.Index] && _stores[column.Index] == null).ToArray();
            if (missing.Length == 0 && _rows >= 0)
                return;
            var stores = Array.ConvertAll(missing, column => ColumnStore.Create(column.Type));
            using var cursor = _source.GetRowCursor(missing);
            for (int i = 0; i < missing.Length; i++)
                stores[i].Bind(cursor, missing[i]);
            int rows = 0;
            for (; cursor.MoveNext(); rows++)
            {
                foreach (var store in stores)
                    store.Fill(rows);
            }
            for (int i = 0; i < missing.Length; i++)
                _stores[missing[i].Index] = stores[i];
            _rows = rows;
        }
    }

    private sealed class Cursor(CacheView view, bool[] active, Lazy<int[]> order, int first, int step) : DataViewRowCursor
    {
        private readonly Delegate[] _getters = new Delegate[active.Length];
        private long _position = -1;
        private int _place = -1;
        private bool _done;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => step == 1 ? 0 : _place / BatchRows;

        private int Row => _position < 0 ? throw new InvalidOperationException("Values cannot be fetched before the first row or after the last.")
            : order == null ? _place : order.Value[_place];

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)Row, 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!active[column.Index])
                throw ActiveColumns.Inactive(column);
            if (column.Type.RawType != typeof(TValue))
                return ActiveColumns.Typed<TValue>(null, column);
            // The getter may be asked for before the first row, when the column is not there yet.
            ValueGetter<TValue> stored = null;
            return (ref TValue value) =>
            {
                stored ??= (ValueGetter<TValue>)(_getters[column.Index] ??= view._stores[column.Index].MakeGetter(() => Row));
                stored(ref value);
            };
        }

        public override bool MoveNext()
        {
            if (_done)
                return false;
            if (_position < 0)
            {
                view.Fill(active);
                _place = first * BatchRows - 1;
            }
            _place++;
            if (step > 1 && _place % BatchRows == 0 && _position >= 0)
                _place += (step - 1) * BatchRows;
            if (_place < view._rows)
            {
                _position++;
                return true;
            }
            _done = true;
            _position = -1;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            _done = true;
            _position = -1;
        }
    }
}
