using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tool.Models;

/// <summary>The texts of a key's values.</summary>
internal static class CategoryNames
{
    /// <summary>In the order of the keys, from 1; numbers if the values are no texts.</summary>
    public static string[] Of(DataViewSchema.Column column)
    {
        var key = (KeyDataViewType)column.Type;
        if (!column.HasKeyValues())
        {
            return [.. Enumerable.Range(1, (int)key.Count).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        }
        VBuffer<ReadOnlyMemory<char>> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(value => value.ToString())];
    }
}
