namespace Microsoft.ML.Data;

/// <summary>Some rows from somewhere on.</summary>
internal sealed class RangeView(IDataView source, long skip, long take) : IDataView
{
    public DataViewSchema Schema => source.Schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => source.GetRowCount() is { } count ? Math.Min(Math.Max(count - skip, 0), take) : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(source.GetRowCursor(columnsNeeded), skip, take);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(DataViewRowCursor input, long skip, long take) : LinkedCursor(input)
    {
        private long _position = -1;
        private bool _done;

        public override long Position => _position;

        public override bool MoveNext()
        {
            if (_done)
                return false;
            for (; skip > 0; skip--)
            {
                if (!Input.MoveNext())
                    return End();
            }
            if (_position + 1 >= take || !Input.MoveNext())
                return End();
            _position++;
            return true;
        }

        private bool End()
        {
            _done = true;
            _position = -1;
            return false;
        }
    }
}
