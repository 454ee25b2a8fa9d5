using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Columns;

/// <summary>
/// Rank to normal: a training value becomes the normal score of its mid-rank, Phi^-1((rank - 1/2) / n) (Blom, 1958), ties sharing one; linear between knots at up to 1,000 quantiles, and beyond the
/// ends with the slope of the half they end. The knots are strictly increasing in both directions, so it can be undone exactly.
/// </summary>
internal sealed class QuantileScaling(IReadOnlyList<QuantileScaling.Knots> slots) : Scaling
{
    /// <summary>The most knots of a slot.</summary>
    public const int MostKnots = 1000;

    /// <summary>One slot: training values and their normal scores, both strictly increasing. None: it was empty; one: it was constant.</summary>
    internal sealed record Knots(double[] Values, double[] Scores);

    public override IEnumerable<Table> Tables => slots.Select((knots, slot) => new Table($"quantiles.{slot}", 2, [.. knots.Values, .. knots.Scores]));

    /// <param name="observed">The training values of a slot with their weights, in any order.</param>
    public static Knots Learn(IEnumerable<(double Value, double Weight)> observed)
    {
        var values = new List<double>();
        var weights = new List<double>();
        foreach ((double value, double weight) in observed.OrderBy(each => each.Value))
        {
            if (values.Count > 0 && values[^1] == value)
            {
                weights[^1] += weight;
            }
            else
            {
                values.Add(value);
                weights.Add(weight);
            }
        }
        double total = weights.Sum();
        double before = 0;
        var ranks = new double[values.Count];
        for (int i = 0; i < ranks.Length; i++)
        {
            ranks[i] = (before + weights[i] / 2) / total;
            before += weights[i];
        }

        int[] chosen = Chosen(ranks);
        double[] scores = NormalScores([.. chosen.Select(i => ranks[i])]);
        // Values of next to no weight beside the others' are no knots of their own: single precision does not tell their scores apart.
        int[] apart = [.. Enumerable.Range(0, chosen.Length).Where(k => k == 0 || (float)scores[k] > (float)scores[k - 1])];
        return new Knots([.. apart.Select(k => values[chosen[k]])], [.. apart.Select(k => scores[k])]);
    }

    public static QuantileScaling Load(int slots, TableSource tables) => new([.. Enumerable.Range(0, slots).Select(slot =>
    {
        double[] values = tables($"quantiles.{slot}", 2, -1);
        int count = values.Length / 2;
        var knots = new Knots(values[..count], values[count..]);
        return StrictlyIncreasing(knots.Values) && StrictlyIncreasing(knots.Scores) && count <= MostKnots
            ? knots
            : throw new FormatException($"A table 'quantiles.{slot}' in the model is not at most {MostKnots} strictly increasing knots.");
    })]);

    public override float Encode(int slot, double value)
    {
        if (double.IsNaN(value))
        {
            return float.NaN;
        }
        Knots knots = slots[slot];
        if (knots.Values.Length == 0)
        {
            return (float)value;
        }
        int i = Anchor(knots.Values, value);
        return (float)(knots.Scores[i] + (value - knots.Values[i]) * Slope(knots, value, knots.Values));
    }

    public override double Decode(int slot, float encoded)
    {
        Knots knots = slots[slot];
        switch (knots.Values.Length)
        {
            case 0: return 0;
            case 1: return knots.Values[0];
        }
        int i = Anchor(knots.Scores, encoded);
        return knots.Values[i] + (encoded - knots.Scores[i]) / Slope(knots, encoded, knots.Scores);
    }

    public override double LogSlope(int slot, double value) => slots[slot].Values.Length == 0 ? 0 : Math.Log(Slope(slots[slot], value, slots[slot].Values));

    public override void Encode(Span<float> row)
    {
        for (int slot = 0; slot < row.Length; slot++)
        {
            row[slot] = Encode(slot, row[slot]);
        }
    }

    public override void Decode(ReadOnlySpan<float> encoded, Span<float> row)
    {
        for (int slot = 0; slot < row.Length; slot++)
        {
            row[slot] = (float)Decode(slot, encoded[slot]);
        }
    }

    // The knot at or below x; the first for what lies below all.
    private static int Anchor(double[] axis, double x)
    {
        int found = Array.BinarySearch(axis, x);
        return found >= 0 ? found : Math.Max(~found - 1, 0);
    }

    // d score / d value of the piece that x lies on, x being on either axis.
    private static double Slope(Knots knots, double x, double[] axis)
    {
        int last = axis.Length - 1;
        if (last == 0)
        {
            return 1;
        }
        // Beyond the ends the piece is the half that ends there, not the last gap: two close extremes would send everything beyond them to infinity.
        int piece = Math.Min(Anchor(axis, x), last - 1);
        (int from, int to) = x < axis[0] ? (0, (last + 1) / 2) : x > axis[last] ? (last / 2, last) : (piece, piece + 1);
        return (knots.Scores[to] - knots.Scores[from]) / (knots.Values[to] - knots.Values[from]);
    }

    // All, or evenly spaced in rank with both ends.
    private static int[] Chosen(double[] ranks)
    {
        if (ranks.Length <= MostKnots)
        {
            return [.. Enumerable.Range(0, ranks.Length)];
        }
        double step = (ranks[^1] - ranks[0]) / (MostKnots - 1);
        IEnumerable<int> inner = Enumerable.Range(1, MostKnots - 2).Select(k =>
        {
            int found = Array.BinarySearch(ranks, ranks[0] + k * step);
            return found >= 0 ? found : ~found;
        });
        return [.. inner.Prepend(0).Append(ranks.Length - 1).Distinct()];
    }

    // Phi^-1(p) = sqrt(2) erfinv(2 p - 1), finite also where rounding would make p 0 or 1.
    private static double[] NormalScores(double[] ranks)
    {
        if (ranks.Length == 0)
        {
            return [];
        }
        using DisposeScope scope = NewDisposeScope();
        return ((tensor(Array.ConvertAll(ranks, rank => Math.Clamp(rank, 1e-12, 1 - 1e-12))) * 2.0 - 1.0).erfinv() * Math.Sqrt(2)).data<double>().ToArray();
    }

    private static bool StrictlyIncreasing(double[] values) => values.Zip(values.Skip(1), (left, right) => left < right).All(each => each);
}
