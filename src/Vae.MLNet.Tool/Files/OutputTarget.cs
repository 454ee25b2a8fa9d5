namespace Vae.MLNet.Tool.Files;

/// <summary>
/// Where a result goes: standard output, or a file that is written beside and renamed when it is whole, so that an old one stays until then and nothing half-written is left.
/// </summary>
internal sealed class OutputTarget : IDisposable
{
    // What is there is no file that could be replaced.
    private static readonly string[] s_devices = ["/dev/", "/proc/"];

    private readonly Stream _stream;
    private readonly string _name;
    private readonly string? _path;
    private readonly string? _beside;
    private bool _isCommitted;

    private OutputTarget(Stream stream, string name, string? path, string? beside)
    {
        (_stream, _name, _path, _beside) = (stream, name, path, beside);
        Stream = new OutputStream(stream, name, owns: false);
    }

    /// <summary>Whether it is a file that becomes visible when it is whole.</summary>
    public bool IsFile => _path is not null;

    /// <summary>To write to, before <see cref="Commit"/>.</summary>
    public Stream Stream { get; }

    /// <param name="path">A file; null or - for standard output.</param>
    /// <param name="streams">Those of the process.</param>
    /// <exception cref="ToolException">The file cannot be made.</exception>
    public static OutputTarget Open(string? path, ToolStreams streams)
    {
        if (path is null or "-")
        {
            return new OutputTarget(streams.Output, "standard output", null, null);
        }
        try
        {
            string full = Path.GetFullPath(path);
            if (s_devices.Any(device => full.StartsWith(device, StringComparison.Ordinal)))
            {
                return new OutputTarget(new FileStream(full, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), path, null, null);
            }
            if (Directory.Exists(full))
            {
                throw new IOException("It is a folder.");
            }
            if (Path.GetDirectoryName(full) is { } folder && !Directory.Exists(folder))
            {
                throw new IOException($"There is no folder {folder}.");
            }
            // The file that a link leads to is replaced, not the link.
            string file = !File.Exists(full) ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
            string beside = Path.Combine(Path.GetDirectoryName(file)!, $".{Path.GetFileName(file)}.{Path.GetRandomFileName()}");
            return new OutputTarget(new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 0), path, file, beside);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw OutputStream.Failure(path, error);
        }
    }

    /// <summary>The result is whole.</summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public void Commit()
    {
        Stream.Flush();
        if (_path is not null)
        {
            try
            {
                ((FileStream)_stream).Flush(flushToDisk: true);
                _stream.Dispose();
                File.Move(_beside!, _path, overwrite: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw OutputStream.Failure(_name, error);
            }
        }
        _isCommitted = true;
    }

    public void Dispose()
    {
        if (_beside is null || _isCommitted)
        {
            return;
        }
        _stream.Dispose();
        File.Delete(_beside);
    }
}
