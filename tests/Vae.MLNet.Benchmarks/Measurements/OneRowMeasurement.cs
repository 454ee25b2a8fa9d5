using System.Diagnostics;
using Microsoft.ML;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>One row at a time through a prediction engine.</summary>
internal static class OneRowMeasurement
{
    private const int Predictions = 20_000;

    public static IReadOnlyList<Figure> Run()
    {
        var ml = new MLContext(seed: 1);
        using VaeTransformer image = Models.Image(ml);
        using VaeTransformer table = Models.SmallTable(ml);
        using PredictionEngine<ImageRow, ImageLatents> images = ml.Model.CreatePredictionEngine<ImageRow, ImageLatents>(image);
        using PredictionEngine<TableRow, TableLatents> tables = ml.Model.CreatePredictionEngine<TableRow, TableLatents>(table);
        return [.. Measure("784-400-20", images, Rows.Images(256)), .. Measure("30-64-8", tables, Rows.Table(256))];
    }

    private static Figure[] Measure<TSrc, TDst>(string name, PredictionEngine<TSrc, TDst> engine, TSrc[] rows)
        where TSrc : class
        where TDst : class, new()
    {
        var times = new double[Predictions];
        var prediction = new TDst();
        // Twice, with a pause in which the runtime compiles again what is used much.
        for (int warmUp = 0; warmUp < 2; warmUp++)
        {
            Predict(engine, rows, ref prediction, times);
            Thread.Sleep(300);
        }
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Predict(engine, rows, ref prediction, times);
        long bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        return
        [
            new Figure(name, Statistics.Median(times), Units.Microseconds),
            new Figure($"{name}, 99th percentile", Statistics.Quantile(times, 0.99), Units.Microseconds),
            new Figure($"{name}, allocated", bytes / (double)Predictions, "bytes"),
        ];
    }

    private static void Predict<TSrc, TDst>(PredictionEngine<TSrc, TDst> engine, TSrc[] rows, ref TDst prediction, double[] times)
        where TSrc : class
        where TDst : class, new()
    {
        double microsecondsPerTick = 1e6 / Stopwatch.Frequency;
        for (int i = 0; i < times.Length; i++)
        {
            TSrc row = rows[i % rows.Length];
            long start = Stopwatch.GetTimestamp();
            engine.Predict(row, ref prediction);
            times[i] = (Stopwatch.GetTimestamp() - start) * microsecondsPerTick;
        }
    }
}
