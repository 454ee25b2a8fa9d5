using System.Reflection;

namespace Microsoft.ML.Data;

/// <summary>Calls a generic method with a type known only at run time.</summary>
internal static class Generic
{
    /// <summary>Calls the method that <paramref name="sample"/> is an instance of, with other type arguments.</summary>
    public static TResult Call<TResult>(Delegate sample, Type[] types, params object[] arguments)
        => (TResult)sample.Method.GetGenericMethodDefinition().MakeGenericMethod(types).Invoke(sample.Target, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    public static TResult Call<TResult>(Delegate sample, Type type, params object[] arguments) => Call<TResult>(sample, [type], arguments);

    /// <summary>The getter of a column as a delegate of its own type.</summary>
    public static Delegate Getter(this DataViewRow row, DataViewSchema.Column column) => Call<Delegate>(Get<int>, column.Type.RawType, row, column);

    private static Delegate Get<T>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<T>(column);
}
