using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp.Modules;
using Vae.MLNet.Sampling;
using static TorchSharp.torch;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>New rows read through a cursor, beside the bare decoder in the same process.</summary>
internal static class SampleMeasurement
{
    private const string Decoding = "means";
    private const string Drawing = "draws";
    private const int Count = 200_000;
    private const int WarmUpRows = 20_000;
    private const int Repetitions = 3;

    public static IReadOnlyList<Figure> Run()
    {
        var ml = new MLContext(seed: 1);
        using VaeTransformer model = Models.Image(ml);
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Sequential decoder = PlainVae.Layers(Models.ImageLatent, Models.ImageHidden, Rows.ImageWidth);
        Tensor latents = randn(4096, Models.ImageLatent, float32, CPU);
        Action<long> StepOf(int batch) => _ => decoder.call(latents.narrow(0, 0, batch)).sigmoid();
        Action<long> DrawingStepOf(int batch) => _ => rand(batch, Rows.ImageWidth, float32, CPU).lt(decoder.call(latents.narrow(0, 0, batch)).sigmoid()).@float();

        double Read(long count, VaeDecoding decoding) => ReadAll(ml.Data.SampleFromVae(model, count, decoding: decoding, seed: 3));
        Read(WarmUpRows, VaeDecoding.Mean);
        Read(WarmUpRows, VaeDecoding.Draw);
        int best = Clock.BestBatch(StepOf);
        int bestDrawing = Clock.BestBatch(DrawingStepOf);
        var rounds = new List<double[]>();
        for (int i = 0; i < Repetitions; i++)
        {
            rounds.Add([Read(Count, VaeDecoding.Mean), Clock.RowsPerSecond(best, StepOf(best)), Read(Count, VaeDecoding.Draw), Clock.RowsPerSecond(bestDrawing, DrawingStepOf(bestDrawing))]);
        }
        double MedianOf(int index) => Statistics.Median(rounds.Select(round => round[index]));
        return
        [
            new Figure(Decoding, MedianOf(0), Units.RowsPerSecond),
            new Figure(Decoding, MedianOf(1), Units.RowsPerSecond, "raw TorchSharp decoder, best batch", $"{best}"),
            new Figure(Drawing, MedianOf(2), Units.RowsPerSecond),
            new Figure(Drawing, MedianOf(3), Units.RowsPerSecond, "raw TorchSharp decoder and draw, best batch", $"{bestDrawing}"),
        ];
    }

    private static double ReadAll(IDataView view)
    {
        DataViewSchema.Column column = view.Schema[GeneratedView.Column];
        using DataViewRowCursor cursor = view.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        long count = 0;
        var clock = Stopwatch.StartNew();
        while (cursor.MoveNext())
        {
            getter(ref value);
            count++;
        }
        return count / clock.Elapsed.TotalSeconds;
    }
}
