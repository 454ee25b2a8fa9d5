using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Reliability.Load;

/// <summary>What this process has of memory and threads, after everything that nobody uses has gone.</summary>
/// <param name="Managed">Bytes of objects.</param>
/// <param name="Native">Bytes that native code has of the C library and has not given back: tensors, above all. 0 where the C library does not say.</param>
/// <param name="Resident">Bytes of the process that are in memory, native and managed.</param>
/// <param name="Threads">Of the process.</param>
internal sealed partial record Usage(long Managed, long Native, long Resident, int Threads)
{
    public static Usage Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using Process process = Process.GetCurrentProcess();
        return new Usage(GC.GetTotalMemory(forceFullCollection: false), NativeBytes(), process.WorkingSet64, process.Threads.Count);
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

        Check("bytes of managed memory", before.Managed, Managed, 4 << 20);
        Check("bytes of native memory in use", before.Native, Native, 4 << 20);
        Check("bytes of resident memory", before.Resident, Resident, 32 << 20);
        // The runtime's own pool takes and gives back some.
        Check("threads", before.Threads, Threads, 4);
        return grown;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Managed / 1048576.0:F1} MiB managed, {Native / 1048576.0:F1} MiB native in use, {Resident / 1048576.0:F0} MiB resident, {Threads} threads");

    private static long NativeBytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }
        MallInfo info = mallinfo2();
        return (long)(info.InUse + info.Mapped);
    }

    [LibraryImport("libc")]
    private static partial MallInfo mallinfo2();

    // struct mallinfo2 of glibc: uordblks and hblkhd are what is in use on heaps and in mappings of their own.
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallInfo
    {
        private readonly nuint _arena, _ordblks, _smblks, _hblks;
        public readonly nuint Mapped;
        private readonly nuint _usmblks, _fsmblks;
        public readonly nuint InUse;
        private readonly nuint _fordblks, _keepcost;
    }
}
