using System.IO.Compression;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Writes a model file: a zip archive with one entry for every component. An entry is collected in a temporary file, since others open before it closes.</summary>
internal sealed class RepositoryWriter : IDisposable
{
    // The same model is the same file, whenever it is saved.
    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive _archive;
    private readonly HashSet<string> _names = [];

    public RepositoryWriter(Stream stream)
    {
        _archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        Write("TrainingInfo/Version.txt", entry =>
        {
            using var writer = new StreamWriter(entry, leaveOpen: true);
            writer.WriteLine(typeof(RepositoryWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>().InformationalVersion);
        });
    }

    public void Write(string name, Action<Stream> write)
    {
        if (!_names.Add(name))
            throw new ArgumentOutOfRangeException(nameof(name), $"Duplicate entry: '{name}'");
        using var buffer = Temporary.Create();
        write(buffer);
        var entry = _archive.CreateEntry(name);
        entry.LastWriteTime = FixedTime;
        using var target = entry.Open();
        buffer.Position = 0;
        buffer.CopyTo(target);
    }

    public void Dispose() => _archive.Dispose();

    public static string Join(string directory, string name) => string.IsNullOrEmpty(directory) ? name : $"{directory}/{name}";
}

/// <summary>Reads a model file. An entry is unpacked into a temporary file, so it takes disk, not memory, whatever the archive claims.</summary>
internal sealed class RepositoryReader : IDisposable
{
    private readonly ZipArchive _archive;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    public RepositoryReader(Stream stream)
    {
        try
        {
            _archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in _archive.Entries)
                _entries[entry.FullName.Replace('\\', '/')] = entry;
        }
        catch (InvalidDataException ex)
        {
            throw new FormatException("Failed to open a zip archive", ex);
        }
    }

    public Stream OpenOrNull(string name)
    {
        Contracts.CheckParam(!name.Contains(".."), nameof(name), "A name cannot lead out of the archive.");
        if (!_entries.TryGetValue(name, out var entry))
            return null;
        var buffer = Temporary.Create();
        try
        {
            using var source = entry.Open();
            source.CopyTo(buffer);
            buffer.Position = 0;
            return buffer;
        }
        catch (InvalidDataException ex)
        {
            buffer.Dispose();
            throw new FormatException($"The entry '{name}' of the zip archive is damaged", ex);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public void Dispose() => _archive.Dispose();
}

/// <summary>A file that goes away when it is closed.</summary>
internal static class Temporary
{
    public static FileStream Create() => new(
        Path.Combine(Path.GetTempPath(), $"ml_{Path.GetRandomFileName()}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 12, FileOptions.DeleteOnClose);
}
