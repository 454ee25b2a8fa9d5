using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(NormalizingTransformer), typeof(NormalizingTransformer), null, typeof(SignatureLoadModel), "", NormalizingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Learns a scale and an offset for every slot of columns of single or double precision.</summary>
public sealed class NormalizingEstimator : IEstimator<NormalizingTransformer>
{
    private readonly IHost _host;
    private readonly InputOutputColumnPair[] _pairs;
    private readonly NormalizerOptions _options;

    internal NormalizingEstimator(IHostEnvironment env, InputOutputColumnPair[] pairs, NormalizerOptions options)
    {
        _host = env.Register(nameof(NormalizingEstimator));
        ArgumentNullException.ThrowIfNull(pairs, "columns");
        Contracts.CheckParam(options.MaximumExampleCount > 1, "maximumExampleCount", "Must be greater than 1");
        _pairs = pairs;
        _options = options;
    }

    public NormalizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var sources = Array.ConvertAll(_pairs, pair => input.Schema.RequireColumn(pair.InputColumnName, "data"));
        foreach (var source in sources)
            NormalizingTransformer.CheckType(source, "data");
        using var cursor = input.GetRowCursor(sources.DistinctBy(source => source.Index));
        var aggregators = Array.ConvertAll(sources, source => SlotAggregator.Create(_options.Kind, cursor, source));
        for (long rows = 0; rows < _options.MaximumExampleCount && cursor.MoveNext(); rows++)
        {
            _host.CheckAlive();
            foreach (var aggregator in aggregators)
                aggregator.Read();
        }
        return new NormalizingTransformer(_host, _pairs, Array.ConvertAll(aggregators, aggregator => aggregator.Finish(_options.FixZero)));
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(_pairs.Select(pair =>
        {
            var source = inputSchema.RequireColumn(pair.InputColumnName);
            if (source.Kind == SchemaShape.Column.VectorKind.VariableVector)
                throw Contracts.WrongColumn(nameof(inputSchema), "input", source.Name, "known-size vector or scalar", source.TypeString);
            if (!source.ItemType.Equals(NumberDataViewType.Single) && !source.ItemType.Equals(NumberDataViewType.Double))
                throw Contracts.WrongColumn(nameof(inputSchema), "input", source.Name, "vector or scalar of Single or Double", source.TypeString);
            var slotNames = source.Annotations.Where(annotation => annotation.Name == AnnotationKinds.SlotNames);
            return new SchemaShape.Column(pair.OutputColumnName, source.Kind, source.ItemType, source.IsKey, new SchemaShape(slotNames.Prepend(AnnotationKinds.NormalizedShape)));
        }));
    }
}

/// <summary>What a normaliser learns from.</summary>
internal enum NormalizerKind
{
    MinMax,
    MeanVariance
}

/// <summary>How a normaliser learns.</summary>
internal sealed record NormalizerOptions(NormalizerKind Kind, long MaximumExampleCount, bool FixZero);

/// <summary>Takes from every slot its offset and multiplies by its scale.</summary>
public sealed class NormalizingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "Normalizer";

    private readonly AffineMap[] _maps;

    internal NormalizingTransformer(IHostEnvironment env, InputOutputColumnPair[] pairs, AffineMap[] maps) : base(env.Register(nameof(NormalizingTransformer)), pairs)
        => _maps = maps;

    private NormalizingTransformer(IHost host, ModelLoadContext ctx) : base(host, ctx)
        => _maps = Array.ConvertAll(Pairs, _ => AffineMap.Load(ctx.Reader));

    private static VersionInfo Version => VersionInfo.Of<NormalizingTransformer>("NORMALZR", LoaderSignature);

    public NormalizerModelParametersBase GetNormalizerModelParameters(int index) => _maps[index].Parameters;

    internal static void CheckType(DataViewSchema.Column source, string parameter)
    {
        const string expected = "scalar or known-size vector of Single";
        if (source.Type is VectorDataViewType { IsKnownSize: false })
            throw Contracts.WrongColumn(parameter, "input", source.Name, expected, "variable-size vector");
        if (source.Type.ItemType() is var item && !item.Equals(NumberDataViewType.Single) && !item.Equals(NumberDataViewType.Double))
            throw Contracts.WrongColumn(parameter, "input", source.Name, expected, source.Type);
    }

    private static NormalizingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new NormalizingTransformer(env.Register(nameof(NormalizingTransformer)), ctx);
    }

    private protected override void Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        foreach (var map in _maps)
            map.Save(ctx.Writer);
    }

    private protected override RowMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema);

    private sealed class Mapping(NormalizingTransformer parent, DataViewSchema input) : OneToOneMapping(parent, input)
    {
        private readonly NormalizingTransformer _parent = parent;

        protected override (DataViewType, DataViewSchema.Annotations) Describe(DataViewSchema.Column source, int pair)
        {
            CheckType(source, "inputSchema");
            var annotations = new DataViewSchema.Annotations.Builder();
            annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
            annotations.Add(source.Annotations, kind => kind == AnnotationKinds.SlotNames);
            return (_parent._maps[pair].Type, annotations.ToAnnotations());
        }

        protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source, int pair) => _parent._maps[pair].MakeGetter(row, source);
    }

    /// <summary>What was learned for one column.</summary>
    public abstract class NormalizerModelParametersBase
    {
        private protected NormalizerModelParametersBase()
        {
        }
    }

    /// <summary>The scale and the offset: numbers for a scalar column, immutable arrays for a vector (the offsets empty where none is needed).</summary>
    public sealed class AffineNormalizerModelParameters<TData> : NormalizerModelParametersBase
    {
        internal AffineNormalizerModelParameters(TData scale, TData offset)
        {
            Scale = scale;
            Offset = offset;
        }

        public TData Scale { get; }

        public TData Offset { get; }
    }
}
