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

    private static Figure[] Measure<T>(VaeEstimator.Options options, T[] rows, int epochs)
        where T : class
    {
        var ml = new MLContext(seed: 1);
        ml.Transforms.VariationalAutoencoder(options).Fit(ml.Data.LoadFromEnumerable(rows.Take(WarmUpRows))).Dispose();
        options.NumberOfEpochs = epochs;
        IDataView view = ml.Data.LoadFromEnumerable(rows);
        var clock = Stopwatch.StartNew();
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(options).Fit(view);
        double seconds = clock.Elapsed.TotalSeconds;
        double training = model.History.Sum(epoch => Count / epoch.RowsPerSecond);
        return
        [
            new Figure(Training, (double)Count * epochs / seconds, Units.RowsPerSecond, Note: $"whole Fit of {epochs} epochs"),
            new Figure("the median epoch", Statistics.Median(model.History.Select(epoch => epoch.RowsPerSecond)), Units.RowsPerSecond),
            new Figure("Fit outside of epochs", 100 * (1 - training / seconds), "%"),
        ];
    }
}
