using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The columns that a row-to-row transformer adds to one input schema.</summary>
internal abstract class RowMapping(DataViewSchema input)
{
    public DataViewSchema Input => input;

    public abstract DataViewSchema.DetachedColumn[] Added { get; }

    /// <summary>The input columns that an added column is computed from.</summary>
    public abstract IEnumerable<int> Sources(int added);

    public abstract Delegate MakeGetter(DataViewRow row, int added);

    /// <summary>The getters of the wanted columns; overridden where several share one computation.</summary>
    public virtual Delegate[] MakeGetters(DataViewRow row, Func<int, bool> wanted)
        => Added.Select((_, i) => wanted(i) ? MakeGetter(row, i) : null).ToArray();
}

/// <summary>Where the input's and the added columns are in the output: an added column directly after the column that it hides, else at the end.</summary>
internal sealed class RowBinding : IRowToRowMapper
{
    private readonly RowMapping _mapping;
    private readonly List<int> _places = [];

    public RowBinding(RowMapping mapping)
    {
        _mapping = mapping;
        var added = mapping.Added;
        _places.AddRange(Enumerable.Range(0, InputSchema.Count));
        for (int i = 0; i < added.Length; i++)
        {
            int hidden = _places.FindLastIndex(place => Column(place).Name == added[i].Name);
            _places.Insert(hidden >= 0 ? hidden + 1 : _places.Count, ~i);
        }
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(_places.Select(Column));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema => _mapping.Input;

    public DataViewSchema OutputSchema { get; }

    /// <summary>The input column behind an output column, or the complement of the added column.</summary>
    public int Place(int output) => _places[output];

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var needed = new bool[InputSchema.Count];
        foreach (int place in dependingColumns.Select(column => _places[column.Index]))
        {
            if (place >= 0)
                needed[place] = true;
            else
                foreach (int source in _mapping.Sources(~place))
                    needed[source] = true;
        }
        return InputSchema.Where(column => needed[column.Index]).ToArray();
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        Contracts.Check(input.Schema == InputSchema, "Schema of input row must be the same as the schema the mapper is bound to");
        return new Row(this, input, ActiveColumns.Of(OutputSchema, activeColumns));
    }

    public DataViewRowCursor GetCursor(DataViewRowCursor input, bool[] active) => new Cursor(this, input, active);

    private DataViewSchema.DetachedColumn Column(int place)
        => place >= 0 ? new DataViewSchema.DetachedColumn(InputSchema[place]) : _mapping.Added[~place];

    private Delegate[] MakeGetters(DataViewRow input, bool[] active)
    {
        var getters = _mapping.MakeGetters(input, added => active[_places.IndexOf(~added)]);
        return _places.Select(place => place < 0 ? getters[~place] : null).ToArray();
    }

    private ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column, DataViewRow input, Delegate[] getters, bool[] active)
    {
        if (!active[column.Index])
            throw ActiveColumns.Inactive(column);
        int place = _places[column.Index];
        return place >= 0 ? input.GetGetter<TValue>(InputSchema[place]) : ActiveColumns.Typed<TValue>(getters[column.Index], column);
    }

    private sealed class Row(RowBinding binding, DataViewRow input, bool[] active) : DataViewRow
    {
        private readonly Delegate[] _getters = binding.MakeGetters(input, active);

        public override DataViewSchema Schema => binding.OutputSchema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => binding.GetGetter<TValue>(column, input, _getters, active);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
        }
    }

    private sealed class Cursor(RowBinding binding, DataViewRowCursor input, bool[] active) : LinkedCursor(input)
    {
        private readonly Delegate[] _getters = binding.MakeGetters(input, active);

        public override DataViewSchema Schema => binding.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => binding.GetGetter<TValue>(column, Input, _getters, active);
    }
}

/// <summary>A table with the columns of a row-to-row transformer.</summary>
internal sealed class RowToRowView(IDataView source, RowBinding binding) : IDataView
{
    public DataViewSchema Schema => binding.OutputSchema;

    public bool CanShuffle => source.CanShuffle;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = ActiveColumns.Of(Schema, columnsNeeded);
        return binding.GetCursor(source.GetRowCursor(binding.GetDependencies(Schema.Where(c => active[c.Index])), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        var active = ActiveColumns.Of(Schema, columnsNeeded);
        var inputs = source.GetRowCursorSet(binding.GetDependencies(Schema.Where(c => active[c.Index])), n, rand);
        return Array.ConvertAll(inputs, input => binding.GetCursor(input, active));
    }
}
