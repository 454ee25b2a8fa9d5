using System.Numerics;

namespace Vae.MLNet.Columns;

/// <summary>Weighted mean and variance per slot over the values that are there, in one pass and in double precision: sums of differences from the first value (Chan, Golub and LeVeque, 1983).</summary>
internal sealed class RunningMoments
{
    private readonly double[] _first;
    private readonly double[] _weight;
    private readonly double[] _sum;
    private readonly double[] _squares;

    public RunningMoments(int slots)
    {
        _first = new double[slots];
        Array.Fill(_first, double.NaN);
        _weight = new double[slots];
        _sum = new double[slots];
        _squares = new double[slots];
    }

    /// <summary>NaN is a missing value.</summary>
    public void Add(ReadOnlySpan<float> row, double weight)
    {
        var weights = new Vector<double>(weight);
        int slot = 0;
        for (; slot <= row.Length - Vector<float>.Count; slot += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(row[slot..]), out Vector<double> low, out Vector<double> high);
            Vector<double> lowDifference = low - new Vector<double>(_first, slot);
            Vector<double> highDifference = high - new Vector<double>(_first, slot + Vector<double>.Count);
            // First or missing values are some of them.
            if (!Vector.EqualsAll(lowDifference, lowDifference) || !Vector.EqualsAll(highDifference, highDifference))
            {
                for (int i = slot; i < slot + Vector<float>.Count; i++)
                {
                    Add(i, row[i], weight);
                }
                continue;
            }
            Add(slot, lowDifference, weights);
            Add(slot + Vector<double>.Count, highDifference, weights);
        }
        for (; slot < row.Length; slot++)
        {
            Add(slot, row[slot], weight);
        }
    }

    public void Add(int slot, double value, double weight)
    {
        double difference = value - _first[slot];
        if (double.IsNaN(difference))
        {
            if (double.IsNaN(value))
            {
                return;
            }
            _first[slot] = value;
            difference = 0;
        }
        _weight[slot] += weight;
        _sum[slot] += weight * difference;
        _squares[slot] += weight * difference * difference;
    }

    private void Add(int slot, Vector<double> difference, Vector<double> weight)
    {
        Vector<double> weighted = weight * difference;
        (new Vector<double>(_weight, slot) + weight).CopyTo(_weight, slot);
        (new Vector<double>(_sum, slot) + weighted).CopyTo(_sum, slot);
        (new Vector<double>(_squares, slot) + weighted * difference).CopyTo(_squares, slot);
    }

    /// <summary>Whether no value has been seen there.</summary>
    public bool IsEmpty(int slot) => _weight[slot] == 0;

    /// <summary>Whether all values seen there are the same.</summary>
    public bool IsConstant(int slot) => _weight[slot] > 0 && _squares[slot] == 0;

    public double Mean(int slot) => IsEmpty(slot) ? 0 : _first[slot] + _sum[slot] / _weight[slot];

    /// <summary>0 for a constant, also where the spread is too small for single precision.</summary>
    public double StandardDeviation(int slot)
    {
        double offset = _sum[slot] / _weight[slot];
        double variance = _squares[slot] / _weight[slot] - offset * offset;
        double deviation = Math.Sqrt(Math.Max(variance, 0));
        return float.IsNormal((float)deviation) ? deviation : 0;
    }
}
