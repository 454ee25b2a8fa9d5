using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Evaluation;

/// <summary>
/// Sums up how far reconstructions are off, column by column, from the values as the source has them: what is encoded may be less (a column that was constant in training, a double beside a large mean).
/// </summary>
internal sealed class ColumnErrors
{
    private readonly RowLayout _layout;
    private readonly NumberSource[] _sources;
    private readonly double[] _numbers;
    private readonly double[] _sums;
    private readonly long[] _counts;

    /// <param name="bound">The columns.</param>
    /// <param name="row">The cursor.</param>
    /// <param name="capacity">Rows that can be read before they are compared.</param>
    public ColumnErrors(BoundLayout bound, DataViewRow row, int capacity)
    {
        _layout = bound.Layout;
        _sources = [.. _layout.Columns.Select((column, index) => column.NumbersOf(row, bound.Inputs[index]))];
        _numbers = new double[capacity * _layout.NumberWidth];
        _sums = new double[_layout.Columns.Count];
        _counts = new long[_layout.Columns.Count];
    }

    /// <summary>Keeps the numbers of the source's current row.</summary>
    /// <param name="row">Its place among those that are compared together.</param>
    public void Read(int row)
    {
        for (int column = 0; column < _sources.Length; column++)
        {
            _sources[column](NumbersOf(row, column));
        }
    }

    /// <param name="values">The rows that were read, encoded.</param>
    /// <param name="reconstructed">The same from the decoder.</param>
    /// <param name="rows">How many.</param>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<float> reconstructed, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < _sources.Length; column++)
            {
                ReadOnlySpan<float> said = _layout.SlotsOf(column, reconstructed.Slice(row * _layout.Width, _layout.Width));
                if (_layout.Columns[column] is KeyColumn key)
                {
                    AddCategory(column, key, _layout.SlotsOf(column, values.Slice(row * _layout.Width, _layout.Width)), said);
                }
                else
                {
                    AddNumbers(column, NumbersOf(row, column), said);
                }
            }
        }
    }

    public IReadOnlyList<VaeColumnError> Averages() => [.. _layout.Columns.Select((column, index) =>
    {
        bool isRate = column is KeyColumn || column.Type is BooleanDataViewType;
        double average = _counts[index] == 0 ? double.NaN : _sums[index] / _counts[index];
        return new VaeColumnError(column.Name, isRate ? average : Math.Sqrt(average), isRate);
    })];

    private Span<double> NumbersOf(int row, int column) => _layout.Columns[column] is KeyColumn
        ? []
        : _numbers.AsSpan(row * _layout.NumberWidth + _layout.OffsetOf(column), _layout.Columns[column].Width);

    private void AddNumbers(int column, ReadOnlySpan<double> truth, ReadOnlySpan<float> said)
    {
        for (int slot = 0; slot < truth.Length; slot++)
        {
            if (!double.IsNaN(truth[slot]))
            {
                // Of a flag 0 or 1.
                double difference = truth[slot] - _layout.Columns[column].Decode(slot, said[slot]);
                _sums[column] += difference * difference;
                _counts[column]++;
            }
        }
    }

    // A missing category is all zeros.
    private void AddCategory(int column, KeyColumn key, ReadOnlySpan<float> truth, ReadOnlySpan<float> said)
    {
        int category = truth.IndexOf(1f);
        if (category >= 0)
        {
            _sums[column] += key.MostProbable(said) == category ? 0 : 1;
            _counts[column]++;
        }
    }
}
