#nullable disable
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;

namespace Vae.MLNet.Build;

/// <summary>
/// Copies a shared library (ELF, 64 bits, little-endian) and marks its need of one symbol version as weak (VER_FLG_WEAK), so that the
/// loader accepts a system that lacks the version. Writes no copy if the library does not need the version, and none but a warning if a
/// relocation refers to a symbol of it (without the version the library cannot run) or if the file cannot be read as such a library.
/// </summary>
public class MarkSymbolVersionWeak : Microsoft.Build.Utilities.Task
{
    private const int RelocationsWithAddends = 4;
    private const int VersionNeeds = 0x6ffffffe;
    private const int SymbolVersions = 0x6fffffff;
    private const int WeakVersion = 2;

    private byte[] _file;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        // First, since an older copy may be a hard link to other files, or of a library that is to be left alone now.
        File.Delete(Destination);
        _file = File.ReadAllBytes(Source);
        List<int> needs;
        string user;
        try
        {
            if (Int32(0) != 0x464c457f || _file[4] != 2 || _file[5] != 1)
            {
                throw new InvalidDataException("It does not begin like one.");
            }
            needs = FindNeeds();
            user = FindUser(needs);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or InvalidDataException or OverflowException)
        {
            Warn("VAE0002", "The library cannot be read as a 64-bit ELF file and is used unchanged. " + e.Message);
            return true;
        }
        if (user != null)
        {
            Warn("VAE0001", "The library uses '" + user + "' of " + Version + " and runs only with a libstdc++ that has this version.");
        }
        else if (needs.Count > 0)
        {
            foreach (int need in needs)
            {
                _file[need + 4] |= WeakVersion; // vna_flags
            }
            // Whole or not at all.
            string temporary = Destination + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(temporary, _file);
            File.Move(temporary, Destination);
        }
        return true;
    }

    private void Warn(string code, string message) => Log.LogWarning(null, code, null, Source, 0, 0, 0, 0, "{0}", message);

    /// <summary>Returns the offsets of the entries (Elf64_Vernaux) that name the version.</summary>
    private List<int> FindNeeds()
    {
        var needs = new List<int>();
        foreach (int section in Sections(VersionNeeds))
        {
            int names = OffsetOf(LinkOf(section));
            // Entries are chains, each with its length besides: a damaged file can have one of both wrong.
            int library = OffsetOf(section); // Elf64_Verneed
            for (int libraries = Word(section + 44), nextLibrary = 1; libraries > 0 && nextLibrary > 0; libraries--)
            {
                int entry = library + Word(library + 8); // vn_aux: Elf64_Vernaux
                for (int versions = UInt16(library + 2), nextEntry = 1; versions > 0 && nextEntry > 0; versions--)
                {
                    if (Name(names + Word(entry + 8)) == Version)
                    {
                        needs.Add(entry);
                    }
                    nextEntry = Word(entry + 12);
                    entry += nextEntry;
                }
                nextLibrary = Word(library + 12);
                library += nextLibrary;
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
                int end = checked(OffsetOf(relocations) + Offset(relocations + 32));
                for (int relocation = OffsetOf(relocations); relocation < end; relocation += 24)
                {
                    int symbol = Word(relocation + 12); // the upper half of r_info
                    if (indices.Contains(UInt16(checked(OffsetOf(versions) + (2 * symbol))) & 0x7fff))
                    {
                        return Name(OffsetOf(LinkOf(symbols)) + Word(OffsetOf(symbols) + (24 * symbol)));
                    }
                }
            }
        }
        return null;
    }

    /// <summary>Returns the offsets of the headers of all sections of a type.</summary>
    private IEnumerable<int> Sections(int type)
    {
        for (int i = 0; i < UInt16(0x3c); i++)
        {
            int header = HeaderOf(i);
            if (Int32(header + 4) == type)
            {
                yield return header;
            }
        }
    }

    private int HeaderOf(int section) => checked(Offset(0x28) + (64 * section));

    private int LinkOf(int header) => HeaderOf(Word(header + 40));

    private int OffsetOf(int header) => Offset(header + 24);

    private int Offset(int at) => checked((int)BitConverter.ToUInt64(_file, at));

    private int Word(int at) => checked((int)BitConverter.ToUInt32(_file, at));

    private int Int32(int at) => BitConverter.ToInt32(_file, at);

    private int UInt16(int at) => BitConverter.ToUInt16(_file, at);

    private string Name(int at)
    {
        int end = Array.IndexOf(_file, (byte)0, at);
        return end < 0 ? throw new InvalidDataException("A name has no end.") : Encoding.ASCII.GetString(_file, at, end - at);
    }
}
