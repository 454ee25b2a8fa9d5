using TorchSharp;

namespace Vae.MLNet.Tests;

/// <summary>
/// Counts tensors that nobody has disposed and that only a finalizer frees. TorchSharp's own count, <see cref="torch.Tensor.TotalCount"/>, grows by one with every Parameter that is made (the tensor that it
/// is made from becomes empty and stays counted, as of 0.107.0; pinned by PackageAssumptionTests), so a difference of it says nothing of a fit. What finalizers take away from it is exact: until they are
/// counted the garbage collector does not run. Nothing else may run in the process at the time.
/// </summary>
internal sealed class TensorWatch : IDisposable
{
    // What is allocated in between, managed, is at most this much.
    private const long Room = 200L << 20;

    private bool _isRunning = true;

    private TensorWatch()
    {
    }

    /// <summary>Starts counting.</summary>
    public static TensorWatch Start()
    {
        Collect();
        GC.TryStartNoGCRegion(Room);
        return new TensorWatch();
    }

    /// <summary>Counts the tensors that were left since the start, and ends.</summary>
    /// <exception cref="InvalidOperationException">So much was allocated that the garbage collector has run.</exception>
    public long Left()
    {
        long before = torch.Tensor.TotalCount;
        _isRunning = false;
        GC.EndNoGCRegion();
        Collect();
        return before - torch.Tensor.TotalCount;
    }

    public void Dispose()
    {
        if (_isRunning && System.Runtime.GCSettings.LatencyMode == System.Runtime.GCLatencyMode.NoGCRegion)
        {
            GC.EndNoGCRegion();
        }
    }

    // A finalized object may have held the last reference to another one.
    private static void Collect()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
