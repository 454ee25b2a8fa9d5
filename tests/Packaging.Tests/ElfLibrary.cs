using System.Buffers.Binary;
using System.Text;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>
/// The sections of a 64-bit shared library that say which versions of which symbols it needs, as the System V ABI and the Linux Standard
/// Base ("Symbol Versioning") define them. Needed versions are numbered from 2 in the order in which they are given.
/// </summary>
internal sealed class ElfLibrary
{
    private readonly List<byte> _bytes = [];
    private readonly List<byte> _names = [0];
    private readonly List<(string Version, int At)> _flags = [];

    /// <param name="needs">Libraries, each with the versions that are needed of it.</param>
    /// <param name="symbols">Names of symbols and the numbers of their versions.</param>
    /// <param name="relocations">The symbols that relocations refer to, by position.</param>
    public ElfLibrary((string Library, string[] Versions)[] needs, (string Name, int Version)[] symbols, int[] relocations)
    {
        byte[] needed = Needs(needs, out int[] flags);
        byte[] symbolTable = new byte[24 * (symbols.Length + 1)];
        byte[] versions = new byte[2 * (symbols.Length + 1)];
        for (int i = 0; i < symbols.Length; i++)
        {
            Write(symbolTable, 24 * (i + 1), NameOf(symbols[i].Name));
            BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2 * (i + 1)), (ushort)symbols[i].Version);
        }
        byte[] relocationTable = new byte[24 * relocations.Length];
        for (int i = 0; i < relocations.Length; i++)
        {
            Write(relocationTable, (24 * i) + 8, 6); // R_X86_64_GLOB_DAT
            Write(relocationTable, (24 * i) + 12, relocations[i] + 1);
        }

        _bytes.AddRange(new byte[64]);
        (int Type, int Link, int Info, byte[] Content)[] sections =
        [
            (0, 0, 0, []),
            (3, 0, 0, [.. _names]),
            (11, 1, 0, symbolTable),
            (0x6fffffff, 2, 0, versions),
            (0x6ffffffe, 1, needs.Length, needed),
            (4, 2, 0, relocationTable),
        ];
        byte[] headers = new byte[64 * sections.Length];
        for (int i = 0; i < sections.Length; i++)
        {
            (int type, int link, int info, byte[] content) = sections[i];
            Write(headers, (64 * i) + 4, type);
            Write(headers, (64 * i) + 24, _bytes.Count);
            Write(headers, (64 * i) + 32, content.Length);
            Write(headers, (64 * i) + 40, link);
            Write(headers, (64 * i) + 44, info);
            if (content == needed)
            {
                _flags = [.. needs.SelectMany(need => need.Versions).Zip(flags.Select(at => at + _bytes.Count))];
            }
            _bytes.AddRange(content);
        }
        int headersAt = _bytes.Count;
        _bytes.AddRange(headers);
        Bytes = [.. _bytes];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(Bytes);
        Write(Bytes, 0x28, headersAt);
        Write(Bytes, 0x3c, sections.Length);
    }

    public byte[] Bytes { get; }

    /// <summary>Returns where the flags are of the needs of a version.</summary>
    public IEnumerable<int> FlagsOf(string version) => _flags.Where(flags => flags.Version == version).Select(flags => flags.At);

    private byte[] Needs((string Library, string[] Versions)[] needs, out int[] flags)
    {
        byte[] section = new byte[needs.Sum(need => 16 * (1 + need.Versions.Length))];
        List<int> allFlags = [];
        int number = 2;
        int at = 0;
        foreach ((string library, string[] versions) in needs)
        {
            int length = 16 * (1 + versions.Length);
            Write(section, at, 1 | (versions.Length << 16));
            Write(section, at + 4, NameOf(library));
            Write(section, at + 8, 16);
            Write(section, at + 12, at + length == section.Length ? 0 : length);
            for (int i = 0; i < versions.Length; i++)
            {
                int entry = at + (16 * (i + 1));
                allFlags.Add(entry + 4);
                Write(section, entry + 4, number++ << 16);
                Write(section, entry + 8, NameOf(versions[i]));
                Write(section, entry + 12, i == versions.Length - 1 ? 0 : 16);
            }
            at += length;
        }
        flags = [.. allFlags];
        return section;
    }

    private int NameOf(string text)
    {
        int at = _names.Count;
        _names.AddRange(Encoding.ASCII.GetBytes(text));
        _names.Add(0);
        return at;
    }

    private static void Write(byte[] bytes, int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), value);
}
