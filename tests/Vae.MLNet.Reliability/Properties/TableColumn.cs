using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>A column of a <see cref="Table"/>, in memory.</summary>
internal abstract class TableColumn(string name, DataViewType type)
{
    public string Name => name;

    public DataViewType Type => type;

    /// <summary>A getter of the value in the row that <paramref name="current"/> names at the time of asking.</summary>
    public abstract Delegate Getter(Func<int> current);

    public abstract TableColumn Pick(int[] rows);
}

/// <summary>A column of numbers, keys, flags or texts.</summary>
internal sealed class ScalarColumn<T>(string name, DataViewType type, T[] values) : TableColumn(name, type)
{
    public override Delegate Getter(Func<int> current) => (ValueGetter<T>)((ref T value) => value = values[current()]);

    public override TableColumn Pick(int[] rows) => new ScalarColumn<T>(Name, Type, [.. rows.Select(row => values[row])]);
}

/// <summary>A column of vectors.</summary>
internal sealed class VectorOfSingles(string name, VBuffer<float>[] values, int size) : TableColumn(name, new VectorDataViewType(NumberDataViewType.Single, size))
{
    public override Delegate Getter(Func<int> current) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => values[current()].CopyTo(ref value));

    public override TableColumn Pick(int[] rows) => new VectorOfSingles(Name, [.. rows.Select(row => values[row])], size);
}

/// <summary>Values of a row as they come out of a getter, boxed: numbers by their bits, vectors as dense arrays.</summary>
internal static class Cells
{
    private static readonly MethodInfo s_scalar = new Func<DataViewRow, DataViewSchema.Column, Func<object>>(Scalar<int>).Method.GetGenericMethodDefinition();

    /// <summary>Reads the column's value in the row's position at the time of asking.</summary>
    public static Func<object> Of(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
        {
            ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
            VBuffer<float> value = default;
            return () =>
            {
                getter(ref value);
                return value.DenseValues().ToArray();
            };
        }
        return s_scalar.MakeGenericMethod(column.Type.RawType).CreateDelegate<Func<DataViewRow, DataViewSchema.Column, Func<object>>>()(row, column);
    }

    /// <summary>Whether two values are the same, to the last bit.</summary>
    public static bool AreSame(object left, object right) => (left, right) switch
    {
        (float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b),
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        (float[] a, float[] b) => a.AsSpan().SequenceEqual(b) || (a.Length == b.Length && a.Zip(b).All(each => AreSame(each.First, each.Second))),
        _ => left.Equals(right),
    };

    /// <summary>The numbers of a value: one, or those of a vector.</summary>
    public static double[] Numbers(object value) => value switch
    {
        float[] numbers => Array.ConvertAll(numbers, number => (double)number),
        bool flag => [flag ? 1 : 0],
        IConvertible number => [number.ToDouble(null)],
        _ => [],
    };

    public static string Text(object value) => value is float[] numbers ? $"[{string.Join(' ', numbers.Select(number => Text(number)))}]" : FormattableString.Invariant($"{value:R}");

    private static Func<object> Scalar<T>(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return value is ReadOnlyMemory<char> text ? text.ToString() : value!;
        };
    }
}
