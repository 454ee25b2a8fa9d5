using System.Runtime.InteropServices;
using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Quality;

/// <summary>Pairs of columns, by the definitions of SDMetrics.</summary>
internal static class PairSimilarities
{
    private const int Bins = 10;
    // Of a variance that is 0 but for rounding, relative to the column's.
    private const double SmallestVariance = 1e-12;

    /// <summary>The average over pairs of numbers of 1 - |r real - r sampled| / 2; NaN without such a pair.</summary>
    public static double Correlation(IReadOnlyList<SampleColumn> real, IReadOnlyList<SampleColumn> sampled)
    {
        SampleColumn[] first = [.. real.Where(column => !column.IsCategory)];
        SampleColumn[] second = [.. sampled.Where(column => !column.IsCategory)];
        if (first.Length < 2)
        {
            return double.NaN;
        }
        double[] ofReal = Correlations(first);
        double[] ofSampled = Correlations(second);
        double sum = 0;
        long pairs = 0;
        for (int i = 0; i < first.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double difference = Math.Abs(ofReal[i * first.Length + j] - ofSampled[i * first.Length + j]);
                if (!double.IsNaN(difference))
                {
                    sum += 1 - difference / 2;
                    pairs++;
                }
            }
        }
        return sum / pairs;
    }

    /// <summary>The average over pairs with a category of 1 - the total variation distance of joint frequencies; NaN without such a pair.</summary>
    public static double Contingency(IReadOnlyList<SampleColumn> real, IReadOnlyList<SampleColumn> sampled)
    {
        (int[] Real, int[] Sampled)[] codes = [.. real.Zip(sampled, (first, second) => first.IsCategory ? (Codes(first.Values), Codes(second.Values)) : (Binned(first.Values, first.Values), Binned(second.Values, first.Values)))];
        List<double> similarities = [];
        for (int i = 0; i < real.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (real[i].IsCategory || real[j].IsCategory)
                {
                    similarities.Add(ColumnSimilarities.TotalVariation(Joint(codes[i].Real, codes[j].Real), Joint(codes[i].Sampled, codes[j].Sampled)));
                }
            }
        }
        return similarities.Count > 0 ? similarities.Average() : double.NaN;
    }

    // Pearson's r of each pair, over the rows where both are there: [columns, columns].
    private static double[] Correlations(SampleColumn[] columns)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = stack([.. columns.Select(column => tensor(column.Values, dtype: ScalarType.Float64, device: OnDevice.Cpu))], 0);
        Tensor present = values.isnan().@double().Complement();
        Tensor known = values.nan_to_num(0);
        // Around the mean, so that no digits are lost.
        known = (known - known.sum(dim: 1, keepdim: true) / present.sum(dim: 1, keepdim: true)) * present;
        Tensor count = present.mm(present.t());
        Tensor mean = known.mm(present.t()) / count;
        Tensor variance = known.Squared().mm(present.t()) / count - mean.Squared();
        Tensor covariance = known.mm(known.t()) / count - mean * mean.t();
        Tensor scale = known.Squared().sum(dim: 1, keepdim: true) / present.sum(dim: 1, keepdim: true);
        Tensor isConstant = variance <= scale.Times(SmallestVariance);
        Tensor correlation = (covariance / (variance * variance.t()).sqrt()).Replaced(isConstant.logical_or(isConstant.t()), double.NaN);
        return MemoryMarshal.Cast<byte, double>(correlation.contiguous().bytes).ToArray();
    }

    private static int[] Codes(double[] values) => Array.ConvertAll(values, value => (int)value);

    // The number of edges, 11 from the least to the largest real number, that are not above it; -1 where it is missing.
    private static int[] Binned(double[] values, double[] real)
    {
        double[] present = Array.FindAll(real, value => !double.IsNaN(value));
        if (present.Length == 0)
        {
            return new int[values.Length];
        }
        double least = present.Min();
        double largest = present.Max();
        // Of a constant, as numpy does it.
        (least, largest) = least < largest ? (least, largest) : (least - 0.5, largest + 0.5);
        double[] edges = [.. Enumerable.Range(0, Bins + 1).Select(edge => edge == Bins ? largest : least + edge * ((largest - least) / Bins))];
        return Array.ConvertAll(values, value => double.IsNaN(value) ? -1 : edges.Count(edge => edge <= value));
    }

    private static (int, int)[] Joint(int[] first, int[] second) => [.. first.Zip(second)];
}
