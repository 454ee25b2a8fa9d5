using System.Text.Json;

namespace Vae.MLNet.Persistence;

/// <summary>Reads the header of a safetensors block from the front to the back, without a tree of it in memory; every length and offset is checked.</summary>
/// <param name="header">JSON.</param>
/// <param name="numbers">What its offsets are into.</param>
internal ref struct SafetensorsHeader(ReadOnlySpan<byte> header, ReadOnlyMemory<byte> numbers)
{
    /// <summary>The property that holds texts.</summary>
    public const string Metadata = "__metadata__";

    private const int MostDimensions = 8;
    // More than any network here has: a header of nothing but empty tensors is no reason to make millions of them.
    private const int MostTensors = 1 << 16;

    private Utf8JsonReader _json = new(header, new JsonReaderOptions { MaxDepth = 4 });

    /// <exception cref="FormatException">It is not a header, or of another block.</exception>
    public SafetensorsBlock Read()
    {
        var tensors = new Dictionary<string, Safetensors.Entry>(StringComparer.Ordinal);
        Dictionary<string, string>? metadata = null;
        try
        {
            Expect(JsonTokenType.StartObject);
            while (NextName() is { } name)
            {
                if (name == Metadata)
                {
                    metadata = metadata is null ? ReadTexts() : throw Twice(name);
                }
                else if (!tensors.TryAdd(name, ReadEntry(name)))
                {
                    throw Twice(name);
                }
                else if (tensors.Count > MostTensors)
                {
                    throw Safetensors.Damaged($"there are more than {MostTensors} tensors");
                }
            }
            // Nothing but spaces is left.
            return _json.Read() ? throw Safetensors.Damaged("something follows the header") : new SafetensorsBlock(tensors, metadata ?? []);
        }
        // Texts that are no UTF-8 are an invalid operation.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException($"The safetensors block is damaged: {error.Message}", error);
        }
    }

    private Dictionary<string, string> ReadTexts()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        Expect(JsonTokenType.StartObject);
        while (NextName() is { } name)
        {
            Expect(JsonTokenType.String);
            if (!texts.TryAdd(name, _json.GetString()!))
            {
                throw Twice(name);
            }
        }
        return texts;
    }

    private Safetensors.Entry ReadEntry(string name)
    {
        string? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        Expect(JsonTokenType.StartObject);
        while (NextName() is { } property)
        {
            switch (property)
            {
                case "dtype" when type is null:
                    Expect(JsonTokenType.String);
                    type = _json.GetString();
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers();
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers();
                    break;
                default:
                    throw Safetensors.Damaged($"the tensor '{name}' has a '{property}' too many");
            }
        }
        if (type is null || shape is null || offsets is null)
        {
            throw Safetensors.Damaged($"the tensor '{name}' has no dtype, shape or data_offsets");
        }
        if (offsets is not [long start, long end] || start < 0 || end < start || end > numbers.Length)
        {
            throw Safetensors.Damaged($"the tensor '{name}' lies outside the block");
        }
        return LengthOf(name, type, shape) == end - start
            ? new Safetensors.Entry(type, shape, start, numbers[(int)start..(int)end])
            : throw Safetensors.Damaged($"the tensor '{name}' has {end - start} bytes; its shape wants another number");
    }

    private static long LengthOf(string name, string type, long[] shape)
    {
        long bytes = Safetensors.SizeOf(type) ?? throw Safetensors.Damaged($"the tensor '{name}' is not of {Safetensors.Float32} or {Safetensors.Float64}");
        foreach (long size in shape)
        {
            if (size < 0 || (size > 0 && bytes > long.MaxValue / size))
            {
                throw Safetensors.Damaged($"the tensor '{name}' has an impossible size");
            }
            bytes *= size;
        }
        return bytes;
    }

    private long[] ReadNumbers()
    {
        var numbersRead = new List<long>(2);
        Expect(JsonTokenType.StartArray);
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out long number) || numbersRead.Count == MostDimensions)
            {
                throw Safetensors.Damaged("a shape or a pair of offsets is none");
            }
            numbersRead.Add(number);
        }
        return [.. numbersRead];
    }

    // Null at the end of the object.
    private string? NextName()
    {
        _json.Read();
        return _json.TokenType == JsonTokenType.EndObject ? null : _json.GetString();
    }

    private void Expect(JsonTokenType wanted)
    {
        if (!_json.Read() || _json.TokenType != wanted)
        {
            throw Safetensors.Damaged($"its header has {_json.TokenType} where {wanted} is wanted");
        }
    }

    private static FormatException Twice(string name) => Safetensors.Damaged($"'{name}' is there twice");
}
