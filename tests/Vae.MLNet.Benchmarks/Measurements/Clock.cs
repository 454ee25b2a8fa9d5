using System.Diagnostics;
using static TorchSharp.torch;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>Times raw TorchSharp.</summary>
internal static class Clock
{
    private const double ShortSeconds = 0.3;
    private const double Seconds = 0.7;

    /// <summary>Rows per second of a computation on that many rows, on all cores, for as long as it takes to know.</summary>
    public static double RowsPerSecond(int batch, Action<long> step, double seconds = Seconds)
    {
        using IDisposable noGradient = no_grad();
        set_num_threads(Environment.ProcessorCount);
        long steps = 0;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            using TorchSharp.DisposeScope scope = NewDisposeScope();
            step(steps++);
        }
        return steps * batch / clock.Elapsed.TotalSeconds;
    }

    /// <summary>The batch size at which a computation does most rows per second.</summary>
    /// <param name="stepOf">The computation for a batch size.</param>
    public static int BestBatch(Func<int, Action<long>> stepOf)
    {
        int[] sizes = [128, 256, 512, 1024, 2048, 4096];
        RowsPerSecond(sizes[0], stepOf(sizes[0]), ShortSeconds);
        return sizes.MaxBy(size => RowsPerSecond(size, stepOf(size), ShortSeconds));
    }
}
