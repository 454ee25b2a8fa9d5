using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Columns;

/// <summary>
/// Reads a column of vectors of a known size. ML.NET passes on whatever array a row has, so a vector may have another length than its
/// type says: every vector of a user's row is read here.
/// </summary>
internal sealed class VectorSource
{
    private readonly DataViewRow _row;
    private readonly ValueGetter<VBuffer<float>> _getter;
    private readonly string _name;
    private readonly int _size;
    private VBuffer<float> _buffer;

    /// <param name="row">The cursor.</param>
    /// <param name="column">A column of its schema, of vectors of <see cref="float"/> of known size.</param>
    public VectorSource(DataViewRow row, DataViewSchema.Column column)
    {
        (_row, _name, _size) = (row, column.Name, ((VectorDataViewType)column.Type).Size);
        _getter = row.GetGetter<VBuffer<float>>(column);
    }

    /// <summary>Reads the vector of the current row, which is valid until the next one is read.</summary>
    /// <exception cref="InvalidOperationException">It has another length than the column's type says.</exception>
    public ref readonly VBuffer<float> Read()
    {
        _getter(ref _buffer);
        RequireLength(_name, _row.Position, _size, _buffer.Length);
        return ref _buffer;
    }

    /// <exception cref="InvalidOperationException">A vector has another length than its column's type says.</exception>
    public static void RequireLength(string column, long position, int expected, int found)
    {
        if (found != expected)
        {
            string values = expected == 1 ? "value" : "values";
            throw new InvalidOperationException($"Column '{column}', row {position}: expected {expected} {values}, found {found}.");
        }
    }
}
