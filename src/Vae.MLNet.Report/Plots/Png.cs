using System.Buffers.Binary;
using System.IO.Compression;

namespace Vae.MLNet.Report.Plots;

/// <summary>A picture as PNG (ISO/IEC 15948), eight bits per channel, no filter.</summary>
internal static class Png
{
    private static readonly uint[] s_crcOfByte = [.. Enumerable.Range(0, 256).Select(value => CrcOfByte((uint)value))];

    /// <param name="width">In pixels.</param>
    /// <param name="channels">1 for grey; 3 for red, green and blue.</param>
    /// <param name="pixels">Pixel by pixel, row by row from the top left.</param>
    public static byte[] Of(int width, int channels, ReadOnlySpan<byte> pixels)
    {
        int stride = width * channels;
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], pixels.Length / stride);
        header[8] = 8; // bits per channel
        header[9] = (byte)(channels == 1 ? 0 : 2); // grey or true colour; deflate, filters by row, not interlaced
        header[10..].Clear();

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (int start = 0; start < pixels.Length; start += stride)
            {
                zlib.WriteByte(0); // this row's filter: none
                zlib.Write(pixels.Slice(start, stride));
            }
        }

        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, packed.ToArray());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(type);
        file.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), content));
        file.Write(number);
    }

    // CRC-32 as in ISO/IEC 15948, annex D.
    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            crc = s_crcOfByte[(crc ^ value) & 0xff] ^ (crc >> 8);
        }
        return crc;
    }

    private static uint CrcOfByte(uint value)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            value = (value & 1) != 0 ? 0xedb88320 ^ (value >> 1) : value >> 1;
        }
        return value;
    }
}
