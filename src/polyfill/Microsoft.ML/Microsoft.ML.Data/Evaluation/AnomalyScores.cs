using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The scores of anomalies and other rows, in the order of the data.</summary>
internal sealed class AnomalyScores
{
    private const double ReportedFalsePositiveRate = 0.01;

    private readonly List<(bool IsAnomaly, float Score)> _rows = [];

    private int Anomalies => _rows.Count(row => row.IsAnomaly);

    public static AnomalyScores Collect(IHostEnvironment env, IDataView data, string labelColumn, string scoreColumn, string predictedLabelColumn)
    {
        var label = Find(data.Schema, "Label", labelColumn);
        var score = Find(data.Schema, "Score", scoreColumn);
        Find(data.Schema, "PredictedLabel", predictedLabelColumn);
        if (!score.Type.Equals(NumberDataViewType.Single))
            throw Contracts.WrongColumn("schema", "score", score.Name, "Single", score.Type);
        if (!label.Type.Equals(NumberDataViewType.Single) && label.Type is not KeyDataViewType { Count: 2 })
            throw Contracts.WrongColumn("schema", "label", label.Name, "Single or a Key with cardinality 2", label.Type);

        var scores = new AnomalyScores();
        using var cursor = data.GetRowCursor([label, score]);
        var isKey = label.Type is KeyDataViewType;
        var getLabel = Generic.Call<Func<float>>(LabelGetter<int>, label.Type.RawType, cursor, label);
        var getScore = cursor.GetGetter<float>(score);
        while (cursor.MoveNext())
        {
            env.CheckAlive();
            // A key counts from 1, and 0 is a missing one.
            float value = getLabel() - (isKey ? 1 : 0);
            if (float.IsNaN(value) || (isKey && value < 0))
                continue;
            float number = 0;
            getScore(ref number);
            if (float.IsFinite(number))
                scores._rows.Add((value > 0, number));
        }
        return scores;
    }

    // The text is ML.NET's, which says the role and the name the other way round.
    private static DataViewSchema.Column Find(DataViewSchema schema, string role, string column)
        => schema.GetColumnOrNull(column) ?? throw new ArgumentOutOfRangeException(nameof(schema), $"{column} column '{role}' not found");

    private static Func<float> LabelGetter<T>(DataViewRow row, DataViewSchema.Column label)
    {
        var getter = row.GetGetter<T>(label);
        T value = default;
        return () =>
        {
            getter(ref value);
            return Convert.ToSingle(value);
        };
    }

    public double AreaUnderRocCurve()
    {
        int anomalies = Anomalies;
        Contracts.CheckParam(anomalies > 0, "PosSample", "AUC is not defined when there is no positive class in the data");
        Contracts.CheckParam(anomalies < _rows.Count, "NegSample", "AUC is not defined when there is no negative class in the data");
        double below = 0, pairs = 0;
        foreach (var equal in _rows.GroupBy(row => row.Score).OrderBy(group => group.Key))
        {
            double found = equal.Count(row => row.IsAnomaly);
            double others = equal.Count() - found;
            pairs += found * (below + (0.5 * others));
            below += others;
        }
        return pairs / (anomalies * below);
    }

    public double DetectionRate(int falsePositives)
    {
        int anomalies = Anomalies;
        double found = 0;
        int others = 0;
        foreach (bool isAnomaly in Highest(Math.Max(Math.Max(falsePositives, anomalies), (int)Math.Ceiling(ReportedFalsePositiveRate * (_rows.Count - anomalies)))))
        {
            if (isAnomaly)
                found++;
            else if (++others > falsePositives)
                break;
        }
        return found / anomalies;
    }

    /// <summary>The rows from the highest score down to that of the given number of other rows. Which of equal scores comes first is left to the heap, as in ML.NET.</summary>
    private IEnumerable<bool> Highest(int others)
    {
        var heap = new ScoreHeap();
        int kept = 0;
        foreach (var row in _rows)
        {
            bool full = kept >= others;
            if (full && row.Score < heap.Lowest)
                continue;
            heap.Add(row);
            if (row.IsAnomaly)
                continue;
            kept++;
            while (full && kept > others)
                kept -= heap.RemoveLowest().IsAnomaly ? 0 : 1;
        }
        var highest = new bool[heap.Count];
        for (int place = highest.Length - 1; place >= 0; place--)
            highest[place] = heap.RemoveLowest().IsAnomaly;
        return highest;
    }

    /// <summary>A binary heap with the lowest score on top.</summary>
    private sealed class ScoreHeap
    {
        private readonly List<(bool IsAnomaly, float Score)> _rows = [];

        public int Count => _rows.Count;

        public float Lowest => Count > 0 ? _rows[0].Score : 0;

        public void Add((bool IsAnomaly, float Score) row)
        {
            int place = Count;
            _rows.Add(row);
            for (int above = (place - 1) / 2; place > 0 && _rows[above].Score > row.Score; above = (place - 1) / 2)
            {
                _rows[place] = _rows[above];
                place = above;
            }
            _rows[place] = row;
        }

        public (bool IsAnomaly, float Score) RemoveLowest()
        {
            var lowest = _rows[0];
            var last = _rows[^1];
            _rows.RemoveAt(Count - 1);
            if (Count == 0)
                return lowest;
            int place = 0;
            for (int below = 1; below < Count; below = (2 * place) + 1)
            {
                if (below + 1 < Count && _rows[below].Score > _rows[below + 1].Score)
                    below++;
                if (last.Score <= _rows[below].Score)
                    break;
                _rows[place] = _rows[below];
                place = below;
            }
            _rows[place] = last;
            return lowest;
        }
    }
}
