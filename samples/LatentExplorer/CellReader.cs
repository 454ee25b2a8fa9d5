using System.Globalization;
using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>Reads cells of any type at a cursor's row.</summary>
internal static class CellReader
{
    /// <summary>Adds a cell's numbers, as a decoded row has them: a key as the certainty of its category, NaN for what is missing.</summary>
    public static Action<List<float>> Numbers(DataViewRow row, DataViewSchema.Column column)
    {
        switch (column.Type)
        {
            case VectorDataViewType:
                ValueGetter<VBuffer<float>> vector = row.GetGetter<VBuffer<float>>(column);
                VBuffer<float> buffer = default;
                return values =>
                {
                    vector(ref buffer);
                    values.AddRange(buffer.DenseValues());
                };
            case KeyDataViewType { Count: var count }:
                Func<double> key = Number(row, column);
                return values =>
                {
                    double category = key();
                    values.AddRange(Enumerable.Range(1, (int)count).Select(each => category == 0 ? float.NaN : each == category ? 1f : 0f));
                };
            default:
                Func<double> number = Number(row, column);
                return values => values.Add((float)number());
        }
    }

    /// <summary>A cell as text; "" for what is missing.</summary>
    public static Func<string> Text(DataViewRow row, DataViewSchema.Column column)
    {
        switch (column.Type)
        {
            case TextDataViewType:
                ValueGetter<ReadOnlyMemory<char>> text = row.GetGetter<ReadOnlyMemory<char>>(column);
                return () =>
                {
                    ReadOnlyMemory<char> value = default;
                    text(ref value);
                    return value.ToString();
                };
            case KeyDataViewType:
                string[] names = Annotations.KeyNames(column);
                Func<double> key = Number(row, column);
                return () => key() is > 0 and var category ? names[(int)category - 1] : "";
            case BooleanDataViewType:
                Func<double> flag = Number(row, column);
                return () => flag() == 0 ? "false" : "true";
            default:
                Func<double> number = Number(row, column);
                return () => number() is var value && double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>A single number: a key's counts from 1, and a truth value's is 1.</summary>
    /// <exception cref="ExplorerException">The column has none.</exception>
    public static Func<double> Number(DataViewRow row, DataViewSchema.Column column)
    {
        Type raw = column.Type.RawType;
        return raw == typeof(float) ? Number<float>(row, column)
            : raw == typeof(double) ? Number<double>(row, column)
            : raw == typeof(bool) ? Flag(row, column)
            : raw == typeof(sbyte) ? Number<sbyte>(row, column)
            : raw == typeof(byte) ? Number<byte>(row, column)
            : raw == typeof(short) ? Number<short>(row, column)
            : raw == typeof(ushort) ? Number<ushort>(row, column)
            : raw == typeof(int) ? Number<int>(row, column)
            : raw == typeof(uint) ? Number<uint>(row, column)
            : raw == typeof(long) ? Number<long>(row, column)
            : raw == typeof(ulong) ? Number<ulong>(row, column)
            : throw new ExplorerException($"Column '{column.Name}' is of {column.Type}, which is neither a number, a category nor a text.");
    }

    private static Func<double> Number<T>(DataViewRow row, DataViewSchema.Column column)
        where T : INumberBase<T>
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        T value = T.Zero;
        return () =>
        {
            getter(ref value);
            return double.CreateChecked(value);
        };
    }

    private static Func<double> Flag(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<bool> getter = row.GetGetter<bool>(column);
        bool value = false;
        return () =>
        {
            getter(ref value);
            return value ? 1 : 0;
        };
    }
}
