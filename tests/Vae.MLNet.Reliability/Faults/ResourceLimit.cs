using System.Runtime.InteropServices;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>How much of something Linux gives a process: what it has now, and the most that it may ask for.</summary>
internal struct ResourceLimit
{
    public ulong Soft;
    public ulong Hard;

    [DllImport("libc")]
    public static extern int setrlimit(int resource, in ResourceLimit limit);
}
