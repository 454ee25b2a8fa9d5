namespace Vae.MLNet.Columns;

/// <summary>From a column's units to those of the network and back, slot by slot. Strictly increasing; NaN stays NaN.</summary>
internal abstract class Scaling
{
    /// <summary>
    /// The largest number that the network sees: so far from all training rows that farther is no news, and so small that neither its square nor what a network makes of it leaves single precision.
    /// </summary>
    public const double Largest = 1e12;

    /// <summary>Single values, in double precision.</summary>
    public abstract float Encode(int slot, double value);

    public abstract double Decode(int slot, float encoded);

    /// <summary>log(d encoded / d value): what a log density in the network's units gains in the column's.</summary>
    public abstract double LogSlope(int slot, double value);

    /// <summary>A row of a vector column, in place, in single precision.</summary>
    public abstract void Encode(Span<float> row);

    public abstract void Decode(ReadOnlySpan<float> encoded, Span<float> row);

    /// <summary>Brings a draw, in place, to the values that the training rows have again and again, where it is within their share.</summary>
    public virtual void SettleDraw(Span<float> encoded)
    {
    }

    /// <summary>What the network sees of an encoded number.</summary>
    protected static float Seen(double encoded) => (float)Math.Clamp(encoded, -Largest, Largest);

    /// <summary>The nearest number in the range of single precision, outside of which no row has any.</summary>
    protected static double InRange(double decoded) => Math.Clamp(decoded, -float.MaxValue, float.MaxValue);

    /// <summary>Sum of <see cref="LogSlope(int, double)"/> over the values that are there.</summary>
    /// <param name="row">Values in the column's units.</param>
    /// <param name="complete">Whether none is missing.</param>
    public virtual double LogSlope(ReadOnlySpan<float> row, bool complete)
    {
        double sum = 0;
        for (int slot = 0; slot < row.Length; slot++)
        {
            if (!float.IsNaN(row[slot]))
            {
                sum += LogSlope(slot, row[slot]);
            }
        }
        return sum;
    }

    /// <summary>What it has learned, to be saved.</summary>
    public abstract IEnumerable<Table> Tables { get; }

    /// <summary>The tables again, checked.</summary>
    /// <exception cref="FormatException">A table is missing, of a wrong shape, or impossible.</exception>
    public static Scaling Load(VaeScaling kind, int slots, TableSource tables) => kind switch
    {
        VaeScaling.Standard => StandardScaling.Load(slots, tables),
        VaeScaling.Quantile => QuantileScaling.Load(slots, tables),
        _ => NoScaling.Instance,
    };
}

/// <summary>Numbers that training has learned of a column, by name: <c>[rows, columns]</c>, row by row; one row is saved as <c>[columns]</c>.</summary>
internal sealed record Table(string Name, int Rows, double[] Values);

/// <summary>Finds a saved table. A negative number of columns: any.</summary>
/// <exception cref="FormatException">There is none of this name and shape.</exception>
internal delegate double[] TableSource(string name, int rows, int columns);

/// <summary>Values as they are.</summary>
internal sealed class NoScaling : Scaling
{
    public static NoScaling Instance { get; } = new();

    public override IEnumerable<Table> Tables => [];

    public override float Encode(int slot, double value) => (float)value;

    public override double Decode(int slot, float encoded) => encoded;

    public override double LogSlope(int slot, double value) => 0;

    public override void Encode(Span<float> row)
    {
    }

    public override void Decode(ReadOnlySpan<float> encoded, Span<float> row) => encoded.CopyTo(row);

    public override double LogSlope(ReadOnlySpan<float> row, bool complete) => 0;
}
