using System.Collections.Immutable;
using System.Numerics;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>(value - offset) * scale, slot by slot.</summary>
internal abstract class AffineMap(DataViewType type)
{
    public DataViewType Type => type;

    public abstract NormalizingTransformer.NormalizerModelParametersBase Parameters { get; }

    public abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source);

    public abstract void Save(BinaryWriter writer);

    public static AffineMap Create<T>(DataViewType type, T[] scales, T[] offsets) where T : struct, IBinaryFloatingPointIeee754<T>
        => new Map<T>(type, scales, offsets);

    public static AffineMap Load(BinaryReader reader)
    {
        var type = ValueFormat.ReadType(reader);
        Contracts.CheckDecode(type.ItemType().RawType == typeof(float) || type.ItemType().RawType == typeof(double), "A normaliser in the model file is of no valid type.");
        return type.ItemType().RawType == typeof(float) ? Load<float>(reader, type) : Load<double>(reader, type);
    }

    private static Map<T> Load<T>(BinaryReader reader, DataViewType type) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var scales = ValueFormat.ReadArray<T>(reader);
        var offsets = ValueFormat.ReadArray<T>(reader);
        int size = type is VectorDataViewType vector ? vector.Size : 1;
        Contracts.CheckDecode(size > 0 && scales.Length == size && offsets.Length == size, "A normaliser in the model file does not fit its column.");
        return new Map<T>(type, scales, offsets);
    }

    private sealed class Map<T>(DataViewType type, T[] scales, T[] offsets) : AffineMap(type) where T : struct, IBinaryFloatingPointIeee754<T>
    {
        public override NormalizingTransformer.NormalizerModelParametersBase Parameters => Type is VectorDataViewType
            ? new NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<T>>([.. scales], offsets.Any(offset => offset != T.Zero) ? [.. offsets] : [])
            : new NormalizingTransformer.AffineNormalizerModelParameters<T>(scales[0], offsets[0]);

        public override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source)
        {
            if (Type is not VectorDataViewType)
            {
                var getter = row.GetGetter<T>(source);
                return (ValueGetter<T>)((ref T value) =>
                {
                    getter(ref value);
                    value = Apply(value, 0);
                });
            }
            var vectorGetter = row.GetGetter<VBuffer<T>>(source);
            VBuffer<T> input = default;
            var dense = new T[scales.Length];
            return (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) =>
            {
                vectorGetter(ref input);
                Contracts.Check(input.Length == dense.Length, $"The normaliser expects {dense.Length} slots, but got {input.Length}.");
                Apply(in input, dense);
                Pack(dense, ref value);
            });
        }

        public override void Save(BinaryWriter writer)
        {
            ValueFormat.WriteType(writer, Type);
            ValueFormat.WriteArray<T>(writer, scales);
            ValueFormat.WriteArray<T>(writer, offsets);
        }

        private T Apply(T value, int slot) => (value - offsets[slot]) * scales[slot];

        private void Apply(in VBuffer<T> input, T[] dense)
        {
            input.CopyTo(dense);
            for (int slot = 0; slot < dense.Length; slot++)
                dense[slot] = Apply(dense[slot], slot);
        }

        // Sparse where fewer than half of the slots are not zero, as the real library builds its vectors.
        private static void Pack(T[] dense, ref VBuffer<T> output)
        {
            int count = dense.Length - dense.AsSpan().Count(T.Zero);
            bool sparse = count < dense.Length / 2 || count == 0;
            var editor = VBufferEditor.Create(ref output, dense.Length, sparse ? count : dense.Length);
            int stored = 0;
            for (int slot = 0; slot < dense.Length; slot++)
            {
                bool zero = dense[slot] == T.Zero;
                if (sparse && zero)
                    continue;
                if (sparse)
                    editor.Indices[stored] = slot;
                editor.Values[stored++] = zero ? T.Zero : dense[slot];
            }
            output = editor.Commit();
        }
    }
}
