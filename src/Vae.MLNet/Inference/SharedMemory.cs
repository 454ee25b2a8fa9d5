namespace Vae.MLNet.Inference;

/// <summary>Native memory that several threads use at a time: freed when its owner has disposed it and the last user is done.</summary>
/// <param name="memory">What is disposed then.</param>
/// <param name="owner">The type that an error names.</param>
internal sealed class SharedMemory(IDisposable memory, Type owner) : IDisposable
{
    // 1 for the owner and 1 for each user; at 0 the memory is gone.
    private int _references = 1;
    private int _disposed;

    /// <summary>Keeps the memory alive until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The owner has been disposed.</exception>
    public Lease Use()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, owner);
        int before;
        do
        {
            before = Volatile.Read(ref _references);
            ObjectDisposedException.ThrowIf(before == 0, owner);
        }
        while (Interlocked.CompareExchange(ref _references, before + 1, before) != before);
        return new Lease(this);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            memory.Dispose();
        }
    }

    /// <summary>A use of the memory.</summary>
    public readonly ref struct Lease(SharedMemory shared)
    {
        public void Dispose() => shared.Release();
    }
}
