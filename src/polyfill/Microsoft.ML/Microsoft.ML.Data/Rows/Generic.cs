using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Calls a generic method with a type known only at run time, and makes one kind of call do for several types.</summary>
internal static class Generic
{
    /// <summary>Calls the method that <paramref name="sample"/> is an instance of, with other type arguments.</summary>
    public static TResult Call<TResult>(Delegate sample, Type[] types, params object[] arguments)
        => (TResult)sample.Method.GetGenericMethodDefinition().MakeGenericMethod(types).Invoke(sample.Target, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    public static TResult Call<TResult>(Delegate sample, Type type, params object[] arguments) => Call<TResult>(sample, [type], arguments);

    /// <summary>The getter of a column as a delegate of its own type.</summary>
    public static Delegate Getter(this DataViewRow row, DataViewSchema.Column column) => Call<Delegate>(Get<int>, column.Type.RawType, row, column);

    /// <summary>The getter of a column of vectors; a single value is a vector of one.</summary>
    public static ValueGetter<VBuffer<T>> VectorGetter<T>(this DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType)
            return row.GetGetter<VBuffer<T>>(column);
        var getter = row.GetGetter<T>(column);
        var one = new T[1];
        return (ref VBuffer<T> value) =>
        {
            getter(ref one[0]);
            value = new VBuffer<T>(1, one);
        };
    }

    private static Delegate Get<T>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<T>(column);
}
