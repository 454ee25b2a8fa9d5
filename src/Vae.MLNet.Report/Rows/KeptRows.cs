using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Report.Rows;

/// <summary>
/// Some rows of a view, in memory and in their order: all of them, or of more than there is room for a random choice (reservoir sampling: Vitter, 1985, algorithm R). The source is read once. Rows keep their ids
/// and positions, so that draws and errors are those of the source.
/// </summary>
internal sealed class KeptRows : IDataView
{
    private readonly KeptColumn[] _columns;
    private readonly long[] _positions;
    private readonly DataViewRowId[] _ids;

    private KeptRows(DataViewSchema schema, KeptColumn[] columns, long[] positions, DataViewRowId[] ids, long total) =>
        (Schema, _columns, _positions, _ids, TotalCount) = (schema, columns, positions, ids, total);

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    /// <summary>Rows in memory.</summary>
    public int Count => _positions.Length;

    /// <summary>Rows of the source.</summary>
    public long TotalCount { get; }

    /// <summary>Where each row is in the source, from 0.</summary>
    public IReadOnlyList<long> Positions => _positions;

    /// <param name="source">The rows.</param>
    /// <param name="columns">The columns of its schema that are kept.</param>
    /// <param name="most">How many rows are kept at most.</param>
    /// <param name="seed">Of the choice.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public static KeptRows Read(IDataView source, IReadOnlyList<DataViewSchema.Column> columns, int most, int seed, CancellationToken cancellationToken)
    {
        using DataViewRowCursor cursor = source.GetRowCursor(columns);
        KeptColumn[] kept = [.. columns.Select(column => KeptColumn.Of(cursor, column))];
        ValueGetter<DataViewRowId> idOf = cursor.GetIdGetter();
        List<long> positions = [];
        List<DataViewRowId> ids = [];
        var random = new Random(seed);
        long total = 0;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            long place = total < most ? total : random.NextInt64(total + 1);
            total++;
            if (place >= most)
            {
                continue;
            }
            DataViewRowId id = default;
            idOf(ref id);
            if (place == positions.Count)
            {
                positions.Add(0);
                ids.Add(default);
            }
            (positions[(int)place], ids[(int)place]) = (total - 1, id);
            foreach (KeptColumn column in kept)
            {
                column.Keep((int)place);
            }
        }
        int[] order = [.. Enumerable.Range(0, positions.Count).OrderBy(place => positions[place])];
        foreach (KeptColumn column in kept)
        {
            column.Reorder(order);
        }
        var schema = new DataViewSchema.Builder();
        foreach (DataViewSchema.Column column in columns)
        {
            schema.AddColumn(column.Name, column.Type, column.Annotations);
        }
        return new KeptRows(schema.ToSchema(), kept, [.. order.Select(place => positions[place])], [.. order.Select(place => ids[place])], total);
    }

    public long? GetRowCount() => Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this, columnsNeeded);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor(KeptRows rows, IEnumerable<DataViewSchema.Column> needed) : DataViewRowCursor
    {
        private readonly HashSet<int> _active = [.. needed.Select(column => column.Index)];
        private int _row = -1;

        public override DataViewSchema Schema => rows.Schema;

        public override long Position => _row < 0 ? -1 : rows._positions[_row];

        public override long Batch => 0;

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override bool MoveNext() => ++_row < rows.Count;

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = rows._ids[_row];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
            ? rows._columns[column.Index].Getter<TValue>(() => _row)
            : throw new ArgumentException($"Column '{column.Name}' is not active: it was not among the columns asked for.", nameof(column));
    }
}
