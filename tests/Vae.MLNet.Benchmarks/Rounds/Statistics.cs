namespace Vae.MLNet.Benchmarks;

/// <summary>Order statistics of a few numbers.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>Linear between the two nearest numbers.</summary>
    public static double Quantile(IEnumerable<double> values, double at)
    {
        double[] sorted = [.. values.Order()];
        double place = at * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
