using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Evaluation;

/// <summary>
/// The mutual information of each latent dimension with each known factor (Chen et al., 2018, section 4.1), from posterior draws in bins of equal width (as Locatello et al., 2019, do with means). A factor of
/// more different numbers than there are bins is binned as well.
/// </summary>
internal sealed class FactorGaps
{
    private const int Bins = 20;

    private readonly IReadOnlyList<DataViewSchema.Column> _columns;
    private readonly Func<double>[] _sources;
    private readonly List<double> _factors = [];
    private readonly List<float> _latents = [];
    private readonly int _latent;

    public FactorGaps(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns, int latent)
    {
        _columns = columns;
        _latent = latent;
        _sources = [.. columns.Select(column => ScalarFormat.Of(column.Type.RawType) is { } format
            ? format.Source(row, column)
            : throw new ArgumentOutOfRangeException(nameof(columns), $"Schema mismatch for factor column '{column.Name}': expected a number, a Boolean or a key, got {column.Type}"))];
    }

    /// <summary>Takes note of the current row's factors.</summary>
    public void ReadFactors()
    {
        foreach (Func<double> source in _sources)
        {
            _factors.Add(source());
        }
    }

    /// <summary>Latents of the rows whose factors were read, row by row.</summary>
    public void Add(ReadOnlySpan<float> latents)
    {
        if (_sources.Length > 0)
        {
            _latents.AddRange(latents);
        }
    }

    public IReadOnlyList<VaeFactorGap> Gaps()
    {
        if (_sources.Length == 0)
        {
            return [];
        }
        int[][] bins = [.. Enumerable.Range(0, _latent).Select(dimension => BinsOf([.. Column(_latents, _latent, dimension)]))];
        return [.. _columns.Select((column, factor) =>
        {
            (int[] categories, int count) = CategoriesOf([.. Column(_factors, _sources.Length, factor)], column.Type is KeyDataViewType);
            double entropy = MutualInformation(categories, categories, count, count);
            (double Information, int Dimension)[] known = [.. bins.Select((each, dimension) => (MutualInformation(each, categories, Bins, count), dimension)).OrderByDescending(each => each.Item1)];
            double second = known.Length > 1 ? known[1].Information : 0;
            return new VaeFactorGap(column.Name, entropy > 0 ? (known[0].Information - second) / entropy : 0, known[0].Dimension);
        })];
    }

    private static IEnumerable<double> Column<T>(List<T> values, int width, int column)
        where T : System.Numerics.INumberBase<T> => Enumerable.Range(0, values.Count / width).Select(row => double.CreateChecked(values[row * width + column]));

    private static (int[] Categories, int Count) CategoriesOf(double[] values, bool isKey)
    {
        double[] different = [.. values.Distinct()];
        if (different.Length > Bins && !isKey)
        {
            return (BinsOf(values), Bins);
        }
        Dictionary<double, int> index = different.Select((value, position) => (value, position)).ToDictionary(each => each.value, each => each.position);
        return ([.. values.Select(value => index[value])], different.Length);
    }

    private static int[] BinsOf(double[] values)
    {
        (double smallest, double largest) = (values.Min(), values.Max());
        return [.. values.Select(value => largest > smallest ? Math.Min((int)((value - smallest) / (largest - smallest) * Bins), Bins - 1) : 0)];
    }

    // sum p(a, b) log(p(a, b) / (p(a) p(b)))
    private static double MutualInformation(int[] first, int[] second, int firstCount, int secondCount)
    {
        var joint = new double[firstCount, secondCount];
        var ofFirst = new double[firstCount];
        var ofSecond = new double[secondCount];
        double one = 1.0 / first.Length;
        for (int row = 0; row < first.Length; row++)
        {
            joint[first[row], second[row]] += one;
            ofFirst[first[row]] += one;
            ofSecond[second[row]] += one;
        }
        double sum = 0;
        for (int a = 0; a < firstCount; a++)
        {
            for (int b = 0; b < secondCount; b++)
            {
                sum += joint[a, b] > 0 ? joint[a, b] * Math.Log(joint[a, b] / (ofFirst[a] * ofSecond[b])) : 0;
            }
        }
        return sum;
    }
}
