using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Pipeline;

namespace Vae.MLNet.Report.Rows;

/// <summary>The values of one column of the rows that are kept.</summary>
internal abstract class KeptColumn
{
    /// <summary>Keeps the current value of a cursor.</summary>
    /// <param name="place">Where: at most one after the last.</param>
    public abstract void Keep(int place);

    /// <summary>Brings the values into another order: afterwards the first is the one that was at <c>order[0]</c>.</summary>
    public abstract void Reorder(int[] order);

    public abstract ValueGetter<TValue> Getter<TValue>(Func<int> row);

    /// <param name="row">The cursor.</param>
    /// <param name="column">Of its schema: a scalar, a key, a text, or a vector of <see cref="float"/>.</param>
    public static KeptColumn Of(DataViewRow row, DataViewSchema.Column column) => TypedGetter.Of(row, column) switch
    {
        // What they refer to is the cursor's, and changes when it moves.
        ValueGetter<VBuffer<float>> vectors => new Values<VBuffer<float>>(vectors, value =>
        {
            VBuffer<float> copy = default;
            value.CopyTo(ref copy);
            return copy;
        }),
        ValueGetter<ReadOnlyMemory<char>> texts => new Values<ReadOnlyMemory<char>>(texts, value => value.ToArray()),
        ValueGetter<float> numbers => new Values<float>(numbers),
        ValueGetter<double> numbers => new Values<double>(numbers),
        ValueGetter<sbyte> numbers => new Values<sbyte>(numbers),
        ValueGetter<short> numbers => new Values<short>(numbers),
        ValueGetter<int> numbers => new Values<int>(numbers),
        ValueGetter<long> numbers => new Values<long>(numbers),
        ValueGetter<byte> numbers => new Values<byte>(numbers),
        ValueGetter<ushort> numbers => new Values<ushort>(numbers),
        ValueGetter<uint> numbers => new Values<uint>(numbers),
        ValueGetter<ulong> numbers => new Values<ulong>(numbers),
        ValueGetter<bool> flags => new Values<bool>(flags),
        _ => throw new ArgumentOutOfRangeException(nameof(column), $"Column '{column.Name}' is of type {column.Type}, which the report cannot show: a number, a Boolean, a key, a text or a vector of Single is wanted."),
    };

    private sealed class Values<T>(ValueGetter<T> source, Func<T, T>? copied = null) : KeptColumn
    {
        private List<T> _values = [];

        public override void Keep(int place)
        {
            T value = default!;
            source(ref value);
            if (place == _values.Count)
            {
                _values.Add(default!);
            }
            _values[place] = copied is null ? value : copied(value);
        }

        public override void Reorder(int[] order) => _values = [.. order.Select(place => _values[place])];

        public override ValueGetter<TValue> Getter<TValue>(Func<int> row)
        {
            // A vector is copied into the buffer of who asks, who may write there.
            Delegate getter = this is Values<VBuffer<float>> vectors
                ? (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) => vectors._values[row()].CopyTo(ref value))
                : (ValueGetter<T>)((ref T value) => value = _values[row()]);
            return getter as ValueGetter<TValue> ?? throw new InvalidOperationException($"The column's values are of type {typeof(T)}, not {typeof(TValue)}.");
        }
    }
}
