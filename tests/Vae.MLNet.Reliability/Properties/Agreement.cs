using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>
/// How well the values that a model gives to the same rows agree. A row's place among others changes the order in which a matrix product adds up, and so last digits of single precision; where a choice hangs on
/// them, once in very many values, it falls the other way.
/// </summary>
internal sealed class Agreement
{
    // Of max(1, |value|). An activation's last digit is 6e-8 of it; layers add some up.
    private const double Tolerance = 1e-4;
    private const long ValuesPerChoice = 10_000;

    private long _values;
    private long _differing;
    private long _choices;
    private double _largest;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_values:N0} computed values, {_values - _differing:N0} the same to the last bit, none further apart than {_largest:g2}, {_choices} choices between nearly equal ones fell the other way");

    /// <summary>Takes note of a value.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="expected">What it is to be.</param>
    /// <param name="found">What it is.</param>
    /// <param name="where">For the error.</param>
    /// <exception cref="BrokenException">They do not agree.</exception>
    public void Add(DataViewSchema.Column column, object expected, object found, string where)
    {
        _values++;
        if (Cells.AreSame(expected, found))
        {
            return;
        }
        _differing++;
        double distance = Distance(expected, found);
        bool isChoice = column.Name.Contains(".Filled", StringComparison.Ordinal) || column.Type is not (VectorDataViewType or NumberDataViewType { RawType.Name: nameof(Single) or nameof(Double) });
        if (distance <= Tolerance && !(isChoice && found is not (float or double or float[])))
        {
            _largest = Math.Max(_largest, distance);
        }
        else if (!isChoice || ++_choices > 1 + _values / ValuesPerChoice)
        {
            throw new BrokenException($"{where}, column '{column.Name}': {Cells.Text(found)} instead of {Cells.Text(expected)}.");
        }
    }

    /// <summary>The largest difference of two numbers, as a part of max(1, |expected|).</summary>
    public static double Distance(object expected, object found)
    {
        double[] left = Cells.Numbers(expected);
        double[] right = Cells.Numbers(found);
        double largest = left.Length == right.Length ? 0 : double.PositiveInfinity;
        foreach ((double a, double b) in left.Zip(right))
        {
            double distance = Math.Abs(a - b) / Math.Max(1, Math.Abs(a));
            largest = Math.Max(largest, a.Equals(b) ? 0 : double.IsNaN(distance) ? double.PositiveInfinity : distance);
        }
        return largest;
    }
}
