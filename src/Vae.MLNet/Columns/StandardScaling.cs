using System.Numerics;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Columns;

/// <summary>
/// (x - centre) / scale per slot, by the training rows' mean and standard deviation. A scale of 0 marks a slot that was constant or empty in training: encoded in its own unit, decoded to its
/// centre exactly.
/// </summary>
internal sealed class StandardScaling : Scaling
{
    private readonly double[] _centre;
    private readonly double[] _scale;
    private readonly float[] _centres;
    private readonly float[] _scales;
    private readonly float[] _divisors;
    private readonly double _logSlope;

    public StandardScaling(double[] centre, double[] scale)
    {
        _centre = centre;
        _scale = scale;
        _centres = [.. centre.Select(each => (float)each)];
        _scales = [.. scale.Select(each => (float)each)];
        _divisors = [.. scale.Select(each => (float)Divisor(each))];
        _logSlope = -scale.Sum(each => Math.Log(Divisor(each)));
    }

    public static StandardScaling Of(RunningMoments moments, int slots) => new(
        [.. Enumerable.Range(0, slots).Select(moments.Mean)],
        [.. Enumerable.Range(0, slots).Select(slot => moments.IsEmpty(slot) ? 0 : moments.StandardDeviation(slot))]);

    public override IEnumerable<Table> Tables => [new("centre", 1, _centre), new("scale", 1, _scale)];

    public static StandardScaling Load(int slots, TableSource tables)
    {
        double[] scale = tables("scale", 1, slots);
        if (scale.Any(each => each < 0 || each > float.MaxValue || (each > 0 && !float.IsNormal((float)each))))
        {
            throw new FormatException("A table 'scale' in the model has a value that is not a scale.");
        }
        return new StandardScaling(tables("centre", 1, slots), scale);
    }

    public override float Encode(int slot, double value) => Seen((value - _centre[slot]) / Divisor(_scale[slot]));

    public override double Decode(int slot, float encoded) => InRange(_centre[slot] + encoded * _scale[slot]);

    public override double LogSlope(int slot, double value) => -Math.Log(Divisor(_scale[slot]));

    public override double LogSlope(ReadOnlySpan<float> row, bool complete) => complete ? _logSlope : base.LogSlope(row, complete);

    public override void Encode(Span<float> row)
    {
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(row);
        ReadOnlySpan<Vector<float>> centres = MemoryMarshal.Cast<float, Vector<float>>(_centres);
        ReadOnlySpan<Vector<float>> divisors = MemoryMarshal.Cast<float, Vector<float>>(_divisors);
        var largest = new Vector<float>((float)Largest);
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Vector.Min(Vector.Max((vectors[i] - centres[i]) / divisors[i], -largest), largest);
        }
        for (int i = vectors.Length * Vector<float>.Count; i < row.Length; i++)
        {
            row[i] = Seen((row[i] - _centres[i]) / _divisors[i]);
        }
    }

    public override void Decode(ReadOnlySpan<float> encoded, Span<float> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = Math.Clamp(encoded[i] * _scales[i] + _centres[i], -float.MaxValue, float.MaxValue);
        }
    }

    private static double Divisor(double scale) => scale == 0 ? 1 : scale;
}
