using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class AnomalyEvaluateTests
{
    private static readonly MLContext ML = new(1);

    private static AnomalyDetectionMetrics Evaluate(int falsePositives, params (float Label, float Score)[] rows)
        => ML.AnomalyDetection.Evaluate(ML.Data.LoadFromEnumerable(rows.Select(row => new Row { Label = row.Label, Score = row.Score })), falsePositiveCount: falsePositives);

    [Fact]
    public void The_area_is_the_share_of_pairs_in_the_right_order()
    {
        // Of six pairs the anomaly is above in four, and level in one.
        var metrics = Evaluate(10, (1, 0.9f), (0, 0.1f), (0, 0.5f), (1, 0.5f), (0, 0.7f));
        Assert.Equal(4.5 / 6, metrics.AreaUnderRocCurve, 1e-12);
        Assert.Equal(1, Evaluate(10, (1, 3), (0, 2), (0, -1)).AreaUnderRocCurve);
        Assert.Equal(0, Evaluate(10, (0, 3), (1, 2)).AreaUnderRocCurve);
        Assert.Equal(0.5, Evaluate(10, (0, 2), (1, 2), (0, 2)).AreaUnderRocCurve);
    }

    [Theory]
    [InlineData(1, 0.25)]
    [InlineData(2, 0.75)]
    [InlineData(3, 0.75)]
    [InlineData(10, 1)]
    public void The_detection_rate_is_the_share_of_anomalies_above_one_more_false_positive(int falsePositives, double expected)
    {
        // From the top: an anomaly, two others, two anomalies, two others, an anomaly, an other.
        float[] labels = [1, 0, 0, 1, 1, 0, 0, 1, 0];
        var descending = labels.Select((label, place) => (label, -(float)place)).ToArray();
        Assert.Equal(expected, Evaluate(falsePositives, descending).DetectionRateAtFalsePositiveCount, 1e-12);
        Assert.Equal(expected, Evaluate(falsePositives, [.. descending.Reverse()]).DetectionRateAtFalsePositiveCount, 1e-12);
    }

    [Fact]
    public void An_anomaly_just_below_the_last_false_positive_counts_only_if_it_was_read_before()
    {
        (float Label, float Score)[] descending = [(1, 5), (0, 4), (0, 3), (1, 2), (0, 1)];
        Assert.Equal(0.5, Evaluate(2, descending).DetectionRateAtFalsePositiveCount);
        Assert.Equal(1, Evaluate(2, [.. descending.Reverse()]).DetectionRateAtFalsePositiveCount);
    }

    [Fact]
    public void Metrics_are_those_of_a_plain_computation_on_many_rows()
    {
        var random = new Random(5);
        var rows = Enumerable.Range(0, 400).Select(_ => (Label: random.Next(8) == 0 ? 1f : 0, Score: random.NextSingle())).ToArray();
        double pairs = 0, right = 0;
        foreach (var anomaly in rows.Where(row => row.Label > 0))
        {
            foreach (var other in rows.Where(row => row.Label == 0))
            {
                pairs++;
                right += anomaly.Score > other.Score ? 1 : anomaly.Score == other.Score ? 0.5 : 0;
            }
        }
        foreach (int k in new[] { 1, 5, 30, 100 })
        {
            var metrics = Evaluate(k, rows);
            Assert.Equal(right / pairs, metrics.AreaUnderRocCurve, 1e-12);
            float bound = rows.Where(row => row.Label == 0).Select(row => row.Score).OrderDescending().ElementAt(k);
            Assert.Equal(rows.Count(row => row.Label > 0 && row.Score > bound) / (double)rows.Count(row => row.Label > 0), metrics.DetectionRateAtFalsePositiveCount, 1e-12);
        }
    }

    [Fact]
    public void Among_equal_scores_the_order_is_that_of_a_binary_heap()
    {
        var random = new Random(6);
        var rows = Enumerable.Range(0, 300).Select(_ => (Label: random.Next(4) == 0 ? 1f : 0, Score: (float)random.Next(5))).ToArray();
        Assert.Equal([0.012987, 0.038961, 0.168831, 0.428571], new[] { 1, 5, 30, 100 }.Select(k => Math.Round(Evaluate(k, rows).DetectionRateAtFalsePositiveCount, 6)));
    }

    [Fact]
    public void Rows_without_a_label_or_a_finite_score_do_not_count()
    {
        var metrics = Evaluate(1, (1, 0.9f), (float.NaN, 0.95f), (0, 0.5f), (0, float.NaN), (0, float.PositiveInfinity), (1, 0.4f), (0, 0.1f));
        Assert.Equal(0.75, metrics.AreaUnderRocCurve, 1e-12);
        Assert.Equal(1, metrics.DetectionRateAtFalsePositiveCount);
        Assert.Equal(0.5, Evaluate(1, (2, 3), (-1, 2), (0, 1), (1, 0)).DetectionRateAtFalsePositiveCount);
    }

    [Fact]
    public void A_key_of_two_values_may_be_the_label()
    {
        // In objects a key counts from 0; 9 is none of the two values.
        var rows = new KeyRow[] { new() { Label = 1, Score = 3 }, new() { Label = 0, Score = 2 }, new() { Label = 9, Score = 5 }, new() { Label = 1, Score = 1 } };
        var metrics = ML.AnomalyDetection.Evaluate(ML.Data.LoadFromEnumerable(rows), falsePositiveCount: 1);
        Assert.Equal(0.5, metrics.AreaUnderRocCurve);
        Assert.Equal(1, metrics.DetectionRateAtFalsePositiveCount);
    }

    [Fact]
    public void Other_types_are_refused()
    {
        var data = ML.Data.LoadFromEnumerable([new Row()]);
        void Refused(string message, string label = "Label", string score = "Score", string predicted = "PredictedLabel", int k = 10)
            => Assert.Contains(message, Assert.Throws<ArgumentOutOfRangeException>(() => ML.AnomalyDetection.Evaluate(data, label, score, predicted, k)).Message, StringComparison.Ordinal);

        Refused("Schema mismatch for label column 'PredictedLabel': expected Single or a Key with cardinality 2, got Boolean", label: "PredictedLabel");
        Refused("Schema mismatch for label column 'Precise': expected Single or a Key with cardinality 2, got Double", label: "Precise");
        Refused("Schema mismatch for score column 'Precise': expected Single, got Double", score: "Precise");
        Refused("Nothing column 'Label' not found", label: "Nothing");
        Refused("Nothing column 'Score' not found", score: "Nothing");
        Refused("Nothing column 'PredictedLabel' not found", predicted: "Nothing");
        Refused("Must be positive", k: 0);
        Refused("labelColumnName cannot be null or empty", label: "");
        Assert.Throws<ArgumentNullException>(() => ML.AnomalyDetection.Evaluate(null));
        Refused("AUC is not defined when there is no positive class in the data");
        Assert.Throws<ArgumentOutOfRangeException>(() => Evaluate(1, (1, 1), (1, 2)));
    }

    private sealed class Row
    {
        public float Label { get; set; }

        public float Score { get; set; }

        public double Precise { get; set; }

        public bool PredictedLabel { get; set; }
    }

    private sealed class KeyRow
    {
        [KeyType(2)]
        public uint Label { get; set; }

        public float Score { get; set; }

        public bool PredictedLabel { get; set; }
    }
}
