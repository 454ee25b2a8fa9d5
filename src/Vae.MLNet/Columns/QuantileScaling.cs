using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Columns;

/// <summary>
/// Rank to normal: a training value becomes the normal score of its mid-rank, Phi^-1((rank - 1/2) / n) (Blom, 1958), ties sharing one; linear between knots at up to 1,000 quantiles, and beyond the
/// ends with the slope of the half they end. The knots are strictly increasing in both directions, so it can be undone exactly. A value that many rows share is the quantile of a range of scores: a draw
/// within it is that value.
/// </summary>
internal sealed class QuantileScaling(IReadOnlyList<QuantileScaling.Knots> slots) : Scaling
{
    /// <summary>The most knots of a slot.</summary>
    public const int MostKnots = 1000;

    /// <summary>Numbers of a knot.</summary>
    public const int KnotRows = 4;

    /// <summary>One slot. None: it was empty; one: it was constant.</summary>
    /// <param name="Values">Of the training rows, strictly increasing.</param>
    /// <param name="Scores">Their normal scores, strictly increasing.</param>
    /// <param name="Lower">Where the scores of the rows that share the value begin: the score itself, if it is one row.</param>
    /// <param name="Upper">Where they end.</param>
    internal sealed record Knots(double[] Values, double[] Scores, double[] Lower, double[] Upper)
    {
        public bool AreOrdered => IsIncreasing(Values) && IsIncreasing(Scores)
            && Lower.Zip(Scores, Upper).All(each => each.First <= each.Second && each.Second <= each.Third) && Upper.Zip(Lower.Skip(1)).All(each => each.First <= each.Second);

        private static bool IsIncreasing(double[] values) => values.Zip(values.Skip(1), (left, right) => left < right).All(each => each);
    }

    public override IEnumerable<Table> Tables => slots.Select((knots, slot) => new Table($"quantiles.{slot}", KnotRows, [.. knots.Values, .. knots.Scores, .. knots.Lower, .. knots.Upper]));

    /// <param name="observed">The training values of a slot with their weights, in any order.</param>
    public static Knots Learn(IEnumerable<(double Value, double Weight)> observed)
    {
        var values = new List<double>();
        var weights = new List<double>();
        var counts = new List<int>();
        foreach ((double value, double weight) in observed.OrderBy(each => each.Value))
        {
            if (values.Count > 0 && values[^1] == value)
            {
                weights[^1] += weight;
                counts[^1]++;
            }
            else
            {
                values.Add(value);
                weights.Add(weight);
                counts.Add(1);
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
        // In single precision, in which the network says them: a knot's score is its value again, to the bit.
        double[] scores = Array.ConvertAll(NormalScores([.. chosen.Select(i => ranks[i])]), score => (double)(float)score);
        // Values of next to no weight beside the others' are no knots of their own: their scores are the same.
        int[] apart = [.. Enumerable.Range(0, chosen.Length).Where(k => k == 0 || scores[k] > scores[k - 1])];
        int[] kept = [.. apart.Select(k => chosen[k])];
        // What a value's rows have beside one of them.
        double[] shares = [.. kept.Select(i => weights[i] / total * (counts[i] - 1) / counts[i])];
        double[] keptScores = [.. apart.Select(k => scores[k])];
        double[] lower = NormalScores([.. kept.Zip(shares, (i, share) => ranks[i] - share / 2)]);
        double[] upper = NormalScores([.. kept.Zip(shares, (i, share) => ranks[i] + share / 2)]);
        for (int k = 0; k < keptScores.Length; k++)
        {
            // Rounding does not put them out of order.
            lower[k] = Math.Clamp(lower[k], k == 0 ? double.NegativeInfinity : upper[k - 1], keptScores[k]);
            upper[k] = Math.Clamp(upper[k], keptScores[k], k + 1 < keptScores.Length ? keptScores[k + 1] : double.PositiveInfinity);
        }
        return new Knots([.. kept.Select(i => values[i])], keptScores, lower, upper);
    }

    public static QuantileScaling Load(int slots, TableSource tables) => new([.. Enumerable.Range(0, slots).Select(slot =>
    {
        double[] values = tables($"quantiles.{slot}", KnotRows, -1);
        int count = values.Length / KnotRows;
        var knots = new Knots(values[..count], values[count..(2 * count)], values[(2 * count)..(3 * count)], values[(3 * count)..]);
        return knots.AreOrdered && count <= MostKnots
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
            return Seen(value);
        }
        int i = Anchor(knots.Values, value);
        return Seen(knots.Scores[i] + (value - knots.Values[i]) * Slope(knots, value, knots.Values));
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
        return InRange(knots.Values[i] + (encoded - knots.Scores[i]) / Slope(knots, encoded, knots.Scores));
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

    public override void SettleDraw(Span<float> encoded)
    {
        for (int slot = 0; slot < encoded.Length; slot++)
        {
            if (slots[slot].Values.Length > 1)
            {
                encoded[slot] = Settled(slots[slot], encoded[slot]);
            }
        }
    }

    // Within a value's range: its score. Between two ranges: the place between their scores.
    private static float Settled(Knots knots, float drawn)
    {
        int i = Anchor(knots.Lower, drawn);
        if (drawn <= knots.Upper[i])
        {
            return (float)(drawn < knots.Lower[i] && knots.Lower[i] == knots.Scores[i] ? drawn : knots.Scores[i]);
        }
        if (i == knots.Scores.Length - 1)
        {
            return (float)(knots.Upper[i] == knots.Scores[i] ? drawn : knots.Scores[i]);
        }
        double between = (drawn - knots.Upper[i]) / (knots.Lower[i + 1] - knots.Upper[i]);
        return (float)(knots.Scores[i] + between * (knots.Scores[i + 1] - knots.Scores[i]));
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
        double[] inside = Array.ConvertAll(ranks, rank => Math.Clamp(rank, 1e-12, 1 - 1e-12));
        Tensor probabilities = tensor(inside, dtype: ScalarType.Float64, device: OnDevice.Cpu);
        return probabilities.Times(2).Minus(1).erfinv().Times(Math.Sqrt(2)).data<double>().ToArray();
    }
}
