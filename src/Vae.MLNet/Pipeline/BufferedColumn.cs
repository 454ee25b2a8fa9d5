using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Pipeline;

/// <summary>The values of one source column for a block of rows.</summary>
internal abstract class BufferedColumn
{
    private static readonly MethodInfo s_scalar = new Func<DataViewSchema.Column, DataViewRow, int, BufferedColumn>(Scalar<int>).Method.GetGenericMethodDefinition();
    private static readonly MethodInfo s_vector = new Func<DataViewSchema.Column, DataViewRow, int, BufferedColumn>(Vector<int>).Method.GetGenericMethodDefinition();

    /// <summary>Keeps the value of the source's current row.</summary>
    public abstract void Read(int row);

    /// <summary>A getter of the value of the row that <paramref name="currentRow"/> names at the time of asking.</summary>
    public abstract Delegate GetterFor(Func<int> currentRow);

    public static BufferedColumn Of(DataViewSchema.Column column, DataViewRow source, int capacity)
    {
        MethodInfo create = column.Type is VectorDataViewType vector
            ? s_vector.MakeGenericMethod(vector.ItemType.RawType)
            : s_scalar.MakeGenericMethod(column.Type.RawType);
        return create.CreateDelegate<Func<DataViewSchema.Column, DataViewRow, int, BufferedColumn>>()(column, source, capacity);
    }

    private static BufferedColumn Scalar<T>(DataViewSchema.Column column, DataViewRow source, int capacity) =>
        new Values<T>(source.GetGetter<T>(column), capacity, static (ref T from, ref T to) => to = from);

    // A vector is copied out: its arrays are the block's, and the consumer may write into what it got.
    private static BufferedColumn Vector<T>(DataViewSchema.Column column, DataViewRow source, int capacity) =>
        new Values<VBuffer<T>>(source.GetGetter<VBuffer<T>>(column), capacity, static (ref VBuffer<T> from, ref VBuffer<T> to) => from.CopyTo(ref to));

    private delegate void Copy<T>(ref T from, ref T to);

    private sealed class Values<T>(ValueGetter<T> source, int capacity, Copy<T> copy) : BufferedColumn
    {
        private readonly T[] _values = new T[capacity];

        public override void Read(int row) => source(ref _values[row]);

        public override Delegate GetterFor(Func<int> currentRow) => (ValueGetter<T>)((ref T value) => copy(ref _values[currentRow()], ref value));
    }
}
