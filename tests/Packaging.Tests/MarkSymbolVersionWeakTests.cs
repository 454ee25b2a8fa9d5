using System.Buffers.Binary;
using System.Text;
using Vae.MLNet.Build;
using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>Which shared libraries are copied and marked, and which are left alone.</summary>
public sealed class MarkSymbolVersionWeakTests : IDisposable
{
    private const string Version = "GLIBCXX_3.4.32";

    private readonly string _folder = Directory.CreateTempSubdirectory("vae elf ").FullName;
    private readonly MessageList _messages = new();

    private string Destination => Path.Combine(_folder, "marked.so");

    [Fact]
    public void TorchSharps_library_gets_one_flag_more()
    {
        byte[] original = File.ReadAllBytes(Repository.TorchSharpLibrary);

        byte[]? marked = Mark(original);

        Assert.NotNull(marked);
        int flags = Assert.Single(Enumerable.Range(0, original.Length), i => marked[i] != original[i]);
        Assert.Equal(0, original[flags]);
        Assert.Equal(2, marked[flags]);
        // Before the flags of a needed version stands the hash of its name (vna_hash).
        Assert.Equal(HashOf(Version), BinaryPrimitives.ReadUInt32LittleEndian(original.AsSpan(flags - 4)));
        Assert.Empty(_messages.Warnings);
    }

    [Fact]
    public void Every_need_of_the_version_is_marked_and_no_other()
    {
        var library = new ElfLibrary(
            needs: [("libc.so.6", ["GLIBC_2.34"]), ("libstdc++.so.6", ["GLIBCXX_3.4", Version]), ("libother.so", [Version, "OTHER_1"])],
            symbols: [("__init", 0), ("printf", 2), ("_ZSt4cout", 3), ("_ZSt21ios_base_library_initv", 4)],
            relocations: [1, 2, 1]);

        byte[]? marked = Mark(library.Bytes);

        Assert.NotNull(marked);
        Assert.Equal(library.FlagsOf(Version), Enumerable.Range(0, marked.Length).Where(i => marked[i] != library.Bytes[i]));
        Assert.All(library.FlagsOf(Version), at => Assert.Equal(2, marked[at]));
    }

    [Fact]
    public void A_library_that_uses_a_symbol_of_the_version_is_left_alone_with_a_warning()
    {
        var library = new ElfLibrary(
            needs: [("libstdc++.so.6", ["GLIBCXX_3.4", Version])],
            symbols: [("_ZSt4cout", 2), ("_ZNSt8newer32Ev", 3)],
            relocations: [0, 1]);

        Assert.Null(Mark(library.Bytes));

        (string code, string message) = Assert.Single(_messages.Warnings);
        Assert.Equal("VAE0001", code);
        Assert.Equal($"The library uses '_ZNSt8newer32Ev' of {Version} and runs only with a libstdc++ that has this version.", message);
    }

    [Fact]
    public void A_symbol_of_the_version_is_also_used_if_it_is_hidden()
    {
        var library = new ElfLibrary(needs: [("libstdc++.so.6", [Version])], symbols: [("newer", 0x8002)], relocations: [0]);

        Assert.Null(Mark(library.Bytes));

        Assert.Equal("VAE0001", Assert.Single(_messages.Warnings).Code);
    }

    [Fact]
    public void A_library_that_does_not_need_the_version_is_left_alone()
    {
        var library = new ElfLibrary(needs: [("libstdc++.so.6", ["GLIBCXX_3.4"])], symbols: [("_ZSt4cout", 2)], relocations: [0]);

        Assert.Null(Mark(library.Bytes));

        Assert.Empty(_messages.Warnings);
    }

    [Fact]
    public void An_older_copy_of_a_library_that_is_left_alone_now_disappears()
    {
        File.WriteAllText(Destination, "older");

        Assert.Null(Mark(new ElfLibrary(needs: [], symbols: [], relocations: []).Bytes));
    }

    [Fact]
    public void Files_that_are_not_such_libraries_are_left_alone_with_a_warning()
    {
        byte[] library = new ElfLibrary(
            needs: [("libstdc++.so.6", ["GLIBCXX_3.4", Version])],
            symbols: [("_ZSt4cout", 2)],
            relocations: [0]).Bytes;
        byte[] of32Bits = [.. library];
        of32Bits[4] = 1;
        byte[] bigEndian = [.. library];
        bigEndian[5] = 2;
        byte[] withoutSectionHeaders = library[..^(64 * 6)];
        byte[][] files = [[], [0x7f], "MZ: a library for Windows"u8.ToArray(), of32Bits, bigEndian, withoutSectionHeaders];

        foreach (byte[] file in files)
        {
            Assert.Null(Mark(file));
            Assert.Equal("VAE0002", Assert.Single(_messages.Warnings).Code);
            _messages.Warnings.Clear();
        }
    }

    [Fact]
    public void A_damaged_library_neither_stops_a_build_nor_takes_long()
    {
        byte[] library = new ElfLibrary(
            needs: [("libc.so.6", ["GLIBC_2.34"]), ("libstdc++.so.6", ["GLIBCXX_3.4", Version])],
            symbols: [("printf", 2), ("_ZSt4cout", 3), ("newer", 4)],
            relocations: [0, 1]).Bytes;
        foreach (byte value in (byte[])[0x00, 0x7f, 0xff])
        {
            for (int i = 0; i < library.Length; i++)
            {
                byte[] damaged = [.. library];
                damaged[i] = value;
                byte[]? marked = Mark(damaged);
                Assert.True(marked is null || marked.Length == library.Length);
            }
        }
    }

    [Fact]
    public void The_source_and_other_links_to_an_older_copy_are_not_written_to()
    {
        string link = Path.Combine(_folder, "link.so");
        File.WriteAllText(Destination, "older");
        Command.Run(_folder, "ln", "marked.so", "link.so");
        byte[] library = new ElfLibrary(needs: [("libstdc++.so.6", [Version])], symbols: [], relocations: []).Bytes;

        Assert.NotNull(Mark(library));

        Assert.Equal("older", File.ReadAllText(link));
        Assert.Equal(library, File.ReadAllBytes(Path.Combine(_folder, "library.so")));
        Assert.Equal(["library.so", "link.so", "marked.so"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Runs the task; returns what it wrote, or null.</summary>
    private byte[]? Mark(byte[] library)
    {
        string source = Path.Combine(_folder, "library.so");
        File.WriteAllBytes(source, library);
        var task = new MarkSymbolVersionWeak { Source = source, Destination = Destination, Version = Version, BuildEngine = _messages };

        Assert.True(task.Execute());

        return File.Exists(Destination) ? File.ReadAllBytes(Destination) : null;
    }

    /// <summary>The hash of names in ELF files (System V ABI, "Hash Table").</summary>
    private static uint HashOf(string name)
    {
        uint hash = 0;
        foreach (byte character in Encoding.ASCII.GetBytes(name))
        {
            hash = (hash << 4) + character;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }
        return hash;
    }
}
