using System.Buffers.Binary;
using System.IO.Compression;

namespace Vae.MLNet.Reliability.ModelFiles;

/// <summary>Damage to a zip archive and its entries; null for a file that is none.</summary>
internal static class ArchiveDamage
{
    private const int Bombs = 64_000_000;
    private static readonly byte[] s_centralEntry = [0x50, 0x4B, 1, 2];
    private static readonly byte[] s_localEntry = [0x50, 0x4B, 3, 4];
    private static readonly byte[] s_end = [0x50, 0x4B, 5, 6];

    public static bool IsArchive(byte[] content) => content.AsSpan().StartsWith(s_localEntry);

    public static List<(string Name, byte[] Content)> Entries(byte[] content)
    {
        using var archive = new ZipArchive(new MemoryStream(content));
        return [.. archive.Entries.Select(entry =>
        {
            using Stream stream = entry.Open();
            var bytes = new byte[entry.Length];
            stream.ReadExactly(bytes);
            return (entry.FullName, bytes);
        })];
    }

    public static byte[] Archive(IEnumerable<(string Name, byte[] Content)> entries)
    {
        var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                using Stream stream = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                stream.Write(bytes);
            }
        }
        return content.ToArray();
    }

    /// <summary>A length, a count, an offset, a method or a checksum in the archive's own records says something else.</summary>
    public static Damaged? Lie(byte[] content, Random random)
    {
        if (!IsArchive(content))
        {
            return null;
        }
        byte[] changed = [.. content];
        byte[] record = random.Next(4) switch { 0 => s_localEntry, 1 => s_end, _ => s_centralEntry };
        int[] places = [.. Enumerable.Range(0, changed.Length - record.Length).Where(at => changed.AsSpan(at).StartsWith(record))];
        int place = Math.Min(places[random.Next(places.Length)] + record.Length + 2 * random.Next(9), changed.Length - sizeof(uint));
        uint lie = random.Next(4) switch { 0 => uint.MaxValue, 1 => int.MaxValue, 2 => (uint)random.Next(100), _ => (uint)random.Next() };
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(place, 4), lie);
        return new Damaged(changed, content.Length);
    }

    public static Damaged? Rearrange(byte[] content, Random random)
    {
        if (!IsArchive(content))
        {
            return null;
        }
        List<(string Name, byte[] Content)> entries = Entries(content);
        int one = random.Next(entries.Count);
        int other = random.Next(entries.Count);
        switch (random.Next(6))
        {
            case 0:
                entries.RemoveAt(one);
                break;
            case 1:
                entries.Add((entries[one].Name, entries[other].Content));
                break;
            case 2:
                (entries[one], entries[other]) = ((entries[one].Name, entries[other].Content), (entries[other].Name, entries[one].Content));
                break;
            case 3:
                entries[one] = (entries[one].Name, []);
                break;
            case 4:
                entries[one] = (entries[one].Name, entries[one].Content[..random.Next(entries[one].Content.Length + 1)]);
                break;
            default:
                entries[one] = (entries[one].Name, [.. entries[one].Content, .. new byte[random.Next(1, 300)]]);
                break;
        }
        return new Damaged(Archive(entries), content.Length);
    }

    public static Damaged? Paths(byte[] content, Random random)
    {
        if (!IsArchive(content))
        {
            return null;
        }
        List<(string Name, byte[] Content)> entries = Entries(content);
        int one = random.Next(entries.Count);
        (string name, byte[] bytes) = entries[one];
        string tricked = random.Next(8) switch
        {
            0 => "../" + name,
            1 => "/" + name,
            2 => "C:\\" + name,
            3 => name.Replace('/', '\\'),
            4 => name.Replace("/", "/../", StringComparison.Ordinal),
            5 => "../../../../../../tmp/vae-reliability-outside",
            6 => name + "/" + name,
            _ => name.ToUpperInvariant(),
        };
        if (random.Next(2) == 0)
        {
            entries[one] = (tricked, bytes);
        }
        else
        {
            entries.Add((tricked, bytes));
        }
        return new Damaged(Archive(entries), content.Length);
    }

    public static Damaged? Bomb(byte[] content, Random random)
    {
        if (!IsArchive(content))
        {
            return null;
        }
        List<(string Name, byte[] Content)> entries = Entries(content);
        // In one of ten: it takes a while.
        if (random.Next(10) > 0)
        {
            return Nested(entries, random);
        }
        int one = random.Next(entries.Count);
        var zeros = new byte[Bombs];
        Array.Fill(zeros, random.Next(2) == 0 ? (byte)' ' : (byte)0);
        entries[one].Content.CopyTo(zeros, 0);
        entries[one] = (entries[one].Name, zeros);
        return new Damaged(Archive(entries), Bombs);
    }

    // Each chain's first member is a chain again.
    private static Damaged? Nested(List<(string Name, byte[] Content)> entries, Random random)
    {
        const string chain = "TransformerChain/Model.key";
        int first = entries.FindIndex(entry => entry.Name == chain);
        if (first < 0)
        {
            return null;
        }
        byte[] outer = entries[first].Content;
        string folder = "TransformerChain/";
        long added = 0;
        entries.RemoveAll(entry => entry.Name.StartsWith("TransformerChain/Transform_000/", StringComparison.Ordinal));
        for (int depth = random.Next(1, 400); depth > 0; depth--)
        {
            folder += "Transform_000/";
            entries.Add((folder + "Model.key", outer));
            added += outer.Length;
        }
        return new Damaged(Archive(entries), added);
    }
}
