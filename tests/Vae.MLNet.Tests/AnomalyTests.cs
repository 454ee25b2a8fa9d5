using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>Anomalies found without labels: what is above the threshold, and what ML.NET says of it.</summary>
public sealed class AnomalyTests
{
    [Fact]
    public void The_threshold_leaves_the_contamination_above_it_and_ml_net_evaluates_the_labels()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(3);
        // Points on a circle, and a twentieth of points in the middle.
        Point[] points = [.. Enumerable.Range(0, 1000).Select(row =>
        {
            double angle = 2 * Math.PI * random.NextDouble();
            double radius = row % 20 == 0 ? 0.3 * random.NextDouble() : 1 + 0.05 * random.NextDouble();
            return new Point { Features = [(float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle))], Label = row % 20 == 0 ? 1 : 0 };
        })];
        IDataView data = ml.Data.LoadFromEnumerable(points);
        var options = VaeEstimator.Options.ForAnomalyDetection();
        options.Contamination = 0.05;
        options.NumberOfEpochs = 200;
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(options).Fit(data);
        IDataView scored = model.Transform(data);
        bool[] predicted = scored.ValuesOf<bool>("PredictedLabel");
        Assert.Equal(50, predicted.Count(isAnomaly => isAnomaly));
        Assert.Equal(scored.ValuesOf<float>("Score").Select(score => score > model.ScoreThreshold!.Value), predicted);

        AnomalyDetectionMetrics metrics = ml.AnomalyDetection.Evaluate(scored, falsePositiveCount: 50);
        Assert.Equal(RocCurve.Area(scored.ValuesOf<float>("Score"), [.. points.Select(point => point.Label == 1)]), metrics.AreaUnderRocCurve, 1e-6);
        Assert.True(metrics.AreaUnderRocCurve > 0.9, $"area under the ROC curve {metrics.AreaUnderRocCurve}");

        string file = Path.Combine(Directory.CreateTempSubdirectory("vae-anomaly-").FullName, "model.zip");
        ml.Model.Save(model, data.Schema, file);
        using var loaded = (VaeTransformer)new MLContext().Model.Load(file, out _);
        Assert.Equal(model.ScoreThreshold, loaded.ScoreThreshold);
        Assert.Equal(predicted, loaded.Transform(data).ValuesOf<bool>("PredictedLabel"));
    }

    private sealed class Point
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
