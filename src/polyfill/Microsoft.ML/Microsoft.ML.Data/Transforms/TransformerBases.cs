using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A transformer that adds columns to a row, looking at no other row.</summary>
public abstract class RowToRowTransformerBase : ITransformer
{
    private protected RowToRowTransformerBase(IHost host) => Host = host;

    private protected IHost Host { get; }

    bool ITransformer.IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => BindRows(inputSchema).OutputSchema;

    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new RowToRowView(input, BindRows(input.Schema));
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => BindRows(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ctx);

    private protected abstract RowMapping Bind(DataViewSchema inputSchema);

    private protected abstract void Save(ModelSaveContext ctx);

    private RowBinding BindRows(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new RowBinding(Bind(inputSchema));
    }
}

/// <summary>A transformer that makes each output column from one input column.</summary>
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    private protected OneToOneTransformerBase(IHost host, InputOutputColumnPair[] pairs) : base(host)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var names = new HashSet<string>();
        foreach (var pair in pairs)
            Contracts.CheckParam(names.Add(pair.OutputColumnName), nameof(pairs), $"Name of the result column '{pair.OutputColumnName}' specified multiple times");
        Pairs = pairs;
    }

    private protected OneToOneTransformerBase(IHost host, ModelLoadContext ctx) : this(host, LoadPairs(ctx))
    {
    }

    private protected InputOutputColumnPair[] Pairs { get; }

    private protected void SavePairs(ModelSaveContext ctx)
    {
        ctx.Writer.Write(Pairs.Length);
        foreach (var pair in Pairs)
        {
            ctx.SaveNonEmptyString(pair.OutputColumnName);
            ctx.SaveNonEmptyString(pair.InputColumnName);
        }
    }

    private static InputOutputColumnPair[] LoadPairs(ModelLoadContext ctx)
    {
        var pairs = new InputOutputColumnPair[ctx.LoadCount(2 * sizeof(int))];
        for (int i = 0; i < pairs.Length; i++)
            pairs[i] = new InputOutputColumnPair(ctx.LoadNonEmptyString(), ctx.LoadNonEmptyString());
        return pairs;
    }

    /// <summary>The mapping of one input column to each output column.</summary>
    private protected abstract class OneToOneMapping : RowMapping
    {
        private readonly DataViewSchema.Column[] _sources;
        private readonly InputOutputColumnPair[] _pairs;
        private DataViewSchema.DetachedColumn[] _added;

        protected OneToOneMapping(OneToOneTransformerBase parent, DataViewSchema input) : base(input)
        {
            _pairs = parent.Pairs;
            _sources = Array.ConvertAll(_pairs, pair => input.RequireColumn(pair.InputColumnName));
        }

        public override DataViewSchema.DetachedColumn[] Added => _added ??= _sources.Select((source, i) =>
        {
            var (type, annotations) = Describe(source, i);
            return new DataViewSchema.DetachedColumn(_pairs[i].OutputColumnName, type, annotations);
        }).ToArray();

        public override IEnumerable<int> Sources(int added) => [_sources[added].Index];

        public override Delegate MakeGetter(DataViewRow row, int added) => MakeGetter(row, Input[_sources[added].Index], added);

        protected abstract (DataViewType Type, DataViewSchema.Annotations Annotations) Describe(DataViewSchema.Column source, int pair);

        protected abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source, int pair);

        protected static DataViewSchema.Annotations SlotNamesOf(DataViewSchema.Column source) => SlotNamesBuilder(source).ToAnnotations();

        protected static DataViewSchema.Annotations.Builder SlotNamesBuilder(DataViewSchema.Column source)
        {
            var builder = new DataViewSchema.Annotations.Builder();
            builder.Add(source.Annotations, kind => kind == AnnotationKinds.SlotNames);
            return builder;
        }
    }
}

/// <summary>An estimator that has nothing to learn.</summary>
public abstract class TrivialEstimator<TTransformer> : IEstimator<TTransformer> where TTransformer : class, ITransformer
{
    private protected TrivialEstimator(TTransformer transformer) => Transformer = transformer;

    private protected TTransformer Transformer { get; }

    public TTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        // A wrong schema is an error now, not when the rows are pulled.
        Transformer.GetOutputSchema(input.Schema);
        return Transformer;
    }

    public abstract SchemaShape GetOutputSchema(SchemaShape inputSchema);
}

/// <summary>Schema shapes with columns replaced or added.</summary>
internal static class SchemaShapes
{
    public static SchemaShape With(this SchemaShape shape, IEnumerable<SchemaShape.Column> columns)
    {
        var all = shape.ToDictionary(column => column.Name);
        foreach (var column in columns)
            all[column.Name] = column;
        return new SchemaShape(all.Values);
    }
}
