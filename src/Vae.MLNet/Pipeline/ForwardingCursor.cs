using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Pipeline;

/// <summary>When none of our columns is asked for: the source's cursor under our schema.</summary>
internal sealed class ForwardingCursor(DataViewRowCursor source, RowBinding binding, ActiveColumns active) : DataViewRowCursor
{
    public override DataViewSchema Schema => binding.OutputSchema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override bool MoveNext() => source.MoveNext();

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        active.Require(column);
        return source.GetGetter<TValue>(binding.InputSchema[column.Index]);
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
