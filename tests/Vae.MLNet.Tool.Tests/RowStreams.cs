using System.Text;

namespace Vae.MLNet.Tool.Tests;

/// <summary>Makes rows while they are read.</summary>
internal sealed class EndlessRows(int count) : Stream
{
    private byte[] _line = Encoding.UTF8.GetBytes($"{People.Header}\n");
    private int _place;

    public int Rows { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int bytes)
    {
        if (_place == _line.Length)
        {
            if (Rows == count)
            {
                return 0;
            }
            _line = Encoding.UTF8.GetBytes($"n{Rows},{20 + Rows % 50},1.6,Köln,True,{Rows % 2},{20_000 + Rows % 50_000}\n");
            _place = 0;
            Rows++;
        }
        int copied = Math.Min(bytes, _line.Length - _place);
        Array.Copy(_line, _place, buffer, offset, copied);
        _place += copied;
        return copied;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Counts lines, and how many rows have been read that have not come out.</summary>
internal sealed class WatchedOutput(Func<int> rowsRead) : MemoryStream
{
    public int Lines { get; private set; }

    public int MostAhead { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        MostAhead = Math.Max(MostAhead, rowsRead() - Lines);
        Lines += buffer.Count((byte)'\n');
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}

/// <summary>Fails after some bytes, with an error of the operating system.</summary>
internal sealed class FailingOutput(int bytes, int error) : MemoryStream
{
    public const int NoSpace = 28;
    public const int BrokenPipe = 32;

    private int _left = bytes;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _left -= buffer.Length;
        if (_left < 0)
        {
            throw new IOException("It fails.", error);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
}
