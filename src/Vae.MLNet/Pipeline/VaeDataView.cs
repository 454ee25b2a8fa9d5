using Microsoft.ML;

namespace Vae.MLNet.Pipeline;

/// <summary>A view on the rows of a source with a transformer's columns added. Nothing is computed before a cursor is read.</summary>
internal sealed class VaeDataView(IDataView source, RowBinding binding) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => binding.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ActiveColumns active = binding.Activate(columnsNeeded);
        return CursorOver(source.GetRowCursor(binding.SourceColumnsFor(active), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        ActiveColumns active = binding.Activate(columnsNeeded);
        return [.. source.GetRowCursorSet(binding.SourceColumnsFor(active), n, rand).Select(cursor => CursorOver(cursor, active))];
    }

    private DataViewRowCursor CursorOver(DataViewRowCursor cursor, ActiveColumns active) => active.Outputs.Count == 0
        ? new ForwardingCursor(cursor, binding, active)
        : new BatchingCursor(cursor, binding, active);
}
