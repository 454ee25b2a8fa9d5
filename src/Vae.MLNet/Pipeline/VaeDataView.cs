using Microsoft.ML;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Pipeline;

/// <summary>A view on the rows of a source with a transformer's columns added. Nothing is computed before a cursor is read.</summary>
internal sealed class VaeDataView(IDataView source, RowBinding binding) : IDataView
{
    // More would keep the first row waiting.
    private const int MostParts = 8;

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => binding.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ActiveColumns active = binding.Activate(columnsNeeded);
        return CursorOver(source.GetRowCursor(binding.SourceColumnsFor(active), rand), active, cursors: 1);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        ActiveColumns active = binding.Activate(columnsNeeded);
        DataViewRowCursor[] cursors = source.GetRowCursorSet(binding.SourceColumnsFor(active), n, rand);
        return [.. cursors.Select(cursor => CursorOver(cursor, active, cursors.Length))];
    }

    // The cursors of a set are read at the same time, and share the cores.
    private DataViewRowCursor CursorOver(DataViewRowCursor cursor, ActiveColumns active, int cursors) => active.Outputs.Count == 0
        ? new ForwardingCursor(cursor, binding, active)
        : new BatchingCursor(
            cursors == 1 ? cursor : new NumberedCursor(cursor), binding, active, Math.Clamp(ComputeThreads.Total / cursors, 1, MostParts));
}
