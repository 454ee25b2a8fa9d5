using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>Columns of a view, each read by a cursor that asks for nothing else.</summary>
internal static class ColumnValues
{
    public static T[] ValuesOf<T>(this IDataView view, string column)
    {
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[column]]);
        return ValuesOf<T>(cursor, column);
    }

    public static float[][] VectorsOf(this IDataView view, string column) => [.. view.ValuesOf<VBuffer<float>>(column).Select(value => value.DenseValues().ToArray())];

    /// <summary>The column on the rows that the cursor has yet to come to.</summary>
    public static T[] ValuesOf<T>(DataViewRowCursor cursor, string column)
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(cursor.Schema[column]);
        var values = new List<T>();
        while (cursor.MoveNext())
        {
            T value = default!;
            getter(ref value);
            values.Add(value);
        }
        return [.. values];
    }

    /// <summary>A draw from N(0, 1), by Box and Muller.</summary>
    public static double NextNormal(this Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    /// <summary>The model as another process would load it.</summary>
    public static ITransformer SavedAndLoaded(this MLContext ml, ITransformer model, DataViewSchema schema)
    {
        using var file = new MemoryStream();
        ml.Model.Save(model, schema, file);
        file.Position = 0;
        return new MLContext().Model.Load(file, out _);
    }
}
