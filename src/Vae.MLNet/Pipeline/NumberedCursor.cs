using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Pipeline;

/// <summary>
/// One of several cursors that share the rows of a view. Each counts its own rows; the position here is the number that a row has among
/// all, where its id says it, so that an error names the row.
/// </summary>
internal sealed class NumberedCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _source;
    private readonly ValueGetter<DataViewRowId> _id;

    public NumberedCursor(DataViewRowCursor source) => (_source, _id) = (source, source.GetIdGetter());

    public override DataViewSchema Schema => _source.Schema;

    public override long Position
    {
        get
        {
            DataViewRowId id = default;
            _id(ref id);
            return id.High == 0 && id.Low <= long.MaxValue ? (long)id.Low : _source.Position;
        }
    }

    public override long Batch => _source.Batch;

    public override bool MoveNext() => _source.MoveNext();

    public override bool IsColumnActive(DataViewSchema.Column column) => _source.IsColumnActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _source.GetGetter<TValue>(column);

    public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }
        base.Dispose(disposing);
    }
}
