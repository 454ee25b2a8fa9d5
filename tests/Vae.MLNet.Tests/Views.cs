using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A view that forwards to another one.</summary>
internal abstract class ForwardingView(IDataView source) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public virtual long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        Wrap(source.GetRowCursor(columnsNeeded, rand), [.. columnsNeeded]);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. source.GetRowCursorSet(columnsNeeded, n, rand).Select(cursor => Wrap(cursor, [.. columnsNeeded]))];

    protected virtual DataViewRowCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] columns) => cursor;
}

/// <summary>Does not know how many rows it has.</summary>
internal sealed class UncountedView(IDataView source) : ForwardingView(source)
{
    public override long? GetRowCount() => null;
}

/// <summary>Counts what is asked of it.</summary>
internal sealed class CountingView(IDataView source) : ForwardingView(source)
{
    public int CursorsOpened { get; private set; }

    public int RowsRead { get; private set; }

    public string[] LastColumns { get; private set; } = [];

    protected override DataViewRowCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] columns)
    {
        CursorsOpened++;
        RowsRead = 0;
        LastColumns = [.. columns.Select(column => column.Name)];
        return new ObservedCursor(cursor, () => RowsRead++);
    }
}

/// <summary>Calls back for every row, which may throw.</summary>
internal sealed class ObservedView(IDataView source, Action onRow) : ForwardingView(source)
{
    protected override DataViewRowCursor Wrap(DataViewRowCursor cursor, DataViewSchema.Column[] columns) => new ObservedCursor(cursor, onRow);
}

internal sealed class ObservedCursor(DataViewRowCursor source, Action onRow) : DataViewRowCursor
{
    public override DataViewSchema Schema => source.Schema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override bool MoveNext()
    {
        bool moved = source.MoveNext();
        if (moved)
        {
            onRow();
        }
        return moved;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => source.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
        }
        base.Dispose(disposing);
    }
}
