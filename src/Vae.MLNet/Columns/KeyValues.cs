using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Columns;

/// <summary>The values that the categories of a key stand for, as text, so that a model knows its categories again: <paramref name="Type"/> is the values' type.</summary>
internal sealed record KeyValues(string Type, IReadOnlyList<string> Values)
{
    /// <summary>The annotation of that name holds a key's values.</summary>
    public const string Annotation = "KeyValues";

    private static readonly MethodInfo s_read = new Func<DataViewSchema.Column, string[]>(Read<int>).Method.GetGenericMethodDefinition();

    private static readonly MethodInfo s_add = new Action<DataViewSchema.Annotations.Builder, PrimitiveDataViewType, IReadOnlyList<string>>(Add<int>).Method.GetGenericMethodDefinition();

    /// <summary>Reads the values of the column's categories.</summary>
    /// <returns>One per category; null if the column does not say, says another number of them, or not in numbers or text.</returns>
    public static KeyValues? Of(DataViewSchema.Column column)
    {
        // HasKeyValues() looks for texts only.
        if (column.Type is not KeyDataViewType key || column.Annotations.Schema.GetColumnOrNull(Annotation)?.Type is not VectorDataViewType { ItemType: { } item } values
            || (ulong)values.Size != key.Count || (item is not TextDataViewType && ScalarFormat.Of(item.RawType) is null))
        {
            return null;
        }
        string[] texts = s_read.MakeGenericMethod(item.RawType).CreateDelegate<Func<DataViewSchema.Column, string[]>>()(column);
        return (ulong)texts.Length == key.Count ? new KeyValues(item.ToString()!, texts) : null;
    }

    /// <summary>Says them of a column.</summary>
    /// <exception cref="ArgumentException">A text is not a value of the type.</exception>
    public void AddTo(DataViewSchema.Annotations.Builder annotations)
    {
        if (Type == TextDataViewType.Instance.ToString())
        {
            AddText(annotations, Annotation, Values);
            return;
        }
        PrimitiveDataViewType type = ScalarFormat.Types.FirstOrDefault(each => each.ToString() == Type) ?? throw new ArgumentException($"'{Type}' is not a type of key values.");
        s_add.MakeGenericMethod(type.RawType).CreateDelegate<Action<DataViewSchema.Annotations.Builder, PrimitiveDataViewType, IReadOnlyList<string>>>()(annotations, type, Values);
    }

    /// <summary>Says texts of a column: names of its slots, or values of its categories.</summary>
    public static void AddText(DataViewSchema.Annotations.Builder annotations, string name, IReadOnlyList<string> texts)
    {
        ReadOnlyMemory<char>[] values = [.. texts.Select(text => text.AsMemory())];
        annotations.Add(name, new VectorDataViewType(TextDataViewType.Instance, values.Length), (ref VBuffer<ReadOnlyMemory<char>> to) => new VBuffer<ReadOnlyMemory<char>>(values.Length, values).CopyTo(ref to));
    }

    private static void Add<T>(DataViewSchema.Annotations.Builder annotations, PrimitiveDataViewType type, IReadOnlyList<string> texts)
    {
        T[] values;
        try
        {
            values = [.. texts.Select(text => (T)Convert.ChangeType(text, typeof(T), CultureInfo.InvariantCulture))];
        }
        catch (Exception error) when (error is FormatException or OverflowException or InvalidCastException)
        {
            throw new ArgumentException($"A key's value is not of type {type}: {error.Message}", error);
        }
        annotations.Add(Annotation, new VectorDataViewType(type, values.Length), (ref VBuffer<T> to) => new VBuffer<T>(values.Length, values).CopyTo(ref to));
    }

    private static string[] Read<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
    }
}
