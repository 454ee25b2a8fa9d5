using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Columns;

/// <summary>The input column: a vector of <see cref="float"/> of known size whose values the likelihood can explain.</summary>
internal sealed class FeatureColumn
{
    private const string WantedType = "a known-size vector of Single";

    private readonly DataViewSchema.Column _column;
    private readonly float _smallest;
    private readonly float _largest;

    public FeatureColumn(DataViewSchema.Column column, VaeLikelihood likelihood)
    {
        _column = column;
        Size = SizeOf(column);
        (_smallest, _largest) = likelihood == VaeLikelihood.Bernoulli ? (0f, 1f) : (-float.MaxValue, float.MaxValue);
    }

    public int Size { get; }

    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string parameter)
    {
        DataViewSchema.Column column = schema.GetColumnOrNull(name) ?? throw Missing(name, schema.Select(each => each.Name), parameter);
        return column.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single
            ? column
            : throw Mismatch(name, WantedType, $"{column.Type}", parameter);
    }

    public static SchemaShape.Column Find(SchemaShape shape, string name, string parameter)
    {
        SchemaShape.Column? found = null;
        foreach (SchemaShape.Column each in shape)
        {
            if (each.Name == name)
            {
                found = each;
            }
        }
        SchemaShape.Column column = found ?? throw Missing(name, shape.Select(each => each.Name), parameter);
        return column is { Kind: SchemaShape.Column.VectorKind.Vector, IsKey: false } && column.ItemType == NumberDataViewType.Single
            ? column
            : throw Mismatch(name, WantedType, $"{column.Kind} of {column.ItemType}{(column.IsKey ? " (key)" : "")}", parameter);
    }

    public static int SizeOf(DataViewSchema.Column column) => ((VectorDataViewType)column.Type).Size;

    public static ArgumentOutOfRangeException Mismatch(string name, string wanted, string found, string parameter) =>
        new(parameter, $"Schema mismatch for input column '{name}': expected {wanted}, got {found}");

    public RowReader ReaderOf(DataViewRow row) => new(this, row);

    private static ArgumentOutOfRangeException Missing(string name, IEnumerable<string> present, string parameter) =>
        new(parameter, $"Could not find input column '{name}'; there are: {string.Join(", ", present.Distinct())}");

    private void Check(ReadOnlySpan<float> values, long position)
    {
        // NaN is in no range, so one comparison finds missing, infinite and outlying values.
        var smallest = new Vector<float>(_smallest);
        var largest = new Vector<float>(_largest);
        int slot = 0;
        foreach (Vector<float> vector in MemoryMarshal.Cast<float, Vector<float>>(values))
        {
            if (!(Vector.GreaterThanOrEqualAll(vector, smallest) && Vector.LessThanOrEqualAll(vector, largest)))
            {
                break;
            }
            slot += Vector<float>.Count;
        }
        for (; slot < values.Length; slot++)
        {
            float value = values[slot];
            if (!(value >= _smallest && value <= _largest))
            {
                string wanted = !float.IsFinite(value) ? "a finite number" : $"a value from {_smallest} to {_largest}, which the Bernoulli likelihood needs";
                throw new InvalidOperationException(FormattableString.Invariant($"Column '{_column.Name}', row {position}{SlotName(slot)}: found {value}, wanted {wanted}."));
            }
        }
    }

    private string SlotName(int slot)
    {
        if (_column.HasSlotNames())
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            _column.GetSlotNames(ref names);
            return $", slot {slot} ('{names.GetItemOrDefault(slot)}')";
        }
        return $", slot {slot}";
    }

    /// <summary>Reads the column of one cursor's current row; keeps its buffer from row to row.</summary>
    public sealed class RowReader
    {
        private readonly FeatureColumn _owner;
        private readonly DataViewRow _row;
        private readonly ValueGetter<VBuffer<float>> _getter;
        private VBuffer<float> _buffer;

        public RowReader(FeatureColumn owner, DataViewRow row)
        {
            _owner = owner;
            _row = row;
            _getter = row.GetGetter<VBuffer<float>>(owner._column);
        }

        /// <exception cref="InvalidOperationException">A value is missing, infinite or outside the likelihood's range.</exception>
        public void Read(Span<float> destination)
        {
            _getter(ref _buffer);
            _buffer.CopyTo(destination);
            _owner.Check(destination, _row.Position);
        }
    }
}
