using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>What the PyTorch peers do, in a plain TorchSharp loop: Linear, autograd, Adam, a dispose scope for each step.</summary>
internal static class PlainMeasurement
{
    public const string Name = "plain TorchSharp loop";

    private const int TrainingRows = 60_000;
    private const int EncodedRows = 20_000;
    private const int EncodingBatch = 1024;
    private const int WarmUpRows = 2048;
    private const int Predictions = 20_000;
    private const int Repetitions = 3;

    public static IReadOnlyList<Figure> FitImages(int batchSize) => Fit(PlainVae.ForImages(), Images(TrainingRows), batchSize, epochs: 4);

    public static IReadOnlyList<Figure> FitTable(int batchSize) => Fit(PlainVae.ForTable(), randn(TrainingRows, Rows.TableWidth, float32, CPU), batchSize, epochs: 4);

    public static IReadOnlyList<Figure> Encode()
    {
        using DisposeScope outer = NewDisposeScope();
        Sequential encoder = PlainVae.Layers(Rows.ImageWidth, Models.ImageHidden, 2 * Models.ImageLatent);
        Tensor rows = Images(EncodedRows);
        long batches = EncodedRows / EncodingBatch;
        double[] rates = [.. Enumerable.Range(0, Repetitions + 1).Select(_ =>
            Clock.RowsPerSecond(EncodingBatch, step => encoder.call(rows.narrow(0, step % batches * EncodingBatch, EncodingBatch))))];
        return [new Figure(TransformMeasurement.Encoding, Statistics.Median(rates.Skip(1)), Units.RowsPerSecond, Note: $"batches of {EncodingBatch}")];
    }

    public static IReadOnlyList<Figure> OneRow() =>
    [
        .. OneRow("784-400-20", Rows.ImageWidth, Models.ImageHidden, 2 * Models.ImageLatent),
        .. OneRow("30-64-8", Rows.TableWidth, 64, 2 * Models.TableLatent),
    ];

    private static Figure[] Fit(PlainVae model, Tensor rows, int batchSize, int epochs)
    {
        set_num_threads(Environment.ProcessorCount);
        using optim.Optimizer adam = optim.Adam(model.parameters(), 1e-3);
        Epoch(model, adam, rows.narrow(0, 0, WarmUpRows), batchSize);
        var clock = Stopwatch.StartNew();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            Epoch(model, adam, rows, batchSize);
        }
        return [new Figure(FitMeasurement.Training, rows.shape[0] * epochs / clock.Elapsed.TotalSeconds, Units.RowsPerSecond, Note: "rows in one tensor")];
    }

    private static void Epoch(PlainVae model, optim.Optimizer adam, Tensor rows, int batchSize)
    {
        long count = rows.shape[0];
        using Tensor order = randperm(count, int64, CPU);
        for (long first = 0; first < count; first += batchSize)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor loss = model.call(rows.index_select(0, order.narrow(0, first, Math.Min(batchSize, count - first))));
            adam.zero_grad();
            loss.backward();
            adam.step();
        }
    }

    private static Figure[] OneRow(string name, params int[] widths)
    {
        using DisposeScope outer = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        set_num_threads(Environment.ProcessorCount);
        Sequential encoder = PlainVae.Layers(widths);
        Tensor row = rand(1, widths[0], float32, CPU);
        double microsecondsPerTick = 1e6 / Stopwatch.Frequency;
        double[] times = new double[2 * Predictions];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            encoder.call(row).Dispose();
            times[i] = (Stopwatch.GetTimestamp() - start) * microsecondsPerTick;
        }
        double[] warm = times[Predictions..];
        return [new Figure(name, Statistics.Median(warm), Units.Microseconds), new Figure($"{name}, 99th percentile", Statistics.Quantile(warm, 0.99), Units.Microseconds)];
    }

    // In parts, whose temporaries do not count as peak memory.
    private static Tensor Images(int count)
    {
        Tensor rows = empty(count, Rows.ImageWidth, float32, CPU);
        foreach (Tensor part in rows.split(1000))
        {
            using DisposeScope scope = NewDisposeScope();
            part.copy_(rand(part.shape, float32, CPU) * rand(part.shape, float32, CPU).lt(Rows.Ink));
        }
        return rows;
    }
}
