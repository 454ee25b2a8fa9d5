using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>Transform, 784 values to the latent mean, read through cursors, beside the bare encoder in the same process.</summary>
internal static class TransformMeasurement
{
    public const string Encoding = "encoding";

    private const int Count = 200_000;
    private const int Many = 1_000_000;
    // More than the caches hold.
    private const int Distinct = 20_000;
    private const int Repetitions = 3;
    private const int WarmUpRows = 20_000;

    public static IReadOnlyList<Figure> Run()
    {
        var ml = new MLContext(seed: 1);
        using VaeTransformer model = Models.Image(ml);
        ImageRow[] resident = Rows.Images(Distinct);
        IDataView ViewOf(long count) => model.Transform(new GeneratedView(
            count, Rows.ImageWidth, (row, values) => resident[row % Distinct].Features.CopyTo(values)));

        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Sequential encoder = PlainVae.Layers(Rows.ImageWidth, Models.ImageHidden, 2 * Models.ImageLatent);
        Tensor rows = empty(Distinct, Rows.ImageWidth, float32, CPU);
        for (int row = 0; row < Distinct; row++)
        {
            resident[row].Features.CopyTo(MemoryMarshal.Cast<byte, float>(rows.bytes)[(row * Rows.ImageWidth)..]);
        }
        Action<long> StepOf(int batch) => step => encoder.call(rows.narrow(0, step * batch % (Distinct - batch), batch));

        ReadAll(ViewOf(WarmUpRows), cursors: 1);
        ReadAll(ViewOf(WarmUpRows), cursors: 2);
        int best = Clock.BestBatch(StepOf);
        var one = new List<Reading>();
        var two = new List<Reading>();
        var raw = new List<double>();
        for (int i = 0; i < Repetitions; i++)
        {
            one.Add(ReadAll(ViewOf(Count), cursors: 1));
            two.Add(ReadAll(ViewOf(Count), cursors: 2));
            raw.Add(Clock.RowsPerSecond(best, StepOf(best)));
        }
        long peak = PeakMemory();
        ReadAll(ViewOf(Many), cursors: 1);
        return
        [
            new Figure(Encoding, Statistics.Median(one.Select(each => each.RowsPerSecond)), Units.RowsPerSecond, Note: "one cursor"),
            new Figure(Encoding, Statistics.Median(two.Select(each => each.RowsPerSecond)), Units.RowsPerSecond, "Vae.MLNet, GetRowCursorSet(2)", $"{two[0].Cursors} cursors, a thread each"),
            new Figure("allocated per row", Statistics.Median(one.Select(each => each.BytesPerRow)), "bytes"),
            new Figure("peak memory, a million rows more", (PeakMemory() - peak) / 1e6, "MB"),
            new Figure(Encoding, Statistics.Median(raw), Units.RowsPerSecond, "raw TorchSharp, best batch", $"{best}"),
        ];
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static Reading ReadAll(IDataView view, int cursors)
    {
        DataViewSchema.Column[] latent = [view.Schema["Latent"]];
        DataViewRowCursor[] set = cursors == 1 ? [view.GetRowCursor(latent)] : view.GetRowCursorSet(latent, cursors);
        var clock = Stopwatch.StartNew();
        long[] bytes = new long[set.Length];
        Parallel.For(0, set.Length, new ParallelOptions { MaxDegreeOfParallelism = set.Length }, index => bytes[index] = Read(set[index], latent[0]));
        return new Reading(view.GetRowCount()!.Value / clock.Elapsed.TotalSeconds, bytes.Sum() / (double)view.GetRowCount()!.Value, set.Length);
    }

    // Bytes that the whole process allocated after the first rows.
    private static long Read(DataViewRowCursor rows, DataViewSchema.Column column)
    {
        const int firstRows = 4096;
        using DataViewRowCursor cursor = rows;
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> value = default;
        long before = 0;
        while (cursor.MoveNext())
        {
            getter(ref value);
            if (cursor.Position == firstRows)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
            }
        }
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private sealed record Reading(double RowsPerSecond, double BytesPerRow, int Cursors);
}
