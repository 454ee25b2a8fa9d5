using System.Globalization;

namespace Vae.MLNet.Report.Plots;

/// <summary>From values to places along one side of a plot, with ticks at round values.</summary>
internal sealed class Axis
{
    private readonly double _start;
    private readonly double _end;

    private Axis(double least, double most, double start, double end, IReadOnlyList<(double Value, string Text)> ticks) => (Least, Most, _start, _end, Ticks) = (least, most, start, end, ticks);

    public double Least { get; }

    public double Most { get; }

    /// <summary>Within the axis.</summary>
    public IReadOnlyList<(double Value, string Text)> Ticks { get; }

    /// <param name="least">The smallest value.</param>
    /// <param name="most">The largest.</param>
    /// <param name="start">The place of the smallest.</param>
    /// <param name="end">The place of the largest.</param>
    /// <param name="ticks">About how many ticks.</param>
    /// <param name="wholeNumbers">Whether ticks are to be whole numbers.</param>
    public static Axis Of(double least, double most, double start, double end, int ticks = 5, bool wholeNumbers = false)
    {
        if (!(most > least))
        {
            double room = least == 0 || wholeNumbers ? 1 : Math.Abs(least) * 0.1;
            (least, most) = (least - room, least + room);
        }
        double rough = (most - least) / ticks;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        step = wholeNumbers ? Math.Max(1, step) : step;
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        double first = Math.Ceiling(least / step - 1e-9);
        List<(double, string)> found = [];
        for (int i = 0; (first + i) * step <= most + step * 1e-9; i++)
        {
            double value = (first + i) * step;
            found.Add((value, Text(value, decimals)));
        }
        return new Axis(least, most, start, end, found);
    }

    public double PlaceOf(double value) => _start + (value - Least) / (Most - Least) * (_end - _start);

    private static string Text(double value, int decimals)
    {
        if (decimals > 4)
        {
            return value.ToString("0.##e+0", CultureInfo.InvariantCulture);
        }
        // No negative zero.
        return Math.Abs(value) >= 1e7 ? value.ToString("0.##e+0", CultureInfo.InvariantCulture) : (Math.Round(value, decimals) + 0.0).ToString($"N{decimals}", CultureInfo.InvariantCulture);
    }
}
