namespace Microsoft.ML.Data;

/// <summary>Rows in random order: the source's own shuffling where it can, and a pool from which rows are drawn as others come in.</summary>
internal sealed class ShuffleView(IDataView source, int seed, int poolRows, bool shuffleSource) : IDataView
{
    public DataViewSchema Schema => source.Schema;

    public bool CanShuffle => true;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var random = rand ?? TauswortheHybrid.Create(seed);
        var input = source.GetRowCursor(columnsNeeded, shuffleSource ? new TauswortheHybrid(random) : null);
        return poolRows == 1 ? input : new Cursor(input, random, poolRows);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : LinkedCursor
    {
        private readonly Random _random;
        private readonly ColumnStore[] _stores;
        private readonly int[] _slots;
        private readonly DataViewRowId[] _ids;
        private readonly ValueGetter<DataViewRowId> _getId;
        private int _filled = -1;
        private int _current;
        private long _position = -1;

        public Cursor(DataViewRowCursor input, Random random, int poolRows) : base(input)
        {
            _random = random;
            _slots = Enumerable.Range(0, poolRows).ToArray();
            _ids = new DataViewRowId[poolRows];
            _getId = input.GetIdGetter();
            _stores = Schema.Select(column => input.IsColumnActive(column) ? ColumnStore.Create(column.Type) : null).ToArray();
            foreach (var column in Schema.Where(input.IsColumnActive))
                _stores[column.Index].Bind(input, column);
        }

        public override long Position => _position;

        public override long Batch => 0;

        private int Current => _position >= 0 ? _current : throw new InvalidOperationException("Values cannot be fetched before the first row or after the last.");

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[Current];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => _stores[column.Index] is { } store ? ActiveColumns.Typed<TValue>(store.MakeGetter(() => Current), column) : throw ActiveColumns.Inactive(column);

        public override bool MoveNext()
        {
            if (_filled < 0)
            {
                _filled = 0;
                while (_filled < _slots.Length && Input.MoveNext())
                    Fill(_slots[_filled++]);
            }
            else if (_position >= 0)
            {
                // The row just served makes room for the next one, or leaves the pool.
                if (_filled > 0 && Input.MoveNext())
                    Fill(_current);
                else if (_filled > 0)
                {
                    int place = Array.IndexOf(_slots, _current, 0, _filled);
                    (_slots[place], _slots[_filled - 1]) = (_slots[_filled - 1], _slots[place]);
                    _filled--;
                }
            }
            if (_filled == 0)
            {
                _position = -1;
                return false;
            }
            _current = _slots[_random.Next(_filled)];
            _position++;
            return true;
        }

        private void Fill(int slot)
        {
            foreach (var store in _stores)
                store?.Fill(slot);
            _getId(ref _ids[slot]);
        }
    }
}
