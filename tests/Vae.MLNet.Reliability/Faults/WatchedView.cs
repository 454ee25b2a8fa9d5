using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>What is asked of a source.</summary>
internal enum Touch
{
    Cursor,
    Row,
    Value,
    Id,
}

/// <summary>Somebody's rows, with a look at every question before it is answered: who looks may throw, or do something.</summary>
/// <param name="source">The rows.</param>
/// <param name="touched">Looks; for any number of threads at a time.</param>
internal sealed class WatchedView(IDataView source, Action<Touch> touched) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        touched(Touch.Cursor);
        return new Cursor(source.GetRowCursor(columnsNeeded, rand), touched);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        touched(Touch.Cursor);
        return [.. source.GetRowCursorSet(columnsNeeded, n, rand).Select(cursor => new Cursor(cursor, touched))];
    }

    private sealed class Cursor(DataViewRowCursor source, Action<Touch> touched) : DataViewRowCursor
    {
        public override DataViewSchema Schema => source.Schema;

        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override bool MoveNext()
        {
            touched(Touch.Row);
            return source.MoveNext();
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            ValueGetter<TValue> getter = source.GetGetter<TValue>(column);
            return (ref TValue value) =>
            {
                touched(Touch.Value);
                getter(ref value);
            };
        }

        public override ValueGetter<DataViewRowId> GetIdGetter()
        {
            ValueGetter<DataViewRowId> getter = source.GetIdGetter();
            return (ref DataViewRowId value) =>
            {
                touched(Touch.Id);
                getter(ref value);
            };
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                source.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
