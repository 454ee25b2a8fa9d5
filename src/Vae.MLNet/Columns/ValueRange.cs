using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;

namespace Vae.MLNet.Columns;

/// <summary>The numbers that a column's likelihood can explain. NaN, a missing value, is allowed.</summary>
internal sealed class ValueRange
{
    // Above it single precision cannot tell two counts apart.
    private const int LargestCount = 1 << 24;

    private readonly DataViewSchema.Column _column;
    private readonly VaeLikelihood _likelihood;
    private readonly double _smallest;
    private readonly double _largest;

    public ValueRange(DataViewSchema.Column column, VaeInputColumn settings)
    {
        _column = column;
        _likelihood = settings.Likelihood!.Value;
        (_smallest, _largest) = _likelihood switch
        {
            VaeLikelihood.Bernoulli or VaeLikelihood.ContinuousBernoulli => (0, 1),
            VaeLikelihood.Poisson or VaeLikelihood.Multinomial => (0, LargestCount),
            // Without a scaling the network sees it as it is.
            _ when settings.Scaling == VaeScaling.None => (-Scaling.Largest, Scaling.Largest),
            _ => (-float.MaxValue, float.MaxValue),
        };
    }

    private bool AreCounts => _largest == LargestCount;

    public bool Contains(double value) => !(value < _smallest || value > _largest)
        && (!AreCounts || value == Math.Floor(value) || (double.IsNaN(value) && _likelihood == VaeLikelihood.Poisson));

    /// <returns>Whether none is missing.</returns>
    /// <exception cref="InvalidOperationException">A value is infinite or outside the likelihood's range.</exception>
    public bool Check(ReadOnlySpan<float> values, long position)
    {
        // One pass for both: a missing value fails the comparison, too.
        var smallest = new Vector<float>((float)_smallest);
        var largest = new Vector<float>((float)_largest);
        int slot = 0;
        foreach (Vector<float> vector in AreCounts ? [] : MemoryMarshal.Cast<float, Vector<float>>(values))
        {
            if (!(Vector.GreaterThanOrEqualAll(vector, smallest) && Vector.LessThanOrEqualAll(vector, largest)))
            {
                break;
            }
            slot += Vector<float>.Count;
        }
        bool complete = true;
        for (; slot < values.Length; slot++)
        {
            float value = values[slot];
            if (!Contains(value))
            {
                throw Outside(value, position, slot);
            }
            complete &= !float.IsNaN(value);
        }
        return complete;
    }

    public InvalidOperationException Outside(double value, long position, int? slot)
    {
        string wanted = double.IsInfinity(value) ? "a finite number, or NaN for a missing one"
            : _largest == 1 ? $"a value from {_smallest} to {_largest}, which the {_likelihood} likelihood needs"
            : AreCounts ? $"a whole number from 0 to {LargestCount}, which the {_likelihood} likelihood needs"
            : _largest == Scaling.Largest ? FormattableString.Invariant($"a number from {_smallest} to {_largest}, as large as the model can see them without a scaling: set the column's {nameof(VaeInputColumn.Scaling)} to {VaeScaling.Standard} or {VaeScaling.Quantile}")
            : "a number within the range of Single";
        // In the column's own precision: 1.01, not 1.0099999904632568.
        string found = _column.Type.RawType == typeof(double) ? value.ToString(CultureInfo.InvariantCulture) : ((float)value).ToString(CultureInfo.InvariantCulture);
        return new InvalidOperationException($"Column '{_column.Name}', row {position}{(slot is { } each ? SlotName(each) : "")}: found {found}, wanted {wanted}.");
    }

    private string SlotName(int slot) => SlotNames.Of(_column) is { } names ? $", slot {slot} ('{names[slot]}')" : $", slot {slot}";
}
