using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies a shared library (ELF, 64 bits, little-endian) and marks its need of one symbol version as weak (VER_FLG_WEAK), so that the loader accepts a system that lacks this version.
/// Writes nothing if the library does not need the version, and nothing but a warning if a relocation uses a symbol of it: then the library cannot run without it.
/// </summary>
public class MarkSymbolVersionWeak : Task
{
    private const uint RelocationsWithAddends = 4, VersionNeeds = 0x6ffffffe, SymbolVersions = 0x6fffffff;

    private byte[] _file;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        _file = File.ReadAllBytes(Source);
        List<int> needs;
        string user;
        try
        {
            needs = FindNeeds();
            user = FindUser(needs);
        }
        catch (Exception e) when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
        {
            Log.LogWarning(null, "VAE0002", null, Source, 0, 0, 0, 0, "The library cannot be read as a 64-bit ELF file and is used unchanged ({0}).", e.Message);
            return true;
        }
        if (needs.Count == 0)
        {
            return true;
        }
        if (user != null)
        {
            Log.LogWarning(null, "VAE0001", null, Source, 0, 0, 0, 0, "The library uses '{0}' of {1} and runs only with a libstdc++ that has this version.", user, Version);
            return true;
        }
        foreach (int need in needs)
        {
            _file[need + 4] |= 2; // vna_flags: VER_FLG_WEAK
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        // A new file, then a rename: an older one at this place may be a hard link to another.
        string temporary = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, _file);
        File.Delete(Destination);
        File.Move(temporary, Destination);
        return true;
    }

    /// <summary>Returns the offsets of the entries (Elf64_Vernaux) that name the version.</summary>
    private List<int> FindNeeds()
    {
        var needs = new List<int>();
        foreach (int section in Sections(VersionNeeds))
        {
            int names = OffsetOf(LinkOf(section));
            int file = OffsetOf(section);
            for (int next = -1; next != 0; file += next)
            {
                int entry = file + Int32(file + 8);
                for (int left = UInt16(file + 2); left > 0; left--)
                {
                    if (Name(names + Int32(entry + 8)) == Version)
                    {
                        needs.Add(entry);
                    }
                    entry += Int32(entry + 12);
                }
                next = Int32(file + 12);
            }
        }
        return needs;
    }

    /// <summary>Returns the name of a symbol of the version that some relocation refers to; null if there is none.</summary>
    private string FindUser(List<int> needs)
    {
        var indices = new HashSet<int>();
        foreach (int need in needs)
        {
            indices.Add(UInt16(need + 6)); // vna_other
        }
        foreach (int versions in Sections(SymbolVersions))
        {
            int symbols = LinkOf(versions);
            foreach (int relocations in Sections(RelocationsWithAddends))
            {
                if (LinkOf(relocations) != symbols)
                {
                    continue;
                }
                int end = OffsetOf(relocations) + SizeOf(relocations);
                for (int relocation = OffsetOf(relocations); relocation < end; relocation += 24)
                {
                    int symbol = Int32(relocation + 12); // the upper half of r_info
                    if (indices.Contains(UInt16(OffsetOf(versions) + (2 * symbol)) & 0x7fff))
                    {
                        return Name(OffsetOf(LinkOf(symbols)) + Int32(OffsetOf(symbols) + (24 * symbol)));
                    }
                }
            }
        }
        return null;
    }

    /// <summary>Returns the offsets of the headers of all sections of a type.</summary>
    private IEnumerable<int> Sections(uint type)
    {
        if (Int32(0) != 0x464c457f || _file[4] != 2 || _file[5] != 1)
        {
            throw new ArgumentException("it does not begin like one");
        }
        for (int i = UInt16(0x3c) - 1; i >= 0; i--)
        {
            int header = HeaderOf(i);
            if ((uint)Int32(header + 4) == type)
            {
                yield return header;
            }
        }
    }

    private int HeaderOf(int section) => checked(Offset(0x28) + (64 * section));

    private int LinkOf(int header) => HeaderOf(Int32(header + 40));

    private int OffsetOf(int header) => Offset(header + 24);

    private int SizeOf(int header) => Offset(header + 32);

    private int Offset(int at) => checked((int)BitConverter.ToInt64(_file, at));

    private int Int32(int at) => BitConverter.ToInt32(_file, at);

    private int UInt16(int at) => BitConverter.ToUInt16(_file, at);

    private string Name(int at) => Encoding.ASCII.GetString(_file, at, Array.IndexOf(_file, (byte)0, at) - at);
}
