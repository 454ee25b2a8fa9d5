using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class EvaluateTests
{
    private static readonly MLContext ML = new(1);

    [Fact]
    public void Metrics_are_what_they_are_by_hand()
    {
        // Class 0 is right twice, class 1 wrong once (second), class 2 wrong once (last).
        var data = ML.Data.LoadFromEnumerable(
        [
            new Row { Label = 0, PredictedLabel = 0, Score = [0.7f, 0.2f, 0.1f] },
            new Row { Label = 0, PredictedLabel = 0, Score = [0.5f, 0.3f, 0.2f] },
            new Row { Label = 1, PredictedLabel = 0, Score = [0.6f, 0.3f, 0.1f] },
            new Row { Label = 2, PredictedLabel = 0, Score = [0.5f, 0.4f, 0.1f] },
        ]);
        var metrics = ML.MulticlassClassification.Evaluate(data, topKPredictionCount: 2);
        Assert.Equal(0.5, metrics.MicroAccuracy, 6);
        Assert.Equal(1.0 / 3, metrics.MacroAccuracy, 6);
        double[] losses = [-Math.Log(0.7), -Math.Log(0.5), -Math.Log(0.3), -Math.Log(0.1)];
        Assert.Equal(losses.Average(), metrics.LogLoss, 1e-6);
        Assert.Equal([(losses[0] + losses[1]) / 2, losses[2], losses[3]], metrics.PerClassLogLoss, (x, y) => Math.Abs(x - y) < 1e-6);
        double entropy = (0.5 * Math.Log(2)) + (2 * 0.25 * Math.Log(4));
        Assert.Equal(1 - (losses.Average() / entropy), metrics.LogLossReduction, 1e-6);
        Assert.Equal(0.75, metrics.TopKAccuracy, 6);
        Assert.Equal([0.5, 0.75], metrics.TopKAccuracyForAllK);
        Assert.Equal(2, metrics.TopKPredictionCount);

        var confusion = metrics.ConfusionMatrix;
        Assert.Equal(3, confusion.NumberOfClasses);
        Assert.Equal([2.0, 0, 0], confusion.Counts[0]);
        Assert.Equal([1.0, 0, 0], confusion.Counts[1]);
        Assert.Equal(1, confusion.GetCountForClassPair(predictedClassIndicatorIndex: 0, actualClassIndicatorIndex: 2));
        Assert.Equal(0.5, confusion.PerClassPrecision[0], 6);
        Assert.Equal(1, confusion.PerClassRecall[0], 6);
        Assert.Equal(0, confusion.PerClassRecall[2], 6);
        Assert.Contains("0.5000", confusion.GetFormattedConfusionTable(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_a_label_do_not_count()
    {
        var data = ML.Data.LoadFromEnumerable(
        [
            new Row { Label = 0, Score = [0.9f, 0.1f, 0] },
            new Row { Label = 99, Score = [0.9f, 0.1f, 0] },
            new Row { Label = 1, Score = [float.NaN, 0.1f, 0] },
        ]);
        var metrics = ML.MulticlassClassification.Evaluate(data);
        Assert.Equal(1, metrics.MicroAccuracy, 6);
        Assert.Equal(0, metrics.TopKAccuracy);
    }

    [Fact]
    public void Missing_columns_are_refused()
    {
        var data = ML.Data.LoadFromEnumerable([new Row { Score = [1, 0, 0] }]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.MulticlassClassification.Evaluate(data, labelColumnName: "Nothing"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.MulticlassClassification.Evaluate(data, scoreColumnName: "Nothing"));
    }

    private sealed class Row
    {
        [KeyType(3)]
        public uint Label { get; set; }

        [KeyType(3)]
        public uint PredictedLabel { get; set; }

        [VectorType(3)]
        public float[]? Score { get; set; }
    }
}
