namespace Vae.MLNet.Sampling.Quality;

/// <summary>Distributions of single columns.</summary>
internal static class ColumnSimilarities
{
    public static double Of(SampleColumn real, SampleColumn sampled) => real.IsCategory ? TotalVariation(real.Values, sampled.Values) : KolmogorovSmirnov(real.Values, sampled.Values);

    /// <summary>1 - the largest distance of the two distribution functions, over the numbers that are there; NaN if there are none.</summary>
    public static double KolmogorovSmirnov(double[] real, double[] sampled)
    {
        double[] first = Sorted(real);
        double[] second = Sorted(sampled);
        if (first.Length == 0 || second.Length == 0)
        {
            return double.NaN;
        }
        double largest = 0;
        for (int i = 0, j = 0; i < first.Length && j < second.Length;)
        {
            double value = Math.Min(first[i], second[j]);
            while (i < first.Length && first[i] == value)
            {
                i++;
            }
            while (j < second.Length && second[j] == value)
            {
                j++;
            }
            largest = Math.Max(largest, Math.Abs((double)i / first.Length - (double)j / second.Length));
        }
        return 1 - largest;
    }

    /// <summary>1 - half the sum of the distances of the frequencies.</summary>
    public static double TotalVariation<T>(IReadOnlyList<T> real, IReadOnlyList<T> sampled)
        where T : notnull
    {
        var differences = new Dictionary<T, double>();
        foreach (T category in real)
        {
            differences[category] = differences.GetValueOrDefault(category) + 1.0 / real.Count;
        }
        foreach (T category in sampled)
        {
            differences[category] = differences.GetValueOrDefault(category) - 1.0 / sampled.Count;
        }
        return Math.Clamp(1 - differences.Values.Sum(Math.Abs) / 2, 0, 1);
    }

    private static double[] Sorted(double[] values)
    {
        double[] present = Array.FindAll(values, value => !double.IsNaN(value));
        Array.Sort(present);
        return present;
    }
}
