using System.IO.Compression;
using System.Reflection;
using Microsoft.ML;

namespace Vae.MLNet.Persistence;

/// <summary>The zip archive around all parts of an ML.NET model. ML.NET reads it without asking for checksums, sizes or depths; here they are asked for first.</summary>
internal static class ModelArchive
{
    // A chain in a chain in a chain takes one of these, and the stack, for each.
    private const int MostFolders = 32;
    private const int LongestName = 1 << 10;
    private const int MostEntries = 1 << 16;
    private const char Separator = '/';

    /// <param name="stream">The archive.</param>
    /// <param name="name">What an error calls it.</param>
    /// <param name="maximumUnpackedBytes">Of all entries together.</param>
    /// <exception cref="FormatException">It is not an archive, damaged, or not as ML.NET would write one.</exception>
    public static void Check(Stream stream, string name, long maximumUnpackedBytes)
    {
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count > MostEntries)
            {
                throw new FormatException($"It has {archive.Entries.Count} entries; at most {MostEntries} are expected.");
            }
            CheckNames(archive);
            CheckSizes(archive, maximumUnpackedBytes);
            // Sums up what is written into it, for comparison.
            using var sums = new ZipArchive(Stream.Null, ZipArchiveMode.Create);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                CheckContent(entry, sums);
            }
        }
        catch (Exception error) when (error is FormatException or InvalidDataException or EndOfStreamException or ArgumentException or OverflowException)
        {
            throw Damaged(name, error);
        }
    }

    /// <summary>ML.NET's own way, with one type of exception for whatever is wrong with the model.</summary>
    /// <exception cref="FormatException">It cannot be loaded.</exception>
    public static ITransformer Load(ModelOperationsCatalog catalog, Stream stream, string name, out DataViewSchema? inputSchema)
    {
        try
        {
            return catalog.Load(stream, out inputSchema);
        }
        catch (Exception error) when (IsOfModel(Unwrapped(error)))
        {
            throw Damaged(name, Unwrapped(error));
        }
    }

    // Not of the file: a disk that is full, libtorch that is not there. An end that is too early, and an assembly that a part of the model names and nobody has, are called IOExceptions, too.
    private static bool IsOfModel(Exception error) => error switch
    {
        EndOfStreamException or FileNotFoundException or FileLoadException => true,
        IOException or OutOfMemoryException or TypeInitializationException or TypeLoadException or NotSupportedException => false,
        _ => true,
    };

    // ML.NET wraps the errors of components, once per nesting.
    private static Exception Unwrapped(Exception error)
    {
        while (error is TargetInvocationException or InvalidOperationException { InnerException: TargetInvocationException })
        {
            error = error.InnerException!;
        }
        return error;
    }

    private static void CheckNames(ZipArchive archive)
    {
        // ML.NET finds entries whatever their letters' case and their separators.
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            string name = entry.FullName.Replace('\\', Separator);
            if (name.Length > LongestName || name.Count(letter => letter == Separator) > MostFolders || name.Split(Separator).Any(part => part is "" or "." or "..") || name.Contains(':', StringComparison.Ordinal))
            {
                throw new FormatException($"An entry has the name '{(name.Length > 100 ? name[..100] + "..." : name)}', which leads elsewhere or too deep.");
            }
            if (!names.Add(name))
            {
                throw new FormatException($"The entry '{name}' is there twice.");
            }
        }
    }

    private static void CheckSizes(ZipArchive archive, long maximumUnpackedBytes)
    {
        long left = maximumUnpackedBytes;
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (entry.Length < 0 || entry.Length > left)
            {
                throw new FormatException($"Its entries take more than {maximumUnpackedBytes} bytes unpacked.");
            }
            left -= entry.Length;
        }
    }

    private static void CheckContent(ZipArchiveEntry entry, ZipArchive sums)
    {
        ZipArchiveEntry sum = sums.CreateEntry(entry.FullName, CompressionLevel.NoCompression);
        long length = 0;
        using (Stream content = entry.Open())
        using (Stream to = sum.Open())
        {
            var buffer = new byte[1 << 16];
            // Not more than it says, whatever it unpacks to.
            for (int read = 1; read > 0 && length <= entry.Length; length += read)
            {
                read = content.Read(buffer);
                to.Write(buffer.AsSpan(0, read));
            }
        }
        if (length != entry.Length || sum.Crc32 != entry.Crc32)
        {
            throw new FormatException($"The entry '{entry.FullName}' is damaged: its length or its checksum is wrong.");
        }
    }

    private static FormatException Damaged(string name, Exception error) => new($"{name} is damaged, of a later version, or no model: {error.Message}", error);
}
