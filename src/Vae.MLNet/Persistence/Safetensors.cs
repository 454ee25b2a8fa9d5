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

    private const string Metadata = "__metadata__";
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
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using JsonDocument header = JsonDocument.Parse(content.AsMemory(LengthBytes, headerLength), new JsonDocumentOptions { MaxDepth = 4 });
            foreach (JsonProperty property in header.RootElement.EnumerateObject())
            {
                if (property.Name == Metadata)
                {
                    metadata = property.Value.EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetString()!, StringComparer.Ordinal);
                    continue;
                }
                if (!entries.TryAdd(property.Name, EntryOf(property, numbers)))
                {
                    throw Damaged($"the tensor '{property.Name}' is there twice");
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw new FormatException($"The safetensors block is damaged: {error.Message}", error);
        }
        // As the format demands: no two tensors share a byte, and no byte is left over.
        long end = 0;
        foreach (Entry entry in entries.Values.OrderBy(each => each.Offset))
        {
            if (entry.Offset != end)
            {
                throw Damaged("tensors overlap or leave a gap");
            }
            end += entry.Bytes.Length;
        }
        return end == numbers.Length ? new SafetensorsBlock(entries, metadata) : throw Damaged("there are numbers of no tensor");
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
                json.WritePropertyName(Metadata);
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

    private static Entry EntryOf(JsonProperty property, Memory<byte> numbers)
    {
        string type = property.Value.GetProperty("dtype").GetString() is (Float32 or Float64) and var known ? known : throw Damaged($"the tensor '{property.Name}' is not of {Float32} or {Float64}");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(each => each.GetInt64())];
        long[] offsets = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(each => each.GetInt64())];
        if (offsets is not [long start, long end] || start < 0 || end < start || end > numbers.Length)
        {
            throw Damaged($"the tensor '{property.Name}' lies outside the block");
        }
        long bytes = SizeOf(type);
        foreach (long size in shape)
        {
            bytes = checked(bytes * (size >= 0 ? size : throw Damaged($"the tensor '{property.Name}' has a negative size")));
        }
        return bytes == end - start
            ? new Entry(type, shape, start, numbers[(int)start..(int)end])
            : throw Damaged($"the tensor '{property.Name}' has {end - start} bytes; its shape wants {bytes}");
    }

    private static string TypeOf(Tensor tensor) => tensor.dtype == ScalarType.Float64 ? Float64 : Float32;

    private static int SizeOf(string type) => type == Float64 ? sizeof(double) : sizeof(float);

    private static long LengthOf(Tensor tensor) => tensor.numel() * SizeOf(TypeOf(tensor));

    private static FormatException Damaged(string what) => new($"The safetensors block is damaged: {what}.");

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
