using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ColumnSelectingTransformer), typeof(ColumnSelectingTransformer), null, typeof(SignatureLoadModel), "", ColumnSelectingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Keeps or drops columns.</summary>
public sealed class ColumnSelectingEstimator : TrivialEstimator<ColumnSelectingTransformer>
{
    internal ColumnSelectingEstimator(IHostEnvironment env, string[] names, bool keep, bool keepHidden)
        : base(new ColumnSelectingTransformer(env, names, keep, keepHidden))
    {
        env.Draw(hosts: 1);
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        Transformer.CheckNames(inputSchema.Select(column => column.Name), nameof(inputSchema));
        return new SchemaShape(inputSchema.Where(column => Transformer.Keeps(column.Name)));
    }
}

/// <summary>Keeps or drops columns.</summary>
public sealed class ColumnSelectingTransformer : ITransformer
{
    internal const string LoaderSignature = "SelectColumnsTransform";

    private readonly string[] _names;
    private readonly bool _keep;
    private readonly bool _keepHidden;

    internal ColumnSelectingTransformer(IHostEnvironment env, string[] names, bool keep, bool keepHidden)
    {
        env.Register(nameof(ColumnSelectingTransformer));
        Contracts.Check(names is { Length: > 0 }, "Neither the columns to keep nor the columns to drop are set. Exactly one must be specified.");
        _names = names;
        _keep = keep;
        _keepHidden = keepHidden;
    }

    bool ITransformer.IsRowToRowMapper => true;

    private static VersionInfo Version => VersionInfo.Of<ColumnSelectingTransformer>("SELCOLST", LoaderSignature);

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Bind(inputSchema, nameof(inputSchema)).OutputSchema;
    }

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new View(input, Bind(input.Schema, nameof(input)));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Bind(inputSchema, nameof(inputSchema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        ctx.Writer.Write(_keep);
        ctx.Writer.Write(_keepHidden);
        ctx.Writer.Write(_names.Length);
        foreach (string name in _names)
            ctx.SaveNonEmptyString(name);
    }

    internal bool Keeps(string name) => _names.Contains(name) == _keep;

    internal void CheckNames(IEnumerable<string> available, string parameter)
    {
        var missing = _names.Except(available).ToArray();
        if (missing.Length > 0)
            throw Contracts.MissingColumn(parameter, "input", string.Join(",", missing));
    }

    private static ColumnSelectingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        bool keep = ctx.Reader.ReadBoolean(), keepHidden = ctx.Reader.ReadBoolean();
        var names = new string[ctx.LoadCount(sizeof(int))];
        for (int i = 0; i < names.Length; i++)
            names[i] = ctx.LoadNonEmptyString();
        Contracts.CheckDecode(names.Length > 0, "A column selection in the model file is empty.");
        return new ColumnSelectingTransformer(env, names, keep, keepHidden);
    }

    private Mapper Bind(DataViewSchema input, string parameter)
    {
        CheckNames(input.Select(column => column.Name), parameter);
        // What is kept comes in the order that was asked for; what is left after dropping stays as it was, hidden columns too.
        var chosen = _keep ? _names.SelectMany(name => input.Where(column => column.Name == name && (_keepHidden || !column.IsHidden))) : input.Where(column => Keeps(column.Name));
        return new Mapper(input, chosen.ToArray());
    }

    private sealed class Mapper : IRowToRowMapper
    {
        private readonly DataViewSchema.Column[] _sources;

        public Mapper(DataViewSchema input, DataViewSchema.Column[] sources)
        {
            InputSchema = input;
            _sources = sources;
            var builder = new DataViewSchema.Builder();
            builder.AddColumns(sources);
            OutputSchema = builder.ToSchema();
        }

        public DataViewSchema InputSchema { get; }

        public DataViewSchema OutputSchema { get; }

        public DataViewSchema.Column Source(DataViewSchema.Column column) => _sources[column.Index];

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        {
            var needed = dependingColumns.Select(column => _sources[column.Index].Index).ToHashSet();
            return InputSchema.Where(column => needed.Contains(column.Index)).ToArray();
        }

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns) => new Row(this, input);
    }

    private sealed class Row(Mapper mapper, DataViewRow input) : DataViewRow
    {
        public override DataViewSchema Schema => mapper.OutputSchema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => input.GetGetter<TValue>(mapper.Source(column));

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                input.Dispose();
        }
    }

    private sealed class View(IDataView source, Mapper mapper) : IDataView
    {
        public DataViewSchema Schema => mapper.OutputSchema;

        public bool CanShuffle => source.CanShuffle;

        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        {
            var active = ActiveColumns.Of(Schema, columnsNeeded);
            return new Cursor(mapper, source.GetRowCursor(mapper.GetDependencies(Schema.Where(c => active[c.Index])), rand), active);
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        {
            var active = ActiveColumns.Of(Schema, columnsNeeded);
            return Array.ConvertAll(source.GetRowCursorSet(mapper.GetDependencies(Schema.Where(c => active[c.Index])), n, rand), DataViewRowCursor (input) => new Cursor(mapper, input, active));
        }
    }

    private sealed class Cursor(Mapper mapper, DataViewRowCursor input, bool[] active) : LinkedCursor(input)
    {
        public override DataViewSchema Schema => mapper.OutputSchema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => active[column.Index] ? Input.GetGetter<TValue>(mapper.Source(column)) : throw ActiveColumns.Inactive(column);
    }
}
