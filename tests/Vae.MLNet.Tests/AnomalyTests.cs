using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit.Abstractions;

namespace Vae.MLNet.Tests;

/// <summary>Anomalies in real tables, found without labels: how well the score tells them, beside Isolation Forest and PCA on the same rows.</summary>
public sealed class AnomalyTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void One_setting_tells_anomalies_as_well_as_isolation_forest_on_average_over_twelve_tables()
    {
        string? folder = Repository.Data("adbench");
        Skip.If(folder is null, "The tables are not here: ../shared/data/adbench is absent.");
        int seed = int.Parse(Environment.GetEnvironmentVariable("VAE_SEED") ?? "0", CultureInfo.InvariantCulture);
        string? python = Python.With("sklearn, numpy");
        var ours = new List<double>();
        var peers = new List<(double Forest, double Pca)>();
        foreach (string path in Directory.GetFiles(folder!, "*.csv").Order(StringComparer.Ordinal))
        {
            (AdBenchTable training, AdBenchTable test) = AdBenchTable.Read(path).Split(seed);
            ours.Add(Auc(training, test, seed));
            if (python is not null)
            {
                peers.Add(Peers(python, training, test));
            }
            string beside = python is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  Isolation Forest {peers[^1].Forest:F4}  PCA {peers[^1].Pca:F4}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileNameWithoutExtension(path),-12} VAE {ours[^1]:F4}{beside}"));
        }
        string means = python is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  Isolation Forest {peers.Average(peer => peer.Forest):F4}  PCA {peers.Average(peer => peer.Pca):F4}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"mean",-12} VAE {ours.Average():F4}{means}"));
        Assert.Equal(12, ours.Count);
        Assert.True(ours.Average() >= 0.885, $"mean area under the ROC curve {ours.Average()}");
    }

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
        Assert.Equal(Auc(scored.ValuesOf<float>("Score"), [.. points.Select(point => point.Label == 1)]), metrics.AreaUnderRocCurve, 1e-6);
        Assert.True(metrics.AreaUnderRocCurve > 0.9, $"area under the ROC curve {metrics.AreaUnderRocCurve}");

        string file = Path.Combine(Directory.CreateTempSubdirectory("vae-anomaly-").FullName, "model.zip");
        ml.Model.Save(model, data.Schema, file);
        using var loaded = (VaeTransformer)new MLContext().Model.Load(file, out _);
        Assert.Equal(model.ScoreThreshold, loaded.ScoreThreshold);
        Assert.Equal(predicted, loaded.Transform(data).ValuesOf<bool>("PredictedLabel"));
    }

    private static double Auc(AdBenchTable training, AdBenchTable test, int seed)
    {
        var ml = new MLContext(seed);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(VaeEstimator.Options.ForAnomalyDetection("Features")).Fit(training.View(ml));
        return Auc(model.Transform(test.View(ml)).ValuesOf<float>("Score"), test.Anomalies);
    }

    // The part of pairs of an anomaly and another row in which the anomaly has the higher score; ties count half.
    private static double Auc(float[] scores, bool[] anomalies)
    {
        double sum = 0;
        int rank = 0;
        foreach (IGrouping<float, bool> tied in scores.Zip(anomalies).GroupBy(pair => pair.First, pair => pair.Second).OrderBy(group => group.Key))
        {
            sum += tied.Count(isAnomaly => isAnomaly) * (rank + (tied.Count() + 1) / 2.0);
            rank += tied.Count();
        }
        double positives = anomalies.Count(isAnomaly => isAnomaly);
        return (sum - positives * (positives + 1) / 2) / (positives * (anomalies.Length - positives));
    }

    private static (double Forest, double Pca) Peers(string python, AdBenchTable training, AdBenchTable test)
    {
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("vae-anomaly-");
        try
        {
            (int code, string text) = Python.RunScript(
                python,
                "anomaly.py",
                Python.Write(temporary, "train.f32", training.Rows),
                Python.Write(temporary, "test.f32", test.Rows),
                Python.Write(temporary, "labels.f32", test.Anomalies.Select(isAnomaly => new[] { isAnomaly ? 1f : 0f })),
                training.Rows[0].Length.ToString(CultureInfo.InvariantCulture));
            Assert.True(code == 0, text);
            double Of(string name) => double.Parse(text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
            return (Of("IsolationForest"), Of("PCA"));
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private sealed class Point
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
