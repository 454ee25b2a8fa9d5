using System.Buffers.Binary;
using System.IO.Compression;

namespace Vae.MLNet.Samples;

/// <summary>Writes a grey picture as PNG (ISO/IEC 15948): one byte per pixel, no filter.</summary>
public static class GreyPng
{
    private static readonly uint[] s_crcOfByte = [.. Enumerable.Range(0, 256).Select(value => CrcOfByte((uint)value))];

    /// <summary>Writes the picture, over a file that may be there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="pixels">Rows of <paramref name="width"/> values, from 0 (black) to 255 (white).</param>
    public static void Write(string path, int width, ReadOnlySpan<byte> pixels)
    {
        int height = pixels.Length / width;
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits per pixel; the colour type and the methods after it are 0: grey, deflate, filter by row, not interlaced
        header[9..].Clear();

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (int row = 0; row < height; row++)
            {
                zlib.WriteByte(0); // this row's filter: none
                zlib.Write(pixels.Slice(row * width, width));
            }
        }

        using FileStream file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, packed.ToArray());
        WriteChunk(file, "IEND"u8, []);
    }

    private static void WriteChunk(FileStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
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
