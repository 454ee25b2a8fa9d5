using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A column of a text file: its type, and the fields of its slots.</summary>
internal sealed record TextColumn(string Name, DataViewType Type, int[] Fields)
{
    public static TextColumn Create(TextLoader.Column column, int inputSize)
    {
        Contracts.CheckParam(!string.IsNullOrWhiteSpace(column.Name), nameof(column.Name), "Name cannot be null or white space");
        Contracts.CheckParam(column.Source is { Length: > 0 }, nameof(column.Source), "Must specify some source column indices");
        var fields = column.Source.SelectMany(range => FieldsOf(range, inputSize)).ToArray();
        Contracts.CheckParam(fields.Distinct().Count() == fields.Length, nameof(column.Source), $"Intervals specified for column '{column.Name}' overlap");
        PrimitiveDataViewType item = DataKinds.TypeOf(column.DataKind);
        if (column.KeyCount != null)
            item = new KeyDataViewType(item.RawType, column.KeyCount.Count ?? Largest(item.RawType));
        bool isVector = fields.Length > 1 || column.Source[0].ForceVector;
        return new TextColumn(column.Name.Trim(), isVector ? new VectorDataViewType(item, fields.Length) : item, fields);
    }

    /// <summary>The names that a header gives to the slots of a vector.</summary>
    public DataViewSchema.Annotations SlotNames(TextFields header)
    {
        if (header == null || Type is not VectorDataViewType vector)
            return null;
        var names = Array.ConvertAll(Fields, field => header[field].Trim());
        if (names.All(name => name.IsEmpty))
            return null;
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(AnnotationKinds.SlotNames, new VectorDataViewType(TextDataViewType.Instance, vector.Size),
            (ref VBuffer<ReadOnlyMemory<char>> value) => VBuffer<ReadOnlyMemory<char>>.Copy(names, 0, ref value, names.Length));
        return annotations.ToAnnotations();
    }

    /// <summary>Makes the part of a cursor that holds this column.</summary>
    public TextCell MakeCell(TextFormat format) => Generic.Call<TextCell>(MakeCell<int>, Type.ItemType().RawType, format);

    private static IEnumerable<int> FieldsOf(TextLoader.Range range, int inputSize)
    {
        int end = range.Max + 1 ?? (range.AutoEnd ? inputSize : range.Min + 1);
        Contracts.CheckParam(range.Min >= 0 && range.Min < end, nameof(range.Min), $"Column #{range.Min} not found in the dataset (it only has {end} columns)");
        return Enumerable.Range(range.Min, end - range.Min);
    }

    private static ulong Largest(Type type)
        => type == typeof(byte) ? byte.MaxValue : type == typeof(ushort) ? ushort.MaxValue : type == typeof(uint) ? uint.MaxValue : ulong.MaxValue;

    private TextCell MakeCell<T>(TextFormat format) => new TextCell<T>(this, format);
}

/// <summary>The current value of a column.</summary>
internal abstract class TextCell
{
    public abstract Delegate Getter { get; }

    public abstract void Read(TextFields fields, long line);
}

/// <summary>The current value of a column.</summary>
internal sealed class TextCell<T> : TextCell
{
    private readonly TextColumn _column;
    private readonly TextParser<T> _parse;
    private readonly T[] _values;
    private readonly T _empty;

    public TextCell(TextColumn column, TextFormat format)
    {
        _column = column;
        _parse = TextParsers.For<T>(column.Type.ItemType(), format.Numbers);
        _values = new T[column.Fields.Length];
        if (format.MissingRealsAsNaNs)
            _empty = typeof(T) == typeof(float) ? (T)(object)float.NaN : typeof(T) == typeof(double) ? (T)(object)double.NaN : default;
    }

    public override Delegate Getter => _column.Type is VectorDataViewType ? (ValueGetter<VBuffer<T>>)GetVector : (ValueGetter<T>)GetScalar;

    public override void Read(TextFields fields, long line)
    {
        for (int slot = 0; slot < _values.Length; slot++)
        {
            var text = fields[_column.Fields[slot]];
            if (text.IsEmpty)
                _values[slot] = _empty;
            else if (!_parse(text, out _values[slot]))
                throw new FormatException($"Parsing failed with an exception: Could not parse value {text} in line {line}, column {_column.Name}");
        }
    }

    private void GetScalar(ref T value) => value = _values[0];

    private void GetVector(ref VBuffer<T> value)
    {
        int count = _values.Count(IsStored);
        bool sparse = count < _values.Length / 2 || (count == 0 && _values.Length > 0);
        var editor = VBufferEditor.Create(ref value, _values.Length, sparse ? count : _values.Length);
        int stored = 0;
        for (int slot = 0; slot < _values.Length; slot++)
        {
            if (sparse && !IsStored(_values[slot]))
                continue;
            if (sparse)
                editor.Indices[stored] = slot;
            editor.Values[stored++] = _values[slot];
        }
        value = editor.Commit();
    }

    private static bool IsStored(T value) => value is ReadOnlyMemory<char> text ? !text.IsEmpty : !EqualityComparer<T>.Default.Equals(value, default);
}
