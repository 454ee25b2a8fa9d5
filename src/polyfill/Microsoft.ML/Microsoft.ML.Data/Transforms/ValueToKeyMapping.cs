using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(ValueToKeyMappingTransformer), typeof(ValueToKeyMappingTransformer), null, typeof(SignatureLoadModel), "", ValueToKeyMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Collects the distinct values of columns and numbers them.</summary>
public sealed class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly IHost _host;
    private readonly InputOutputColumnPair[] _pairs;
    private readonly KeyOptions _options;

    internal ValueToKeyMappingEstimator(IHostEnvironment env, InputOutputColumnPair[] pairs, KeyOptions options)
    {
        _host = env.Register(nameof(ValueToKeyMappingEstimator));
        Contracts.CheckParam(pairs is { Length: > 0 }, "columns", "columns cannot be null or empty");
        Contracts.CheckParam(options.KeyData is null or { Schema.Count: 1 }, "keyData",
            $"If specified, this data view should contain only a single column containing the terms to map, but this had {options.KeyData?.Schema.Count} columns.");
        _pairs = pairs;
        _options = options;
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var channel = _host.Start("Training");
        Contracts.CheckParam(_options.KeyData != null || _options.MaximumNumberOfKeys > 0, "maximumNumberOfKeys", "Must be positive");
        var maps = KeyMap.Collect(_host, input, _pairs, _options);
        for (int i = 0; i < maps.Length; i++)
        {
            if (maps[i].Count == 0)
                channel.Warning(MessageSensitivity.Unknown, "Term map for output column '{0}' contains no entries.", _pairs[i].OutputColumnName);
        }
        return new ValueToKeyMappingTransformer(_host, _pairs, maps, _options.ValuesAsText);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(_pairs.Select(pair =>
        {
            var source = inputSchema.RequireColumn(pair.InputColumnName);
            var annotations = source.Annotations.Where(annotation => annotation.Name == AnnotationKinds.SlotNames)
                .Append(new SchemaShape.Column(AnnotationKinds.KeyValues, SchemaShape.Column.VectorKind.Vector, _options.ValuesAsText ? TextDataViewType.Instance : source.ItemType, source.IsKey && !_options.ValuesAsText));
            return new SchemaShape.Column(pair.OutputColumnName, source.Kind, NumberDataViewType.UInt32, true, new SchemaShape(annotations));
        }));
    }

    /// <summary>Whether keys are numbered as the values come, or in the values' own order.</summary>
    public enum KeyOrdinality : byte
    {
        ByOccurrence = 0,
        ByValue = 1
    }
}

/// <summary>How keys are collected.</summary>
internal sealed record KeyOptions(int MaximumNumberOfKeys, ValueToKeyMappingEstimator.KeyOrdinality Ordinality, bool ValuesAsText, IDataView KeyData);

/// <summary>Gives for each value its number; 0 for a value that was not seen.</summary>
public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "TermTransform";

    private readonly KeyMap[] _maps;
    private readonly bool _valuesAsText;

    internal ValueToKeyMappingTransformer(IHostEnvironment env, InputOutputColumnPair[] pairs, KeyMap[] maps, bool valuesAsText)
        : base(env.Register(nameof(ValueToKeyMappingTransformer)), pairs)
    {
        _maps = maps;
        _valuesAsText = valuesAsText;
    }

    private ValueToKeyMappingTransformer(IHost host, ModelLoadContext ctx) : base(host, ctx)
    {
        _valuesAsText = ctx.Reader.ReadBoolean();
        _maps = Array.ConvertAll(Pairs, _ => KeyMap.Load(ctx.Reader));
    }

    private static VersionInfo Version => VersionInfo.Of<ValueToKeyMappingTransformer>("TERMTRNF", LoaderSignature);

    private static ValueToKeyMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new ValueToKeyMappingTransformer(env.Register(nameof(ValueToKeyMappingTransformer)), ctx);
    }

    private protected override void Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        ctx.Writer.Write(_valuesAsText);
        foreach (var map in _maps)
            map.Save(ctx.Writer);
    }

    private protected override RowMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema);

    private sealed class Mapping(ValueToKeyMappingTransformer parent, DataViewSchema input) : OneToOneMapping(parent, input)
    {
        private readonly ValueToKeyMappingTransformer _parent = parent;

        protected override (DataViewType, DataViewSchema.Annotations) Describe(DataViewSchema.Column source, int pair)
        {
            var map = _parent._maps[pair];
            Contracts.Check(source.Type.ItemType().Equals(map.ItemType), $"Could not apply a map over type '{map.ItemType}' to column '{source.Name}' since it has type '{source.Type.ItemType()}'");
            var annotations = SlotNamesBuilder(source);
            if (map.Count > 0)
                map.AddKeyValues(annotations, _parent._valuesAsText);
            return (source.Type.WithItem(new KeyDataViewType(typeof(uint), Math.Max(1, map.Count))), annotations.ToAnnotations());
        }

        protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source, int pair) => _parent._maps[pair].MakeGetter(row, source);
    }
}
