using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The values of one column.</summary>
public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.GetColumn<T>(data.Schema[columnName]);
    }

    /// <summary>The values as they are; texts also as <see cref="string"/>, vectors also as arrays, which are new ones for every row.</summary>
    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        ArgumentNullException.ThrowIfNull(data);
        Contracts.CheckParam(column.Index < data.Schema.Count && data.Schema[column.Index] is var own && own.Name == column.Name && own.Type == column.Type, nameof(column),
            $"column with name {column.Name}, type {column.Type}, and index {column.Index} cannot be found in {nameof(data)}");
        if (column.Type.RawType == typeof(T))
            return Values(data, column, (T value) => value);
        if (typeof(T) == typeof(string) && column.Type is TextDataViewType)
            return (IEnumerable<T>)Values(data, column, (ReadOnlyMemory<char> text) => text.ToString());
        if (typeof(T).IsArray && column.Type is VectorDataViewType { ItemType: var item })
        {
            if (typeof(T) == typeof(string[]) && item is TextDataViewType)
                return (IEnumerable<T>)Values(data, column, (VBuffer<ReadOnlyMemory<char>> texts) => texts.DenseValues().Select(text => text.ToString()).ToArray());
            if (typeof(T).GetElementType() == item.RawType)
                return (IEnumerable<T>)new Func<IDataView, DataViewSchema.Column, IEnumerable<int[]>>(Arrays<int>).Method.GetGenericMethodDefinition().MakeGenericMethod(item.RawType).Invoke(null, [data, column]);
        }
        throw new ArgumentOutOfRangeException(nameof(column), $"Cannot map column (name: {column.Name}, type: {column.Type}) in {nameof(data)} to the user-defined type, {typeof(T)}.");
    }

    private static IEnumerable<T[]> Arrays<T>(IDataView data, DataViewSchema.Column column) => Values(data, column, (VBuffer<T> values) => values.DenseValues().ToArray());

    private static IEnumerable<TOut> Values<TIn, TOut>(IDataView data, DataViewSchema.Column column, Func<TIn, TOut> convert)
    {
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<TIn>(column);
        TIn value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            yield return convert(value);
        }
    }
}
