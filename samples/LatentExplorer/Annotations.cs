using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>What columns say of themselves beside their rows.</summary>
internal static class Annotations
{
    /// <summary>The texts of a key's values, in the order of the keys from 1; their numbers where there are no texts.</summary>
    public static string[] KeyNames(DataViewSchema.Column column)
    {
        var key = (KeyDataViewType)column.Type;
        VBuffer<ReadOnlyMemory<char>> values = default;
        if (column.HasKeyValues() && column.Annotations.Schema["KeyValues"].Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            column.GetKeyValues(ref values);
        }
        return values.Length > 0 ? Texts(values) : [.. Enumerable.Range(1, (int)key.Count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
    }

    /// <summary>The names of a vector's slots; null if it has none.</summary>
    public static string[]? SlotNames(DataViewSchema.Column column)
    {
        if (!column.HasSlotNames())
        {
            return null;
        }
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return Texts(names);
    }

    /// <summary>A vector of whole numbers; null if there is none of that name.</summary>
    public static int[]? Numbers(DataViewSchema.Column? column, string name)
    {
        if (column?.Annotations.Schema.GetColumnOrNull(name)?.Type is not VectorDataViewType { ItemType: var item } || item != NumberDataViewType.Int32)
        {
            return null;
        }
        VBuffer<int> value = default;
        column.Value.Annotations.GetValue(name, ref value);
        return [.. value.DenseValues()];
    }

    /// <summary>A number; null if there is none of that name.</summary>
    public static float? Number(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name)?.Type != NumberDataViewType.Single)
        {
            return null;
        }
        float value = 0;
        column.Annotations.GetValue(name, ref value);
        return value;
    }

    private static string[] Texts(VBuffer<ReadOnlyMemory<char>> values) => [.. values.DenseValues().Select(value => value.ToString())];
}
