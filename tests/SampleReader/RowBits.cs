using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace SampleReader;

/// <summary>Rows as the bits of their values: numbers, keys, flags, and vectors of single precision.</summary>
public static class RowBits
{
    private static readonly MethodInfo s_scalar = new Func<DataViewRow, DataViewSchema.Column, Func<byte[]>>(Scalar<int>).Method.GetGenericMethodDefinition();

    /// <summary>Each row that the cursor has yet to come to.</summary>
    public static IEnumerable<string> Of(DataViewRowCursor cursor, params string[] columns)
    {
        Func<string>[] values = [.. columns.Select(name => Of(cursor, cursor.Schema[name]))];
        while (cursor.MoveNext())
        {
            yield return string.Join(' ', values.Select(value => value()));
        }
    }

    /// <summary>Each row; of the columns that are named, or all.</summary>
    public static string[] Of(IDataView view, params string[] columns)
    {
        DataViewSchema.Column[] asked = [.. view.Schema.Where(column => !column.IsHidden && (columns.Length == 0 || columns.Contains(column.Name)))];
        using DataViewRowCursor cursor = view.GetRowCursor(asked);
        return [.. Of(cursor, [.. asked.Select(column => column.Name)])];
    }

    /// <summary>Gives a column of the current row.</summary>
    public static Func<string> Of(DataViewRow row, DataViewSchema.Column column)
    {
        Func<byte[]> bytes = column.Type is VectorDataViewType
            ? Vector(row, column)
            : s_scalar.MakeGenericMethod(column.Type.RawType).CreateDelegate<Func<DataViewRow, DataViewSchema.Column, Func<byte[]>>>()(row, column);
        return () => Convert.ToHexString(bytes());
    }

    /// <summary>SHA-256 of all rows.</summary>
    public static string Digest(IDataView view) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', Of(view)))));

    private static Func<byte[]> Scalar<T>(DataViewRow row, DataViewSchema.Column column)
        where T : unmanaged
    {
        ValueGetter<T> getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default;
            getter(ref value);
            return MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
        };
    }

    private static Func<byte[]> Vector(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
        return () =>
        {
            VBuffer<float> value = default;
            getter(ref value);
            return MemoryMarshal.AsBytes<float>([.. value.DenseValues()]).ToArray();
        };
    }
}
