using System.Globalization;

namespace Vae.MLNet.Report.Page;

/// <summary>Numbers as text, the same in every culture.</summary>
internal static class Numbers
{
    private const int Digits = 4;

    /// <summary>Four digits, or all of those before the decimal point; thousands apart. Very large and very small numbers by powers of ten.</summary>
    public static string Text(double value)
    {
        double size = Math.Abs(value);
        if (!double.IsFinite(value) || size >= 1e9 || (size > 0 && size < 1e-5))
        {
            return value.ToString("0.###e+0", CultureInfo.InvariantCulture);
        }
        int decimals = size == 0 ? 0 : Math.Clamp(Digits - 1 - (int)Math.Floor(Math.Log10(size)), 0, 8);
        string text = value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
    }

    /// <summary>Two decimals: a number of nats.</summary>
    public static string Nats(double value) => value.ToString("N2", CultureInfo.InvariantCulture);

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count and what it counts, in the singular or with an s.</summary>
    public static string Count(long value, string what) => $"{Count(value)} {what}{(value == 1 ? "" : "s")}";

    /// <summary>As many decimals as tell numbers apart that are so far from each other.</summary>
    public static string Spread(double value, double range)
    {
        int decimals = range > 0 ? Math.Clamp(2 - (int)Math.Floor(Math.Log10(range)), 0, 8) : 0;
        // No negative zero.
        return (Math.Round(value, decimals) + 0.0).ToString($"N{decimals}", CultureInfo.InvariantCulture);
    }

    /// <summary>A part of 1, in whole percent.</summary>
    public static string WholePercent(double part) => part.ToString("0 %", CultureInfo.InvariantCulture);

    /// <summary>A part of 1.</summary>
    public static string Percent(double part) => part.ToString(Math.Abs(part) is > 0 and < 0.1 or > 0.9 and < 1 ? "0.0 %" : "0 %", CultureInfo.InvariantCulture);

    /// <summary>A place in a drawing.</summary>
    public static string Place(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A number as it would be typed, for programs to read.</summary>
    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
