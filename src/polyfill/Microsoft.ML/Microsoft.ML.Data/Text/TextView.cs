using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The rows of text files, read as cursors move.</summary>
internal sealed class TextView(IMultiStreamSource source, TextFormat format, TextColumn[] columns, DataViewSchema schema) : IDataView
{
    public DataViewSchema Schema => schema;

    public bool CanShuffle => false;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = ActiveColumns.Of(schema, columnsNeeded);
        return new Cursor(schema, columns.Select((column, i) => active[i] ? column.MakeCell(format) : null).ToArray(),
            new TextFields(format, columns.Where((_, i) => active[i]).Select(column => column.Fields.Max() + 1).DefaultIfEmpty().Max()),
            format.Lines(source).GetEnumerator(), format.MaxRows);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewSchema schema, TextCell[] cells, TextFields fields, IEnumerator<string> lines, long maxRows) : DataViewRowCursor
    {
        private long _position = -1;
        private bool _done;

        public override DataViewSchema Schema => schema;

        public override long Position => _position;

        public override long Batch => 0;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
        {
            Contracts.Check(_position >= 0, "Values cannot be fetched before the first row or after the last.");
            id = new DataViewRowId((ulong)_position, 0);
        };

        public override bool IsColumnActive(DataViewSchema.Column column) => cells[column.Index] != null;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => cells[column.Index] is { } cell ? ActiveColumns.Typed<TValue>(cell.Getter, column) : throw ActiveColumns.Inactive(column);

        public override bool MoveNext()
        {
            if (_done)
                return false;
            if (_position + 1 >= maxRows || !lines.MoveNext())
            {
                Dispose();
                return false;
            }
            _position++;
            fields.Parse(lines.Current);
            foreach (var cell in cells)
                cell?.Read(fields, _position + 1);
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (_done || !disposing)
                return;
            _done = true;
            _position = -1;
            lines.Dispose();
        }
    }
}
