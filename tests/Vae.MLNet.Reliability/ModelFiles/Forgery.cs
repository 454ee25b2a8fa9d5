using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vae.MLNet.Reliability.ModelFiles;

/// <summary>Changes by somebody who knows the format: an entry or a block says something else, and all checksums are right.</summary>
internal static class Forgery
{
    private const string Weights = "weights.safetensors";
    private const string Key = "Model.key";
    private const string Checksum = "\"checksum\":\"";
    private const int LengthBytes = sizeof(long);

    private static readonly string[] s_values =
    [
        "0", "1", "-1", "2", "3", "7", "255", "65536", "16777216", "2147483647", "2147483648", "4294967295", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "0.5", "-0.0", "1e308", "1e999",
        "true", "false", "null", "NaN", "\"NaN\"", "\"Infinity\"", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "{}", "[]", "[[]]", "[0]", "[1,2]", "[-1,5]", "[0,0,0,0,0,0,0,0,0,0]", "{\"kind\":\"dense\"}",
        "\"Gaussian\"", "\"Categorical\"", "\"Poisson\"", "\"Quantile\"", "\"Single\"", "\"UInt64\"", "\"Mean\"", "\"Features\"", "\"F64\"", "\"F32\"", "\"I64\"", "\"BF16\"", "2147483648.0", "1.0",
    ];

    /// <summary>Configuration, history, decoder: one of an archive's, or the texts of a block.</summary>
    public static Damaged? OfJson(byte[] content, Random random)
    {
        if (!ArchiveDamage.IsArchive(content))
        {
            return null;
        }
        string[] names = [.. Ours(content).Select(entry => entry.Name).Where(name => name.EndsWith(".json", StringComparison.Ordinal))];
        return names.Length == 0 ? null : InArchive(content, names[random.Next(names.Length)], json => Changed(json, random));
    }

