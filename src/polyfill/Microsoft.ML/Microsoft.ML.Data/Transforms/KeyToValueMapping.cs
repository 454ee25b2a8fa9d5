using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

[assembly: LoadableClass(typeof(KeyToValueMappingTransformer), typeof(KeyToValueMappingTransformer), null, typeof(SignatureLoadModel), "", KeyToValueMappingTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

/// <summary>Gives for each key the value that its annotation says it stands for.</summary>
public sealed class KeyToValueMappingEstimator : TrivialEstimator<KeyToValueMappingTransformer>
{
    internal KeyToValueMappingEstimator(IHostEnvironment env, InputOutputColumnPair[] pairs) : base(new KeyToValueMappingTransformer(env, pairs))
    {
        env.Draw(hosts: 1);
    }

    public override SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return inputSchema.With(Transformer.Columns.Select(pair =>
        {
            var source = inputSchema.RequireColumn(pair.InputColumnName);
            if (!source.IsKey)
                throw Contracts.WrongColumn(nameof(inputSchema), "input", source.Name, "KeyType", source.TypeString);
            if (!source.Annotations.TryFind(AnnotationKinds.KeyValues, out var values))
                throw new ArgumentOutOfRangeException(nameof(inputSchema), $"Input column '{source.Name}' doesn't contain key values metadata");
            var slotNames = source.Annotations.Where(annotation => annotation.Name == AnnotationKinds.SlotNames);
            return new SchemaShape.Column(pair.OutputColumnName, source.Kind, values.ItemType, values.IsKey, new SchemaShape(slotNames));
        }));
    }
}

/// <summary>Gives for each key the value that its annotation says it stands for; a missing key becomes a missing value.</summary>
public sealed class KeyToValueMappingTransformer : OneToOneTransformerBase
{
    internal const string LoaderSignature = "KeyToValueTransform";

    internal KeyToValueMappingTransformer(IHostEnvironment env, InputOutputColumnPair[] pairs) : base(env.Register(nameof(KeyToValueMappingTransformer)), pairs)
    {
    }

    private KeyToValueMappingTransformer(IHost host, ModelLoadContext ctx) : base(host, ctx)
    {
    }

    internal InputOutputColumnPair[] Columns => Pairs;

    private static VersionInfo Version => VersionInfo.Of<KeyToValueMappingTransformer>("KEY2VALT", LoaderSignature);

    private static KeyToValueMappingTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        return new KeyToValueMappingTransformer(env.Register(nameof(KeyToValueMappingTransformer)), ctx);
    }

    private protected override void Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(Version);
        SavePairs(ctx);
    }

    private protected override RowMapping Bind(DataViewSchema inputSchema) => new Mapping(this, inputSchema);

    private sealed class Mapping(KeyToValueMappingTransformer parent, DataViewSchema input) : OneToOneMapping(parent, input)
    {
        protected override (DataViewType, DataViewSchema.Annotations) Describe(DataViewSchema.Column source, int pair)
        {
            var values = source.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues)?.Type as VectorDataViewType;
            Contracts.Check(values != null, "Metadata KeyValues does not exist");
            Contracts.Check(source.Type.ItemType() is KeyDataViewType key && (ulong)values.Size == key.Count, "KeyValues metadata size does not match column type key count");
            return (source.Type.WithItem(values.ItemType), SlotNamesOf(source));
        }

        protected override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source, int pair)
            => Generic.Call<Delegate>(MakeGetter<int, int>, [source.Type.ItemType().RawType, Added[pair].Type.ItemType().RawType], row, source);

        private static Delegate MakeGetter<TKey, TValue>(DataViewRow row, DataViewSchema.Column source)
        {
            VBuffer<TValue> annotation = default;
            source.GetKeyValues(ref annotation);
            var values = annotation.DenseValues().ToArray();
            var missing = MissingValue.Of<TValue>();
            return Mapped.Getter<TKey, TValue>(row, source, key => KeyIndex.Of(key) is var index && index < (ulong)values.Length ? values[index] : missing);
        }
    }
}

/// <summary>Getters that map values one by one.</summary>
internal static class Mapped
{
    public static Delegate Getter<TFrom, TTo>(DataViewRow row, DataViewSchema.Column source, Func<TFrom, TTo> map)
    {
        if (source.Type is not VectorDataViewType)
        {
            var getter = row.GetGetter<TFrom>(source);
            TFrom from = default;
            return (ValueGetter<TTo>)((ref TTo value) =>
            {
                getter(ref from);
                value = map(from);
            });
        }
        var vectorGetter = row.GetGetter<VBuffer<TFrom>>(source);
        VBuffer<TFrom> vector = default;
        bool keepsZero = EqualityComparer<TTo>.Default.Equals(map(default), default);
        return (ValueGetter<VBuffer<TTo>>)((ref VBuffer<TTo> value) =>
        {
            vectorGetter(ref vector);
            if (!vector.IsDense && !keepsZero)
                vector.CopyToDense(ref vector);
            var editor = VBufferEditor.Create(ref value, vector.Length, vector.GetValues().Length);
            vector.GetIndices().CopyTo(editor.Indices);
            for (int i = 0; i < editor.Values.Length; i++)
                editor.Values[i] = map(vector.GetValues()[i]);
            value = editor.Commit();
        });
    }
}

/// <summary>The value that stands for a missing one: NaN, or the type's default.</summary>
internal static class MissingValue
{
    public static T Of<T>() => typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default;

    /// <summary>Whether a value that is to become a key is missing. Numbers other than the floating ones never are.</summary>
    public static bool Is<T>(T value, bool isKey) => value switch
    {
        float number => float.IsNaN(number),
        double number => double.IsNaN(number),
        ReadOnlyMemory<char> text => text.IsEmpty,
        _ => isKey && EqualityComparer<T>.Default.Equals(value, default),
    };
}
