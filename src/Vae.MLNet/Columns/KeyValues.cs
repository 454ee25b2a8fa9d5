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

    /// <summary>The values of the column's categories; null if it does not say, or not in numbers or text.</summary>
    public static KeyValues? Of(DataViewSchema.Column column)
    {
        if (!column.HasKeyValues() || column.Annotations.Schema[Annotation].Type is not VectorDataViewType { ItemType: { } item } || (item is not TextDataViewType && ScalarFormat.Of(item.RawType) is null))
        {
            return null;
        }
        return new KeyValues(item.ToString()!, s_read.MakeGenericMethod(item.RawType).CreateDelegate<Func<DataViewSchema.Column, string[]>>()(column));
    }

    private static string[] Read<T>(DataViewSchema.Column column)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")];
    }
}
