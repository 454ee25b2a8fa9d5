using System.Runtime.InteropServices;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>
/// The rows of a block, one after the other, in memory that libtorch reads in place and that is reused from block to block. That of a single row is managed: nobody disposes the row of a prediction
/// engine.
/// </summary>
internal sealed class RowMemory : IDisposable
{
    private readonly Tensor? _native;
    private readonly float[] _managed = [];
    private readonly int _width;

    public RowMemory(int capacity, int width)
    {
        _width = width;
        if (capacity > 1)
        {
            // The caller may have a dispose scope open.
            _native = empty(capacity, width, dtype: ScalarType.Float32, device: OnDevice.Cpu).DetachFromDisposeScope();
        }
        else
        {
            _managed = new float[width];
        }
    }

    /// <summary>Whether it is that of a single row.</summary>
    public bool IsManaged => _native is null;

    /// <summary>All of it. Some calls into native code: to be asked for once for many rows.</summary>
    public Span<float> Span => _native is null ? _managed : MemoryMarshal.Cast<byte, float>(_native.bytes);

    /// <summary>Some rows, in order, <c>[rows, width]</c>; not a copy if they are neighbours and there are others.</summary>
    public Tensor Of(int[] rows) => _native is not null && AreNeighbours(rows) ? _native.narrow(0, rows[0], rows.Length) : Gather(Span, rows, _width);

    public static bool AreNeighbours(int[] rows) => rows[^1] - rows[0] == rows.Length - 1;

    /// <summary>A copy of some rows of such memory, <c>[rows, width]</c>.</summary>
    public static Tensor Gather(ReadOnlySpan<float> from, int[] rows, int width)
    {
        Tensor gathered = empty(rows.Length, width, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Span<float> to = MemoryMarshal.Cast<byte, float>(gathered.bytes);
        for (int i = 0; i < rows.Length; i++)
        {
            from.Slice(rows[i] * width, width).CopyTo(to[(i * width)..]);
        }
        return gathered;
    }

    public void Dispose() => _native?.Dispose();
}
