namespace Vae.MLNet.Tool.Files;

/// <summary>Reads until somebody cancels, also while nothing comes.</summary>
internal sealed class CancellableStream(Stream inner, CancellationToken cancellationToken) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => inner.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask().WaitAsync(cancellationToken).GetAwaiter().GetResult();

    // The caller's span may be gone while an abandoned read still goes on: it has an array of its own.
    public override int Read(Span<byte> buffer)
    {
        byte[] own = new byte[buffer.Length];
        int count = Read(own, 0, own.Length);
        own.AsSpan(0, count).CopyTo(buffer);
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
