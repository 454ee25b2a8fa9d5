namespace Vae.MLNet.Tool.Files;

/// <summary>Passes on what is written, and says of every failure that it is one of writing.</summary>
/// <param name="inner">Where to; it is closed with this stream only if it is owned.</param>
/// <param name="name">For messages.</param>
/// <param name="owns">Whether it is.</param>
internal sealed class OutputStream(Stream inner, string name, bool owns) : Stream
{
    // EPIPE on Linux and macOS.
    private const int BrokenPipe = 32;

    public override bool CanRead => false;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => inner.Position = value; }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            inner.Write(buffer);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(name, error);
        }
    }

    public override void Flush()
    {
        try
        {
            inner.Flush();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(name, error);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    /// <summary>The error that the tool reports.</summary>
    public static Exception Failure(string name, Exception error) => error is IOException { HResult: BrokenPipe }
        ? new ClosedPipeException(error)
        : new ToolException(ExitCode.Output, $"{name} cannot be written: {error.Message}", error);

    protected override void Dispose(bool disposing)
    {
        if (disposing && owns)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
