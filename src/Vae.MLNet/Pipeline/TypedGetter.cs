using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Pipeline;

/// <summary>Getters of columns whose type is only known at run time.</summary>
internal static class TypedGetter
{
    private static readonly MethodInfo s_scalar = new Func<DataViewRow, DataViewSchema.Column, Delegate>(Scalar<int>).Method.GetGenericMethodDefinition();
    private static readonly MethodInfo s_vector = new Func<DataViewRow, DataViewSchema.Column, Delegate>(Vector<int>).Method.GetGenericMethodDefinition();

    /// <summary>A <see cref="ValueGetter{TValue}"/> of the column's own type.</summary>
    public static Delegate Of(DataViewRow row, DataViewSchema.Column column)
    {
        MethodInfo create = column.Type is VectorDataViewType vector ? s_vector.MakeGenericMethod(vector.ItemType.RawType) : s_scalar.MakeGenericMethod(column.Type.RawType);
        return create.CreateDelegate<Func<DataViewRow, DataViewSchema.Column, Delegate>>()(row, column);
    }

    private static Delegate Scalar<T>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<T>(column);

    private static Delegate Vector<T>(DataViewRow row, DataViewSchema.Column column) => row.GetGetter<VBuffer<T>>(column);
}
