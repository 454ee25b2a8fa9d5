using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace Vae.MLNet.Persistence;

/// <summary>
/// The safetensors format (version 0.4): the length of a JSON header (8 bytes, little-endian), the header (name to dtype, shape and offsets), the numbers. No code, readable in many languages.
/// Here: 32-bit floats (weights) and 64-bit floats (what training has learned of the columns).
/// </summary>
internal static class Safetensors
{
    public const string Float32 = "F32";
    public const string Float64 = "F64";

    private const int LengthBytes = sizeof(long);
    // A header ends in spaces so that the numbers start at a multiple of this.
    private const int Alignment = 8;

    /// <param name="tensors">32- and 64-bit floats.</param>
    /// <param name="metadata">Texts beside them; null for none.</param>
    public static byte[] Write(IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        byte[] header = HeaderOf(tensors, metadata);
        int padded = (header.Length + Alignment - 1) / Alignment * Alignment;
        var content = new byte[checked((int)(LengthBytes + padded + tensors.Sum(each => LengthOf(each.Tensor))))];
        BinaryPrimitives.WriteInt64LittleEndian(content, padded);
        content.AsSpan(LengthBytes, padded).Fill((byte)' ');
        header.CopyTo(content, LengthBytes);
        int position = LengthBytes + padded;
        foreach ((_, Tensor tensor) in tensors)
        {
            Span<byte> bytes = tensor.contiguous().bytes;
            bytes.CopyTo(content.AsSpan(position));
            position += bytes.Length;
        }
        return content;
    }

    /// <summary>The tensors and texts by name. Every length and offset is checked; no number is copied.</summary>
    /// <exception cref="FormatException">It is not a safetensors block of floats.</exception>
    public static SafetensorsBlock Read(byte[] content)
    {
        if (content.Length < LengthBytes || BinaryPrimitives.ReadInt64LittleEndian(content) is var length && (length < 0 || length > content.Length - LengthBytes))
        {
            throw Damaged("the header is longer than the block");
        }
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(content);
        Memory<byte> numbers = content.AsMemory(LengthBytes + headerLength);
        SafetensorsBlock block = new SafetensorsHeader(content.AsSpan(LengthBytes, headerLength), numbers).Read();
        // As the format demands: no two tensors share a byte, and no byte is left over.
        long end = 0;
        foreach (Entry entry in block.Tensors.Values.OrderBy(each => each.Offset))
        {
            if (entry.Offset != end)
            {
                throw Damaged("tensors overlap or leave a gap");
            }
            end += entry.Bytes.Length;
        }
        return end == numbers.Length ? block : throw Damaged("there are numbers of no tensor");
    }

    private static byte[] HeaderOf(IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            long offset = 0;
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WritePropertyName(SafetensorsHeader.Metadata);
                JsonSerializer.Serialize(json, metadata);
            }
            foreach ((string name, Tensor tensor) in tensors)
            {
                long end = offset + LengthOf(tensor);
                json.WriteStartObject(name);
                json.WriteString("dtype", TypeOf(tensor));
                WriteNumbers(json, "shape", tensor.shape);
                WriteNumbers(json, "data_offsets", [offset, end]);
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }
        json.WriteEndArray();
    }

    private static string TypeOf(Tensor tensor) => tensor.dtype == ScalarType.Float64 ? Float64 : Float32;

    /// <summary>Bytes of a number; null of a type that is not known here.</summary>
    public static int? SizeOf(string type) => type switch
    {
        Float64 => sizeof(double),
        Float32 => sizeof(float),
        _ => null,
    };

    private static long LengthOf(Tensor tensor) => tensor.numel() * SizeOf(TypeOf(tensor))!.Value;

    public static FormatException Damaged(string what) => new($"The safetensors block is damaged: {what}.");

    /// <summary>A tensor inside a block.</summary>
    internal readonly record struct Entry(string Type, long[] Shape, long Offset, ReadOnlyMemory<byte> Bytes)
    {
        public bool IsFinite => Type == Float64 ? AreFinite(MemoryMarshal.Cast<byte, double>(Bytes.Span)) : AreFinite(MemoryMarshal.Cast<byte, float>(Bytes.Span));

        public T[] ToArray<T>()
            where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes.Span).ToArray();

        public void CopyTo(Tensor tensor) => Bytes.Span.CopyTo(tensor.bytes);

        private static bool AreFinite<T>(ReadOnlySpan<T> values)
            where T : unmanaged, IFloatingPoint<T>
        {
            foreach (T value in values)
            {
                if (!T.IsFinite(value))
                {
                    return false;
                }
            }
            return true;
        }
    }
}

/// <summary>What a safetensors block holds.</summary>
/// <param name="Tensors">By name.</param>
/// <param name="Metadata">Texts, by name.</param>
internal sealed record SafetensorsBlock(IReadOnlyDictionary<string, Safetensors.Entry> Tensors, IReadOnlyDictionary<string, string> Metadata);
