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

    /// <param name="row">The cursor.</param>
    /// <param name="columns">The factors, as <see cref="Find"/> found them.</param>
    /// <param name="latent">Size of the latent.</param>
    public FactorGaps(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns, int latent)
    {
        _columns = columns;
        _latent = latent;
        _sources = [.. columns.Select(column => ScalarFormat.Of(column.Type.RawType)!.Source(row, column))];
    }

    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of a type that is none for a factor.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string name, string parameter)
    {
        DataViewSchema.Column column = ColumnTypes.Find(schema, name, "factor", parameter);
        return ScalarFormat.Of(column.Type.RawType) is null ? throw ColumnTypes.Mismatch("factor", name, "a number, a Boolean or a key", $"{column.Type}", parameter) : column;
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
            double entropy = Entropy(categories, count);
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
            // A missing number is in none of them.
            int[] bins = BinsOf([.. values.Where(value => !double.IsNaN(value))]);
            int next = 0;
            return ([.. values.Select(value => double.IsNaN(value) ? Bins : bins[next++])], Bins + 1);
        }
        Dictionary<double, int> index = different.Select((value, position) => (value, position)).ToDictionary(each => each.value, each => each.position);
        return ([.. values.Select(value => index[value])], different.Length);
    }

    private static int[] BinsOf(double[] values)
    {
        (double smallest, double largest) = (values.Min(), values.Max());
        return [.. values.Select(value => largest > smallest ? Math.Min((int)((value - smallest) / (largest - smallest) * Bins), Bins - 1) : 0)];
    }

    // sum p(a, b) log(p(a, b) / (p(a) p(b))), of whole counts: so that what never changes has exactly none
    private static double MutualInformation(int[] first, int[] second, int firstCount, int secondCount)
    {
        var joint = new long[firstCount, secondCount];
        for (int row = 0; row < first.Length; row++)
        {
            joint[first[row], second[row]]++;
        }
        (long[] ofFirst, long[] ofSecond) = (Counts(first, firstCount), Counts(second, secondCount));
        double sum = 0;
        for (int a = 0; a < firstCount; a++)
        {
            for (int b = 0; b < secondCount; b++)
            {
                sum += joint[a, b] > 0 ? joint[a, b] * Math.Log((double)joint[a, b] * first.Length / ((double)ofFirst[a] * ofSecond[b])) : 0;
            }
        }
        return sum / first.Length;
    }

    // -sum p log p
    private static double Entropy(int[] categories, int count) =>
        Counts(categories, count).Where(each => each > 0).Sum(each => each * Math.Log((double)categories.Length / each)) / categories.Length;

    private static long[] Counts(int[] categories, int count)
    {
        var counts = new long[count];
        foreach (int category in categories)
        {
            counts[category]++;
        }
        return counts;
    }
}
