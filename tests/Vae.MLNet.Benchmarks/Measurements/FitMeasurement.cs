using System.Diagnostics;
using Microsoft.ML;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>Fit through the public interface, from a data view to a transformer.</summary>
internal static class FitMeasurement
{
    public const string Training = "training";

    private const int Count = 60_000;
    private const int WarmUpRows = 2048;

    public static IReadOnlyList<Figure> Images(int batchSize, int epochs)
    {
        VaeEstimator.Options options = Models.ForImages;
        options.BatchSize = batchSize;
        return Measure(options, Rows.Images(Count), epochs);
    }

    public static IReadOnlyList<Figure> Table(int batchSize, int epochs)
    {
        VaeEstimator.Options options = Models.ForTable;
        options.BatchSize = batchSize;
        return Measure(options, Rows.Table(Count), epochs);
    }

    /// <summary>Fits a few rows, so that everything is compiled, and then the rows that are measured.</summary>
    public static IReadOnlyList<Figure> Measure(MLContext ml, VaeEstimator.Options options, IDataView warmUp, IDataView view, long count, int epochs)
    {
        options.NumberOfEpochs = 1;
        ml.Transforms.VariationalAutoencoder(options).Fit(warmUp).Dispose();
        options.NumberOfEpochs = epochs;
        double before = Environment.WorkingSet / 1e6;
        var clock = Stopwatch.StartNew();
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(options).Fit(view);
        double seconds = clock.Elapsed.TotalSeconds;
        double training = model.History.Sum(epoch => count / epoch.RowsPerSecond);
        return
        [
            new Figure(Training, count * epochs / seconds, Units.RowsPerSecond, Note: $"whole Fit of {count / 1000:N0} thousand rows, {epochs} epoch{(epochs == 1 ? "" : "s")}"),
            new Figure("the median epoch", Statistics.Median(model.History.Select(epoch => epoch.RowsPerSecond)), Units.RowsPerSecond),
            new Figure("Fit outside of epochs", 100 * (1 - training / seconds), "%"),
            new Figure("memory before Fit, with the rows to read", before, "MB"),
        ];
    }

    private static IReadOnlyList<Figure> Measure<T>(VaeEstimator.Options options, T[] rows, int epochs)
        where T : class
    {
        var ml = new MLContext(seed: 1);
        return Measure(ml, options, ml.Data.LoadFromEnumerable(rows.Take(WarmUpRows)), ml.Data.LoadFromEnumerable(rows), rows.Length, epochs);
    }
}
