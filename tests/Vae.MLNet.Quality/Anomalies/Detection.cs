using System.Globalization;
using Microsoft.ML;

namespace Vae.MLNet.Quality.Anomalies;

/// <summary>Anomalies in real tables, found without labels: how well the score tells them, beside Isolation Forest and PCA on the same rows.</summary>
internal static class Detection
{
    private const int Tables = 12;

    public static Figure Figure { get; } = new("anomalies", "area under the ROC curve on twelve tables of ADBench, one setting for all", AdBenchTable.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        int seed = effort.Seed ?? 0;
        string? python = Python.With("sklearn, numpy");
        string[] paths = [.. AdBenchTable.Paths.Where((_, index) => index % effort.Of(3, 1) == 0)];
        report.Promise(AdBenchTable.Paths.Count == Tables, $"there are {Tables} tables");
        var all = new List<Areas>();
        report.Head("table", "Vae.MLNet", "Isolation Forest", "PCA (Mahalanobis distance)");
        foreach (string path in paths)
        {
            (AdBenchTable training, AdBenchTable test) = AdBenchTable.Read(path).Split(seed);
            double ours = Area(training, test, seed);
            (double forest, double pca) = python is null ? (double.NaN, double.NaN) : Peers(python, training, test);
            all.Add(new Areas(ours, forest, pca));
            AddRow(Path.GetFileNameWithoutExtension(path), all[^1]);
        }
        var mean = new Areas(all.Average(each => each.Ours), all.Average(each => each.Forest), all.Average(each => each.Pca));
        AddRow("mean", mean);
        report.AtLeast("mean area under the ROC curve", mean.Ours, effort.Of(0.91, 0.885));
        if (python is null)
        {
            report.Skip("there is no Python with scikit-learn and NumPy for Isolation Forest and PCA");
        }

        void AddRow(string table, Areas areas) => report.Row(
            table, Report.Number(areas.Ours), python is null ? "" : Report.Number(areas.Forest), python is null ? "" : Report.Number(areas.Pca));
    }

    private static double Area(AdBenchTable training, AdBenchTable test, int seed)
    {
        var ml = new MLContext(seed);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(VaeEstimator.Options.ForAnomalyDetection("Features")).Fit(training.View(ml));
        return RocCurve.Area(model.Transform(test.View(ml)).ValuesOf<float>("Score"), test.Anomalies);
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
            return code == 0
                ? (Python.Value(text, "IsolationForest"), Python.Value(text, "PCA"))
                : throw new InvalidOperationException(text);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private sealed record Areas(double Ours, double Forest, double Pca);
}
