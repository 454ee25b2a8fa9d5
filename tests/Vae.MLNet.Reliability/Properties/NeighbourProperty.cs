using System.Globalization;
using Microsoft.ML;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>The score of a row does not depend on the rows around it.</summary>
internal sealed class NeighbourProperty : Property
{
    private const double Tolerance = 1e-6;
    private const int Alone = 5;

    private long _scores;
    private long _same;
    private double _largest;

    public override string Kind => "random models: scores among other neighbours";

    public override string Seen => string.Create(CultureInfo.InvariantCulture, $"{_scores:N0} scores, {_same:N0} the same to the last bit, none further apart than {_largest:g2} of max(1, |score|)");

    public override void Try(Case tried)
    {
        // Many epochs now and then: the surer a model is, the more a last digit counts.
        using var trained = new TrainedCase(tried.Seed % 4 == 0 ? tried with { Epochs = 20 } : tried);
        var random = new Random(tried.Seed);
        int[] order = [.. Enumerable.Range(0, trained.Others.Count)];
        Dictionary<ulong, float> expected = Scores(trained, order);
        random.Shuffle(order);
        Compare(expected, Scores(trained, order), "in another order");
        int[] some = order[..random.Next(1, order.Length + 1)];
        Compare(expected, Scores(trained, some), $"of {some.Length} of the rows");
        // Each row again and again between two others.
        Compare(expected, Scores(trained, [.. some.SelectMany(row => new[] { row, order[0], order[^1] })]), "between two others");
        foreach (int row in order.Take(Alone))
        {
            Compare(expected, Scores(trained, row), "alone");
        }
    }

    private void Compare(Dictionary<ulong, float> expected, Dictionary<ulong, float> found, string how)
    {
        foreach ((ulong id, float score) in found)
        {
            double distance = Agreement.Distance(expected[id], score);
            Require(distance <= Tolerance, $"the score of row {id:x} is {Cells.Text(expected[id])} among all rows, and {Cells.Text(score)} {how}");
            _scores++;
            _same += Cells.AreSame(expected[id], score) ? 1 : 0;
            _largest = Math.Max(_largest, distance);
        }
    }

    private static Dictionary<ulong, float> Scores(TrainedCase trained, params int[] rows)
    {
        IDataView view = trained.Model.Transform(trained.Others.Pick(rows));
        DataViewSchema.Column column = view.Schema["Score"];
        using DataViewRowCursor cursor = view.GetRowCursor([column]);
        Func<ReadRow> read = ReadRow.Of(cursor, [column]);
        var scores = new Dictionary<ulong, float>();
        while (cursor.MoveNext())
        {
            ReadRow row = read();
            var score = (float)row.Values[0];
            // Of several copies of a row one that differs.
            if (!scores.TryGetValue(row.Id.Low, out float before) || score != before)
            {
                scores[row.Id.Low] = score;
            }
        }
        return scores;
    }
}
