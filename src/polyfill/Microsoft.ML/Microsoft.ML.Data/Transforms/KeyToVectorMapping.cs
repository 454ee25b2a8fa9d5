using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToVectorMappingTransformer), typeof(KeyToVectorMappingTransformer), null, typeof(SignatureLoadModel), "", KeyToVectorMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Gives for each key a vector with a slot for every value that it may have, and a 1 in its own.</summary>
public sealed class KeyToVectorMappingEstimator : TrivialEstimator<KeyToVectorMappingTransformer>
{
    internal KeyToVectorMappingEstimator(IHostEnvironment env, InputOutputColumnPair[] pairs, bool outputCountVector)
        : base(new KeyToVectorMappingTransformer(env, pairs, outputCountVector))
    {
        env.Draw(hosts: 1);
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(Transformer.Columns.Select((pair, i) => Shape(pair.OutputColumnName, inputSchema.RequireColumn(pair.InputColumnName), Transformer.Counts(i))));
    }

    private static SchemaShape.Column Shape(string name, SchemaShape.Column source, bool counts)
    {
        bool variable = source.Kind == SchemaShape.Column.VectorKind.VariableVector;
        var annotations = new List<SchemaShape.Column>();
        if (source.Annotations.TryFind(AnnotationKinds.KeyValues, out var values) && values.ItemType is TextDataViewType && (!variable || (counts && source.IsKey)))
            annotations.Add(AnnotationKinds.TextVectorShape(AnnotationKinds.SlotNames));
        if (!counts && !variable)
            annotations.Add(new(AnnotationKinds.CategoricalSlotRanges, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Int32, false));
        if (!counts || source.Kind == SchemaShape.Column.VectorKind.Scalar)
            annotations.Add(AnnotationKinds.NormalizedShape);
        var kind = variable && !counts ? SchemaShape.Column.VectorKind.VariableVector : SchemaShape.Column.VectorKind.Vector;
        return new SchemaShape.Column(name, kind, NumberDataViewType.Single, false, new SchemaShape(annotations));
    }
}

/// <summary>Gives for each key a vector with a slot for every value that it may have, and a 1 in its own; a missing key has none.</summary>
public sealed class KeyToVectorMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToVectorTransform";

    private readonly bool[] _counts;

    internal KeyToVectorMappingTransformer(IHostEnvironment env, InputOutputColumnPair[] pairs, bool outputCountVector)
        : base(env.Register(nameof(KeyToVectorMappingTransformer)), pairs)
    {
        _counts = Array.ConvertAll(pairs, _ => outputCountVector);
    }

    private KeyToVectorMappingTransformer(IHost host, ModelLoadContext ctx) : base(host, ctx)
    {
        _counts = Array.ConvertAll(Pairs, _ => ctx.Reader.ReadBoolean());
    }

    internal InputOutputColumnPair[] Columns => Pairs;

    private static VersionInfo Version => VersionInfo.Of<KeyToVectorMappingTransformer>("KEY2VECT", LoaderSignature);

    /// <summary>Whether the keys of a vector are counted together, not each put into a part of its own.</summary>
    internal bool Counts(int pair) => _counts[pair];

    private static KeyToVectorMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new KeyToVectorMappingTransformer(env.Register(nameof(KeyToVectorMappingTransformer)), ctx);
    }

    private protected override void Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
        foreach (bool counts in _counts)
            ctx.Writer.Write(counts);
    }

    private protected override RowMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema);

    private sealed class Mapping(KeyToVectorMappingTransformer parent, DataViewSchema input) : OneToOneMapping(parent, input)
    {
        protected override (DataViewType, DataViewSchema.Annotations) Describe(DataViewSchema.Column source, int pair)
        {
            int slots = SlotsOf(source);
            var vector = source.Type as VectorDataViewType;
            bool counts = parent._counts[pair], isOne = counts || vector == null;
            var annotations = new DataViewSchema.Annotations.Builder();
            var type = new VectorDataViewType(NumberDataViewType.Single, isOne || vector.Size == 1 ? new[] { slots } : [vector.Size, slots]);
            if (source.HasKeyValues() && type.IsKnownSize)
            {
                VBuffer<ReadOnlyMemory<char>> values = default;
                source.GetKeyValues(ref values);
                var names = isOne ? values.DenseValues() : PartNames(source, vector.Size).SelectMany(part => values.DenseValues().Select(value => $"{part}.{value}".AsMemory()));
                Add(annotations, AnnotationKinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, type.Dimensions), names.ToArray());
            }
            int parts = vector?.Size ?? 1;
            if (!counts && parts > 0)
            {
                var ranges = Enumerable.Range(0, parts).SelectMany(part => new[] { part * slots, ((part + 1) * slots) - 1 });
                Add(annotations, AnnotationKinds.CategoricalSlotRanges, new VectorDataViewType(NumberDataViewType.Int32, parts, 2), ranges.ToArray());
            }
            if (!counts || vector == null)
                annotations.AddPrimitiveValue(AnnotationKinds.IsNormalized, BooleanDataViewType.Instance, true);
            return (type, annotations.ToAnnotations());
        }

        protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source, int pair)
            => Generic.Call<Delegate>(MakeGetter<int>, source.Type.ItemType().RawType, row, source, SlotsOf(source), parent._counts[pair]);

        private static int SlotsOf(DataViewSchema.Column source)
        {
            if (source.Type.ItemType() is not KeyDataViewType key)
                throw Contracts.WrongColumn("inputSchema", "input", source.Name, "key type of known cardinality", source.Type);
            Contracts.Check(key.Count <= int.MaxValue, $"The key of column '{source.Name}' has too many values for a vector.");
            return (int)key.Count;
        }

        /// <summary>The slot names of a vector of keys, or the slots' numbers.</summary>
        private static IEnumerable<string> PartNames(DataViewSchema.Column source, int size)
        {
            VBuffer<ReadOnlyMemory<char>> names = new(size, 0, null, null);
            if (source.HasSlotNames())
                source.GetSlotNames(ref names);
            return names.DenseValues().Select((name, i) => name.IsEmpty ? $"[{i}]" : name.ToString());
        }

        private static void Add<T>(DataViewSchema.Annotations.Builder annotations, string kind, VectorDataViewType type, T[] values)
            => annotations.Add(kind, type, (ref VBuffer<T> value) => VBuffer<T>.Copy(values, 0, ref value, values.Length));

        private static Delegate MakeGetter<TKey>(DataViewRow row, DataViewSchema.Column source, int slots, bool counts)
        {
            var getter = row.VectorGetter<TKey>(source);
            VBuffer<TKey> keys = default;
            var hot = new SortedDictionary<int, float>();
            return (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                getter(ref keys);
                int length = counts ? slots : checked(slots * keys.Length);
                hot.Clear();
                foreach (var (part, key) in keys.Items())
                {
                    ulong index = KeyIndex.Of(key);
                    int slot = (counts ? 0 : part * slots) + (int)index;
                    if (index < (ulong)slots)
                        hot[slot] = hot.GetValueOrDefault(slot) + 1;
                }
                var editor = VBufferEditor.Create(ref value, length, hot.Count, requireIndicesOnDense: true);
                hot.Keys.ToArray().CopyTo(editor.Indices);
                hot.Values.ToArray().CopyTo(editor.Values);
                value = editor.Commit();
            });
        }
    }
}
