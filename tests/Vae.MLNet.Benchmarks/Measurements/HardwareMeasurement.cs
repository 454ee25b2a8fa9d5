using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>What the machine can do at most: matrix products through libtorch, and moving memory, on all cores.</summary>
internal static class HardwareMeasurement
{
    public const string Giga = "GFLOP/s";

    private const int Repetitions = 8;
    // 256 MiB: far more than any cache.
    private const int Length = 1 << 26;

    /// <summary>The fastest product of square matrices of single precision.</summary>
    public static IReadOnlyList<Figure> MatrixProducts()
    {
        using IDisposable noGradient = no_grad();
        (int Size, double Rate)[] rates = [.. new[] { 1024, 2048, 4096 }.Select(size =>
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            Tensor left = rand(size, size, float32, CPU);
            Tensor right = rand(size, size, float32, CPU);
            return (size, 2.0 * size * size * size / Fastest(() => left.mm(right).Dispose()) / 1e9);
        })];
        (int best, double rate) = rates.MaxBy(each => each.Rate);
        return [new Figure("matrix product, single precision", rate, Giga, Note: $"{best} x {best}")];
    }

    /// <summary>Copying, where bytes read and written both count, and reading.</summary>
    public static IReadOnlyList<Figure> Memory()
    {
        float[] source = GC.AllocateUninitializedArray<float>(Length);
        float[] target = GC.AllocateUninitializedArray<float>(Length);
        Array.Fill(source, 1);
        Array.Fill(target, 0);
        int part = Length / Environment.ProcessorCount / Vector<float>.Count * Vector<float>.Count;
        const double bytes = sizeof(float) / 1e9;
        long moved = (long)part * Environment.ProcessorCount;
        double copy = Fastest(() => Parallel.For(0, Environment.ProcessorCount, core => source.AsSpan(core * part, part).CopyTo(target.AsSpan(core * part, part))));
        double read = Fastest(() => Parallel.For(0, Environment.ProcessorCount, core => GC.KeepAlive(Sum(source.AsSpan(core * part, part)))));
        return [new Figure("memory, copying", 2 * moved * bytes / copy, "GB/s"), new Figure("memory, reading", moved * bytes / read, "GB/s")];
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        // Four sums, so that no addition waits for the one before.
        Vector<float> a = default, b = default, c = default, d = default;
        for (int i = 0; i + 3 < vectors.Length; i += 4)
        {
            a += vectors[i];
            b += vectors[i + 1];
            c += vectors[i + 2];
            d += vectors[i + 3];
        }
        return Vector.Sum(a + b + c + d);
    }

    private static double Fastest(Action work)
    {
        work();
        return Enumerable.Range(0, Repetitions).Min(_ =>
        {
            var clock = Stopwatch.StartNew();
            work();
            return clock.Elapsed.TotalSeconds;
        });
    }
}
