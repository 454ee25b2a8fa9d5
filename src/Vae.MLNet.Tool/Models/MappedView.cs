using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tool.Models;

/// <summary>
/// Rows of a view as a transformer maps them, one at a time and in the reader's thread. The view that <see
/// cref="ITransformer.Transform"/> gives would read its source ahead and in other threads: an error of the source would come wrapped in
/// one of ML.NET's, and the table would be further than the row that is asked for.
/// </summary>
internal sealed class MappedView : IDataView
{
    private readonly IDataView _source;
    private readonly IRowToRowMapper _mapper;

    private MappedView(IDataView source, IRowToRowMapper mapper) => (_source, _mapper) = (source, mapper);

    public bool CanShuffle => false;

    public DataViewSchema Schema => _mapper.OutputSchema;

    /// <summary>The rows of a view as a transformer gives them.</summary>
    public static IDataView Of(ITransformer transformer, IDataView source) =>
        transformer.IsRowToRowMapper ? new MappedView(source, transformer.GetRowToRowMapper(source.Schema)) : transformer.Transform(source);

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        DataViewRowCursor source = _source.GetRowCursor(_mapper.GetDependencies(needed));
        try
        {
            return new Cursor(source, _mapper.GetRow(source, needed));
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor source, DataViewRow row) : DataViewRowCursor
    {
        public override DataViewSchema Schema => row.Schema;

        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override bool MoveNext() => source.MoveNext();

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                row.Dispose();
                source.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
