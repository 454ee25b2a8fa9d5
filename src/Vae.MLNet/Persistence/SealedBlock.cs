using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace Vae.MLNet.Persistence;

/// <summary>A safetensors block that stands alone in a file: among its texts are the name of its format and the SHA-256 of all of it.</summary>
internal static class SealedBlock
{
    private const string FormatKey = "format";
    private const string ChecksumKey = "checksum";

    // Stands in a checksum's place while the checksum is computed.
    private static readonly string s_noChecksum = new('0', 2 * SHA256.HashSizeInBytes);

    /// <param name="format">The name of the format.</param>
    /// <param name="tensors">32- and 64-bit floats.</param>
    /// <param name="texts">Beside them.</param>
    public static byte[] Write(string format, IReadOnlyList<(string Name, Tensor Tensor)> tensors, IReadOnlyDictionary<string, string> texts)
    {
        // The checksum comes before any text that could look like it.
        var metadata = new Dictionary<string, string> { [FormatKey] = format, [ChecksumKey] = s_noChecksum };
        foreach ((string name, string text) in texts)
        {
            metadata.Add(name, text);
        }
        byte[] content = Safetensors.Write(tensors, metadata);
        Encoding.ASCII.GetBytes(ChecksumOf(content)).CopyTo(content, content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(s_noChecksum)));
        return content;
    }

    /// <exception cref="FormatException">It is not of that format, or damaged.</exception>
    public static SafetensorsBlock Read(string format, byte[] content)
    {
        SafetensorsBlock block = Safetensors.Read(content);
        if (block.Metadata.GetValueOrDefault(FormatKey) is var found && found != format)
        {
            throw new FormatException($"Its format is {(found is null ? "not said" : $"'{found}'")}; this version of Vae.MLNet reads '{format}'.");
        }
        string checksum = block.Metadata.GetValueOrDefault(ChecksumKey, "");
        int place = content.AsSpan().IndexOf(Encoding.UTF8.GetBytes(checksum));
        if (checksum.Length != s_noChecksum.Length || place < 0)
        {
            throw new FormatException("It has no checksum.");
        }
        Encoding.ASCII.GetBytes(s_noChecksum).CopyTo(content, place);
        string computed = ChecksumOf(content);
        Encoding.UTF8.GetBytes(checksum).CopyTo(content, place);
        return computed == checksum ? block : throw new FormatException("Its checksum is wrong.");
    }

    /// <summary>Writes a file beside and renames it: there is the old one or the new one, whole, at any moment.</summary>
    /// <exception cref="IOException">It cannot be written; the old one is as it was, and nothing else is left.</exception>
    public static void Replace(string path, byte[] content)
    {
        string beside = path + ".new";
        try
        {
            using (FileStream file = File.Create(beside))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, path, overwrite: true);
        }
        // .NET calls a file that is too large for its disk an argument out of range.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            Remove(beside);
            throw new IOException($"The file '{path}' cannot be written; what was there before is as it was. {error.Message}", error);
        }
    }

    // What is left of it takes room on a disk that may have none.
    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Why it could not be written is told.
        }
    }

    private static string ChecksumOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
