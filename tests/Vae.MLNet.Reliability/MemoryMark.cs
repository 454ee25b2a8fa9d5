using System.Globalization;

namespace Vae.MLNet.Reliability;

/// <summary>How much memory something takes.</summary>
internal readonly struct MemoryMark
{
    private const string Clear = "/proc/self/clear_refs";
    private const string Status = "/proc/self/status";

    private readonly long _allocated;
    private readonly long _resident;

    private MemoryMark(long allocated, long resident) => (_allocated, _resident) = (allocated, resident);

    /// <summary>From here on, in this thread.</summary>
    public static MemoryMark Now()
    {
        if (File.Exists(Clear))
        {
            // The highest resident set is counted anew from here.
            File.WriteAllText(Clear, "5");
        }
        return new MemoryMark(GC.GetAllocatedBytesForCurrentThread(), Resident("VmRSS:"));
    }

    /// <summary>Managed bytes that this thread has allocated in all, and by how much the process's resident set grew at most (0 where the system does not say).</summary>
    public (long Allocated, long Peak) Since() => (GC.GetAllocatedBytesForCurrentThread() - _allocated, Resident("VmHWM:") - _resident);

    /// <summary>A number of the process's status, in bytes.</summary>
    public static long Resident(string name) => !File.Exists(Status)
        ? 0
        : 1024 * long.Parse(File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
