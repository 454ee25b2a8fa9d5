using System.Globalization;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Transforms;

/// <summary>The distinct values of a column, and the number of each.</summary>
internal abstract class KeyMap(PrimitiveDataViewType itemType)
{
    public PrimitiveDataViewType ItemType => itemType;

    public abstract int Count { get; }

    public abstract void AddKeyValues(DataViewSchema.Annotations.Builder annotations, bool asText);

    public abstract Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source);

    public abstract void Save(BinaryWriter writer);

    public static KeyMap Load(BinaryReader reader)
    {
        var type = ValueFormat.ReadType(reader);
        Contracts.CheckDecode(type is PrimitiveDataViewType, "Keys in the model file are of no valid type.");
        return Generic.Call<KeyMap>(Load<int>, type.RawType, reader, type);
    }

    /// <summary>One pass over the data for all columns, or over the given key data.</summary>
    public static KeyMap[] Collect(IHost host, IDataView data, InputOutputColumnPair[] pairs, KeyOptions options)
    {
        var sources = Array.ConvertAll(pairs, pair => data.Schema.RequireColumn(pair.InputColumnName));
        if (options.KeyData is { } keyData)
        {
            var column = keyData.Schema[0];
            foreach (var source in sources)
                Contracts.CheckParam(source.Type.ItemType().Equals(column.Type), "keyData", $"Input data's column must be of type '{source.Type.ItemType()}' but was '{column.Type}'");
            var shared = Collect(host, keyData, [column], int.MaxValue, options.Ordinality)[0];
            return Array.ConvertAll(pairs, _ => shared);
        }
        return Collect(host, data, sources, options.MaximumNumberOfKeys, options.Ordinality);
    }

    private static KeyMap[] Collect(IHost host, IDataView data, DataViewSchema.Column[] columns, int maximum, ValueToKeyMappingEstimator.KeyOrdinality ordinality)
    {
        using var cursor = data.GetRowCursor(columns.DistinctBy(column => column.Index));
        var collectors = Array.ConvertAll(columns, column => Generic.Call<Collector>(MakeCollector<int>, column.Type.ItemType().RawType, cursor, column, maximum));
        while (collectors.Any(collector => collector.HasRoom) && cursor.MoveNext())
        {
            host.CheckAlive();
            foreach (var collector in collectors.Where(collector => collector.HasRoom))
                collector.Read();
        }
        return Array.ConvertAll(collectors, collector => collector.Finish(ordinality == ValueToKeyMappingEstimator.KeyOrdinality.ByValue));
    }

    private static KeyMap Load<T>(BinaryReader reader, PrimitiveDataViewType type) => new Map<T>(type, ValueFormat.ReadArray<T>(reader));

    private static Collector MakeCollector<T>(DataViewRow row, DataViewSchema.Column column, int maximum) => new Collector<T>(row, column, maximum);

    private abstract class Collector
    {
        public abstract bool HasRoom { get; }

        public abstract void Read();

        public abstract KeyMap Finish(bool sort);
    }

    private sealed class Collector<T> : Collector
    {
        private readonly PrimitiveDataViewType _type;
        private readonly Action _read;
        private readonly int _maximum;
        private readonly List<T> _values = [];
        private readonly HashSet<T> _seen = new(Comparers.Equality<T>());

        public Collector(DataViewRow row, DataViewSchema.Column column, int maximum)
        {
            _type = (PrimitiveDataViewType)column.Type.ItemType();
            _maximum = maximum;
            if (column.Type is VectorDataViewType)
            {
                var getter = row.GetGetter<VBuffer<T>>(column);
                VBuffer<T> vector = default;
                _read = () =>
                {
                    getter(ref vector);
                    foreach (var value in vector.DenseValues())
                        Add(value);
                };
            }
            else
            {
                var getter = row.GetGetter<T>(column);
                T value = default;
                _read = () =>
                {
                    getter(ref value);
                    Add(value);
                };
            }
        }

        public override bool HasRoom => _values.Count < _maximum;

        public override void Read() => _read();

        public override KeyMap Finish(bool sort)
        {
            if (sort)
                _values.Sort(Comparers.Order<T>());
            return new Map<T>(_type, _values.ToArray());
        }

        private void Add(T value)
        {
            if (HasRoom && !MissingValue.Is(value, _type is KeyDataViewType) && _seen.Add(value))
                _values.Add(value);
        }
    }

    private sealed class Map<T> : KeyMap
    {
        private readonly T[] _values;
        private readonly Dictionary<T, uint> _keys;

        public Map(PrimitiveDataViewType itemType, T[] values) : base(itemType)
        {
            _values = values;
            _keys = new Dictionary<T, uint>(Comparers.Equality<T>());
            foreach (var value in values)
                Contracts.CheckDecode(_keys.TryAdd(value, (uint)_keys.Count + 1), "A key in the model file has two numbers.");
        }

        public override int Count => _values.Length;

        public override void AddKeyValues(DataViewSchema.Annotations.Builder annotations, bool asText)
        {
            if (asText)
                Add(annotations, TextDataViewType.Instance, Array.ConvertAll(_values, value => Convert.ToString(value, CultureInfo.InvariantCulture).AsMemory()));
            else
                Add(annotations, ItemType, _values);
        }

        public override Delegate MakeGetter(DataViewRow row, DataViewSchema.Column source)
            => Mapped.Getter<T, uint>(row, source, value => _keys.GetValueOrDefault(value));

        public override void Save(BinaryWriter writer)
        {
            ValueFormat.WriteType(writer, ItemType);
            ValueFormat.WriteArray<T>(writer, _values);
        }

        private static void Add<TValue>(DataViewSchema.Annotations.Builder annotations, PrimitiveDataViewType type, TValue[] values)
            => annotations.Add(AnnotationKinds.KeyValues, new VectorDataViewType(type, values.Length), (ref VBuffer<TValue> value) => VBuffer<TValue>.Copy(values, 0, ref value, values.Length));
    }

    /// <summary>Text is compared by its characters, everything else by its own rules.</summary>
    private sealed class Comparers : IEqualityComparer<ReadOnlyMemory<char>>, IComparer<ReadOnlyMemory<char>>
    {
        private static readonly Comparers Text = new();

        public static IEqualityComparer<T> Equality<T>() => Text as IEqualityComparer<T> ?? EqualityComparer<T>.Default;

        public static IComparer<T> Order<T>() => Text as IComparer<T> ?? Comparer<T>.Default;

        public bool Equals(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<char> text) => string.GetHashCode(text.Span);

        public int Compare(ReadOnlyMemory<char> x, ReadOnlyMemory<char> y) => x.Span.SequenceCompareTo(y.Span);
    }
}
