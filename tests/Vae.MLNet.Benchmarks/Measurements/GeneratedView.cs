using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>Writes the values of one row.</summary>
internal delegate void RowWriter(long row, Span<float> values);

/// <summary>A view of one vector column whose rows are made while they are read, by any number of cursors at a time.</summary>
internal sealed class GeneratedView : IDataView
{
    public const string Column = "Features";

    // Rows of one cursor between those of another.
    private const int RowsPerBatch = 1024;

    private readonly long _count;
    private readonly int _width;
    private readonly RowWriter _write;

    public GeneratedView(long count, int width, RowWriter write)
    {
        (_count, _width, _write) = (count, width, write);
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(Column, new VectorDataViewType(NumberDataViewType.Single, width));
        Schema = schema.ToSchema();
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded.Any(), 0, 1);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        bool active = columnsNeeded.Any();
        int cursors = Math.Max(n, 1);
        return [.. Enumerable.Range(0, cursors).Select(first => new Cursor(this, active, first, cursors))];
    }

    /// <summary>Reads every so many batches.</summary>
    private sealed class Cursor(GeneratedView view, bool active, int firstBatch, int cursors) : DataViewRowCursor
    {
        private long _row = (long)firstBatch * RowsPerBatch - 1;
        private long _position = -1;

        public override DataViewSchema Schema => view.Schema;

        public override long Position => _position;

        public override long Batch => _row / RowsPerBatch;

        public override bool MoveNext()
        {
            _row++;
            if (_position >= 0 && _row % RowsPerBatch == 0)
            {
                _row += (cursors - 1L) * RowsPerBatch;
            }
            bool moved = _row < view._count;
            _position = moved ? _position + 1 : -1;
            return moved;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active && column.Index == 0;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> value) =>
            {
                VBufferEditor<float> editor = VBufferEditor.Create(ref value, view._width);
                view._write(_row, editor.Values);
                value = editor.Commit();
            };
            return (ValueGetter<TValue>)(Delegate)getter;
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_row, 0);
    }
}
