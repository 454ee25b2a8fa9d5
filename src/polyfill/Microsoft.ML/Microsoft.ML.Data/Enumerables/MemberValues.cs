using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Turns the values of members (strings, arrays, buffers, numbers) into the values of columns, and back.</summary>
internal static class MemberValues
{
    /// <summary>A getter that reads the column's value from the member's.</summary>
    public static Delegate MakeGetter<T>(Func<T> read, DataViewType type)
    {
        if (read is Func<string> text)
            return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = text().AsMemory());
        if (read is Func<string[]> texts)
            return (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)((ref VBuffer<ReadOnlyMemory<char>> value) =>
                CopyArray(Array.ConvertAll(texts() ?? [], item => item.AsMemory()), ref value));
        if (typeof(T).IsArray)
            return Generic.Call<Delegate>(ArrayGetter<int>, typeof(T).GetElementType(), read);
        if (type is VectorDataViewType vector)
            return Generic.Call<Delegate>(BufferGetter<int>, vector.ItemType.RawType, read);
        if (type is KeyDataViewType key)
            return KeyGetter(read, key);
        return (ValueGetter<T>)((ref T value) => value = read());
    }

    /// <summary>Writes the column's value into the member of an object, into the member's own array or buffer where it fits.</summary>
    public static Action<TRow> MakeSetter<TRow, T>(DataViewRow row, DataViewSchema.Column column, Func<TRow, T> read, Action<TRow, T> write)
    {
        if (write is Action<TRow, string> writeText)
        {
            var text = Reading<ReadOnlyMemory<char>>(row, column);
            return target => writeText(target, text().ToString());
        }
        if (write is Action<TRow, string[]> writeTexts)
        {
            var texts = Reading<VBuffer<ReadOnlyMemory<char>>>(row, column);
            return target => writeTexts(target, texts().DenseValues().Select(item => item.ToString()).ToArray());
        }
        if (typeof(T).IsArray)
            return Generic.Call<Action<TRow>>(ArraySetter<TRow, int>, [typeof(TRow), typeof(T).GetElementType()], row, column, read, write);
        var getter = row.GetGetter<T>(column);
        return target =>
        {
            T value = column.Type is VectorDataViewType ? read(target) : default;
            getter(ref value);
            write(target, value);
        };
    }

    private static Func<T> Reading<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        T value = default;
        return () =>
        {
            getter(ref value);
            return value;
        };
    }

    private static Action<TRow> ArraySetter<TRow, T>(DataViewRow row, DataViewSchema.Column column, Func<TRow, T[]> read, Action<TRow, T[]> write)
    {
        var value = Reading<VBuffer<T>>(row, column);
        return target =>
        {
            var buffer = value();
            var array = read(target);
            if (array?.Length != buffer.Length)
                array = new T[buffer.Length];
            buffer.CopyTo(array);
            write(target, array);
        };
    }

    private static ValueGetter<VBuffer<T>> ArrayGetter<T>(Func<T[]> read) => (ref VBuffer<T> value) => CopyArray(read(), ref value);

    private static ValueGetter<VBuffer<T>> BufferGetter<T>(Func<VBuffer<T>> read) => (ref VBuffer<T> value) => read().CopyTo(ref value);

    private static void CopyArray<T>(T[] array, ref VBuffer<T> value) => VBuffer<T>.Copy(array, 0, ref value, array?.Length ?? 0);

    // In an object a key counts from 0, in a column from 1; a value beyond the count is missing.
    private static Delegate KeyGetter(Delegate read, KeyDataViewType key)
    {
        switch (read)
        {
            case Func<uint> value:
                return (ValueGetter<uint>)((ref uint to) => to = value() is var v && v < key.Count ? v + 1 : 0);
            case Func<ulong> value:
                return (ValueGetter<ulong>)((ref ulong to) => to = value() is var v && v < key.Count ? v + 1 : 0);
            case Func<byte> value:
                return (ValueGetter<byte>)((ref byte to) => to = value() is var v && v < key.Count ? (byte)(v + 1) : (byte)0);
            default:
                throw new InvalidOperationException($"A key of type {key} cannot be read from an object.");
        }
    }
}
