using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Evaluation;

/// <summary>Sums up how far reconstructions are off, column by column.</summary>
internal sealed class ColumnErrors
{
    private readonly RowLayout _layout;
    private readonly double[] _sums;
    private readonly long[] _counts;
    private readonly float[] _truth;
    private readonly float[] _said;

    public ColumnErrors(RowLayout layout)
    {
        _layout = layout;
        _sums = new double[layout.Columns.Count];
        _counts = new long[layout.Columns.Count];
        int widest = layout.Columns.Max(column => column.Width);
        (_truth, _said) = (new float[widest], new float[widest]);
    }

    /// <param name="values">Encoded rows.</param>
    /// <param name="missing">1 where a number is missing.</param>
    /// <param name="reconstructed">Encoded rows again.</param>
    /// <param name="rows">How many.</param>
    public void Add(ReadOnlySpan<float> values, ReadOnlySpan<float> missing, ReadOnlySpan<float> reconstructed, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < _layout.Columns.Count; column++)
            {
                Span<float> truth = Decoded(column, values.Slice(row * _layout.Width, _layout.Width), _truth);
                Span<float> said = Decoded(column, reconstructed.Slice(row * _layout.Width, _layout.Width), _said);
                if (_layout.Columns[column] is KeyColumn)
                {
                    AddCategory(column, truth, said);
                }
                else
                {
                    AddNumbers(column, truth, said, missing.Slice(row * _layout.NumberWidth + _layout.OffsetOf(column), truth.Length));
                }
            }
        }
    }

    public IReadOnlyList<VaeColumnError> Averages() => [.. _layout.Columns.Select((column, index) =>
    {
        double average = _counts[index] == 0 ? double.NaN : _sums[index] / _counts[index];
        return new VaeColumnError(column.Name, IsRate(column) ? average : Math.Sqrt(average), IsRate(column));
    })];

    private static bool IsRate(DataColumn column) => column is KeyColumn || column.Type is BooleanDataViewType;

    private Span<float> Decoded(int column, ReadOnlySpan<float> row, float[] buffer)
    {
        Span<float> values = buffer.AsSpan(0, _layout.Columns[column].Width);
        _layout.Columns[column].Decode(_layout.SlotsOf(column, row), values);
        return values;
    }

    private void AddNumbers(int column, ReadOnlySpan<float> truth, ReadOnlySpan<float> said, ReadOnlySpan<float> missing)
    {
        bool isFlag = IsRate(_layout.Columns[column]);
        for (int slot = 0; slot < truth.Length; slot++)
        {
            if (missing[slot] == 0)
            {
                double difference = truth[slot] - (isFlag ? (said[slot] >= 0.5 ? 1 : 0) : said[slot]);
                _sums[column] += difference * difference;
                _counts[column]++;
            }
        }
    }

    // A missing category is all zeros.
    private void AddCategory(int column, ReadOnlySpan<float> truth, ReadOnlySpan<float> said)
    {
        int category = truth.IndexOf(1f);
        if (category >= 0)
        {
            _sums[column] += said[category] < Largest(said) ? 1 : 0;
            _counts[column]++;
        }
    }

    private static float Largest(ReadOnlySpan<float> values)
    {
        float largest = values[0];
        foreach (float value in values)
        {
            largest = Math.Max(largest, value);
        }
        return largest;
    }
}
