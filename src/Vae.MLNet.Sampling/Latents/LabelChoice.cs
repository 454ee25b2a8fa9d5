using System.Globalization;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>Which label each sampled row of a conditional model has: a draw by proportions.</summary>
internal sealed class LabelChoice
{
    private const double Tolerance = 1e-6;
    private const int MostNamed = 20;

    // Sums of proportions up to each category.
    private readonly double[] _cumulative;
    private readonly int _last;

    private LabelChoice(double[] proportions)
    {
        _cumulative = new double[proportions.Length];
        double sum = 0;
        for (int category = 0; category < proportions.Length; category++)
        {
            _cumulative[category] = sum += proportions[category];
        }
        _last = Array.FindLastIndex(proportions, proportion => proportion > 0);
    }

    /// <summary>As often as in the training rows.</summary>
    public static LabelChoice OfTraining(KeyColumn label)
    {
        double total = label.Counts.Sum();
        return new LabelChoice([.. label.Counts.Select(count => count / total)]);
    }

    /// <exception cref="ArgumentException">The value is none that training had.</exception>
    public static LabelChoice Of(KeyColumn label, string value)
    {
        var proportions = new double[label.Width];
        proportions[CategoryOf(label, value)] = 1;
        return new LabelChoice(proportions);
    }

    /// <exception cref="ArgumentException">A value is none that training had, a proportion is negative, or they do not sum to 1.</exception>
    public static LabelChoice Of(KeyColumn label, IReadOnlyDictionary<string, double> proportions)
    {
        var found = new double[label.Width];
        foreach ((string value, double proportion) in proportions)
        {
            found[CategoryOf(label, value)] = proportion >= 0
                ? proportion
                : throw new ArgumentException(FormattableString.Invariant($"The proportion of label '{value}' of column '{label.Name}' is {proportion}: it is to be at least 0."));
        }
        double sum = found.Sum();
        return Math.Abs(sum - 1) <= Tolerance
            ? new LabelChoice(found)
            : throw new ArgumentException(FormattableString.Invariant($"The proportions of the labels of column '{label.Name}' sum to {sum}: they are to sum to 1."));
    }

    /// <summary>The category, from 0, of a label's value as text; of keys without values, of the key's number.</summary>
    /// <exception cref="ArgumentException">Training had no such label.</exception>
    public static int CategoryOf(KeyColumn label, string value)
    {
        int category = label.KeyValues is { } values
            ? values.Values.ToList().IndexOf(value)
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int key) ? key - 1 : -1;
        if (category >= 0 && category < label.Width && label.Counts[category] > 0)
        {
            return category;
        }
        string[] known = [.. Enumerable.Range(0, label.Width).Where(each => label.Counts[each] > 0).Select(each => label.KeyValues?.Values[each] ?? (each + 1).ToString(CultureInfo.InvariantCulture))];
        string list = string.Join(", ", known.Take(MostNamed).Select(each => $"'{each}'")) + (known.Length > MostNamed ? $", ... ({known.Length} in all)" : "");
        throw new ArgumentException($"'{value}' is not a label of column '{label.Name}' that training had; there are: {list}.");
    }

    /// <summary>Those that can come, from 0.</summary>
    public IEnumerable<int> Categories => Enumerable.Range(0, _cumulative.Length).Where(category => _cumulative[category] > (category == 0 ? 0 : _cumulative[category - 1]));

    /// <summary>The category of a row.</summary>
    /// <param name="uniform">The row's draw from (0, 1).</param>
    public int At(double uniform)
    {
        // The first whose sum is above it.
        int low = 0;
        int high = _last;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _cumulative[middle] > uniform ? (low, middle) : (middle + 1, high);
        }
        return low;
    }
}