    public static Damaged? OfHeader(byte[] content, Random random) => InBlock(content, block =>
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(block);
        byte[] header = Changed(block[LengthBytes..(LengthBytes + length)], random);
        long said = random.Next(8) switch { 0 => random.NextInt64(), 1 => header.Length + random.Next(-9, 9), _ => header.Length };
        byte[] changed = [.. BitConverter.GetBytes(said), .. header, .. block[(LengthBytes + length)..]];
        return changed;
    });

    public static Damaged? OfBytes(byte[] content, Random random)
    {
        byte[] Change(byte[] bytes) => random.Next(3) switch
        {
            0 => ByteDamage.Flip(bytes, random),
            1 => ByteDamage.Overwrite(bytes, random),
            _ => ByteDamage.Rearrange(bytes, random),
        };
        if (!ArchiveDamage.IsArchive(content))
        {
            return InBlock(content, Change);
        }
        (string Name, byte[] Content)[] ours = [.. Ours(content)];
        return InArchive(content, ours[random.Next(ours.Length)].Name, Change);
    }

    private static Damaged? InBlock(byte[] content, Func<byte[], byte[]> change)
    {
        if (ArchiveDamage.IsArchive(content))
        {
            return InArchive(content, Ours(content).Single(entry => entry.Name.EndsWith(Weights, StringComparison.Ordinal)).Name, change);
        }
        byte[] changed = change(content);
        Seal(changed);
        return new Damaged(changed, Math.Max(0, changed.Length - content.Length));
    }

    // The files beside the weights; their checksums are in the Model.key there.
    private static IEnumerable<(string Name, byte[] Content)> Ours(byte[] archive)
    {
        List<(string Name, byte[] Content)> entries = ArchiveDamage.Entries(archive);
        string folder = FolderOf(entries);
        return entries.Where(entry => entry.Name.StartsWith(folder, StringComparison.Ordinal) && !entry.Name.EndsWith(Key, StringComparison.Ordinal));
    }

    private static string FolderOf(List<(string Name, byte[] Content)> entries) => entries.Single(entry => entry.Name.EndsWith(Weights, StringComparison.Ordinal)).Name[..^Weights.Length];

    private static Damaged InArchive(byte[] archive, string name, Func<byte[], byte[]> change)
    {
        List<(string Name, byte[] Content)> entries = ArchiveDamage.Entries(archive);
        int index = entries.FindIndex(entry => entry.Name == name);
        int key = entries.FindIndex(entry => entry.Name == FolderOf(entries) + Key);
        byte[] before = entries[index].Content;
        byte[] after = change(before);
        entries[index] = (name, after);
        int sum = entries[key].Content.AsSpan().IndexOf(SHA256.HashData(before));
        SHA256.HashData(after).CopyTo(entries[key].Content, sum);
        return new Damaged(ArchiveDamage.Archive(entries), Math.Max(0, after.Length - before.Length));
    }

    private static void Seal(byte[] block)
    {
        int at = block.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Checksum)) + Checksum.Length;
        int length = 2 * SHA256.HashSizeInBytes;
        if (at >= Checksum.Length && at + length <= block.Length)
        {
            block.AsSpan(at, length).Fill((byte)'0');
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(block))).CopyTo(block, at);
        }
    }

    // One to three values or properties are others; what comes out may be no JSON any more.
    private static byte[] Changed(byte[] json, Random random)
    {
        for (int changes = random.Next(2) == 0 ? 1 : random.Next(2, 4); changes > 0; changes--)
        {
            json = ChangedOnce(json, random);
        }
        return json;
    }

    private static byte[] ChangedOnce(byte[] json, Random random)
    {
        List<Place> places;
        try
        {
            places = PlacesOf(json);
        }
        catch (JsonException)
        {
            return ByteDamage.Flip(json, random);
        }
        if (places.Count == 0)
        {
            return json;
        }
        Place place = places[random.Next(places.Count)];
        byte[] value = json[place.Value..place.End];
        byte[] Replaced(int from, byte[] by, int to) => [.. json[..from], .. by, .. json[to..]];
        byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
        switch (random.Next(14))
        {
            case 12 or 13 when double.TryParse(value, CultureInfo.InvariantCulture, out double number):
                // Another number that may well be one.
                return Replaced(place.Value, Text((random.Next(3) switch { 0 => number + 1, 1 => number - 1, _ => number * 2 }).ToString(CultureInfo.InvariantCulture)), place.End);
            case 0 when place.Name >= 0:
                // The property a second time.
                return Replaced(place.Name, [.. json[place.Name..place.End], (byte)','], place.Name);
            case 1:
                return Replaced(place.Name >= 0 ? place.Name : place.Value, [], place.End);
            case 2:
                int depth = random.Next(1, 100_000);
                return Replaced(place.Value, Text(new string('[', depth) + new string(']', depth)), place.End);
            case 3:
                return Replaced(place.Value, Text($"[{string.Join(',', Enumerable.Repeat(s_values[random.Next(s_values.Length)], random.Next(1, 200_000)))}]"), place.End);
            case 4:
                return Replaced(place.Value, Text($"\"{new string('x', random.Next(1, 1_000_000))}\""), place.End);
            case 5:
                Place other = places[random.Next(places.Count)];
                return Replaced(place.Value, json[other.Value..other.End], place.End);
            case 6 when place.Name >= 0:
                return Replaced(place.Name, Text($"\"{(char)random.Next('a', 'z')}\":"), place.Value);
            case 7:
                // An array's element twice, or a list of two.
                return Replaced(place.Value, [.. value, (byte)',', .. value], place.End);
            default:
                return Replaced(place.Value, Text(s_values[random.Next(s_values.Length)]), place.End);
        }
    }

    // Where each value is, and its name, if it has one.
    private static List<Place> PlacesOf(byte[] json)
    {
        var places = new List<Place>();
        var reader = new Utf8JsonReader(json);
        int name = -1;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = (int)reader.TokenStartIndex;
                continue;
            }
            if (reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                Utf8JsonReader rest = reader;
                rest.Skip();
                places.Add(new Place(name, (int)reader.TokenStartIndex, (int)rest.BytesConsumed));
            }
            name = -1;
        }
        return places;
    }

    private readonly record struct Place(int Name, int Value, int End);
}
