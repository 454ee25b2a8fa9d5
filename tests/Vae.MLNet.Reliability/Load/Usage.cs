using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace Vae.MLNet.Reliability.Load;

/// <summary>What this process has of memory, tensors and threads, after everything that nobody uses has gone.</summary>
/// <param name="Tensors">That are alive.</param>
/// <param name="Managed">Bytes of objects.</param>
/// <param name="Resident">Bytes of the process that are in memory, native and managed.</param>
/// <param name="Threads">Of the process.</param>
internal sealed record Usage(long Tensors, long Managed, long Resident, int Threads)
{
    public static Usage Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using Process process = Process.GetCurrentProcess();
        return new Usage(torch.Tensor.TotalCount, GC.GetTotalMemory(forceFullCollection: false), process.WorkingSet64, process.Threads.Count);
    }

    /// <summary>What has grown since then, beyond what comes and goes by itself.</summary>
    /// <param name="before">After warming up.</param>
    /// <param name="repeats">What was done in between.</param>
    public IReadOnlyList<string> GrownSince(Usage before, string repeats)
    {
        List<string> grown = [];
        void Check(string what, long was, long now, long most)
        {
            if (now - was > most)
            {
                grown.Add(string.Create(CultureInfo.InvariantCulture, $"{what} grew from {was:N0} to {now:N0} ({repeats})"));
            }
        }

        Check("live tensors", before.Tensors, Tensors, 0);
        Check("bytes of managed memory", before.Managed, Managed, 4 << 20);
        Check("bytes of resident memory", before.Resident, Resident, 32 << 20);
        // The runtime's own pool takes and gives back some.
        Check("threads", before.Threads, Threads, 4);
        return grown;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Tensors:N0} live tensors, {Managed / 1048576.0:F1} MiB managed, {Resident / 1048576.0:F0} MiB resident, {Threads} threads");
}
