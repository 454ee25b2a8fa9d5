using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Objects as a table. Nothing is read before a cursor moves.</summary>
internal sealed class EnumerableView<TRow> : IDataView where TRow : class
{
    private readonly IEnumerable<TRow> _data;
    private readonly MemberColumn[] _columns;

    public EnumerableView(IEnumerable<TRow> data, SchemaDefinition definition)
    {
        _data = data;
        _columns = MemberColumn.Of(typeof(TRow), definition);
        Schema = MemberColumn.Schema(_columns);
    }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public long? GetRowCount() => (_data as ICollection<TRow>)?.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new Cursor(new ObjectRow<TRow>(Schema, _columns, ActiveColumns.Of(Schema, columnsNeeded)), _data.GetEnumerator());

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(ObjectRow<TRow> row, IEnumerator<TRow> objects) : DataViewRowCursor
    {
        private bool _done;

        public override DataViewSchema Schema => row.Schema;

        public override long Position => _done ? -1 : row.Position;

        public override long Batch => 0;

        public override ValueGetter<DataViewRowId> GetIdGetter() => row.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => row.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);

        public override bool MoveNext()
        {
            if (_done)
                return false;
            if (objects.MoveNext())
            {
                Contracts.Check(objects.Current != null, "Encountered null when iterating over data, this is not supported.");
                row.Show(objects.Current);
                return true;
            }
            Dispose();
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (_done || !disposing)
                return;
            _done = true;
            row.Hide();
            objects.Dispose();
        }
    }
}

/// <summary>One object as a row.</summary>
internal sealed class ObjectRow<TRow> : DataViewRow where TRow : class
{
    private readonly Delegate[] _getters;
    private TRow _current;
    private long _position = -1;

    public ObjectRow(DataViewSchema schema, MemberColumn[] columns, bool[] active)
    {
        Schema = schema;
        _getters = columns.Select((column, i) => active[i] ? Generic.Call<Delegate>(MakeGetter<int>, RowMembers.TypeOf(column.Member), column) : null).ToArray();
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    private TRow Current => _current ?? throw new InvalidOperationException("Values cannot be fetched before the first row or after the last.");

    public void Show(TRow row)
    {
        _current = row;
        _position++;
    }

    public void Hide() => _current = null;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
    {
        Contracts.Check(_current != null, "Values cannot be fetched before the first row or after the last.");
        id = new DataViewRowId((ulong)_position, 0);
    };

    public override bool IsColumnActive(DataViewSchema.Column column)
        => column.Index < _getters.Length ? _getters[column.Index] != null : throw new InvalidOperationException("The column is not in the schema.");

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Contracts.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
        return ActiveColumns.Typed<TValue>(_getters[column.Index], column);
    }

    private Delegate MakeGetter<T>(MemberColumn column)
    {
        var read = RowMembers.Reader<TRow, T>(column.Member);
        return MemberValues.MakeGetter(() => read(Current), column.Type);
    }
}

/// <summary>Fills objects from the rows of one schema.</summary>
internal sealed class RowWriter<TRow> where TRow : class
{
    private readonly List<(MemberColumn Member, DataViewSchema.Column Column)> _columns = [];

    public RowWriter(DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition)
    {
        foreach (var member in MemberColumn.Of(typeof(TRow), definition ?? SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Write)))
        {
            if (schema.GetColumnOrNull(member.Name) is not { } column)
            {
                if (ignoreMissingColumns)
                    continue;
                throw Contracts.MissingColumn("Schema", "", member.Name);
            }
            var (isVector, item) = RowMembers.ItemOf(member.Member);
            Contracts.Check(isVector == column.Type is VectorDataViewType && column.Type.ItemType().RawType == item,
                $"Can't bind the IDataView column '{column.Name}' of type '{column.Type}' to field or property '{member.Member.Name}' of type '{RowMembers.TypeOf(member.Member).FullName}'.");
            _columns.Add((member, column));
        }
    }

    public IEnumerable<DataViewSchema.Column> Columns => _columns.Select(pair => pair.Column);

    public Action<TRow> Bind(DataViewRow row)
    {
        var setters = _columns.Select(pair => Generic.Call<Action<TRow>>(MakeSetter<int>, RowMembers.TypeOf(pair.Member.Member), row, pair.Member, pair.Column)).ToArray();
        return target =>
        {
            foreach (var set in setters)
                set(target);
        };
    }

    private static Action<TRow> MakeSetter<T>(DataViewRow row, MemberColumn member, DataViewSchema.Column column)
        => MemberValues.MakeSetter(row, column, RowMembers.Reader<TRow, T>(member.Member), RowMembers.Writer<TRow, T>(member.Member));
}
