namespace Vae.MLNet.Tool.Files;

/// <summary>Where rows come from: a file, which can be read again and again, or a stream, which can be read once or is put into a temporary file first.</summary>
internal sealed class InputSource : IDisposable
{
    private readonly string? _path;
    private readonly string? _temporary;
    private Stream? _stream;

    private InputSource(string name, string? path, string? temporary, Stream? stream) => (Name, _path, _temporary, _stream) = (name, path, temporary, stream);

    /// <summary>For messages.</summary>
    public string Name { get; }

    /// <param name="path">A file; null or - for standard input.</param>
    /// <param name="streams">Those of the process.</param>
    /// <param name="again">Whether it is to be read more than once.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ToolException">There is no such file, or it cannot be read.</exception>
    public static InputSource Open(string? path, ToolStreams streams, bool again, CancellationToken cancellationToken)
    {
        if (path is null or "-")
        {
            return Of("standard input", new CancellableStream(streams.Input, cancellationToken), again, cancellationToken);
        }
        FileStream file = Try(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        // Such as <(zcat data.csv.gz) in a shell.
        if (!file.CanSeek)
        {
            return Of(path, new CancellableStream(file, cancellationToken), again, cancellationToken);
        }
        file.Dispose();
        return new InputSource(path, path, null, null);
    }

    /// <summary>A stream from the start; of one that can be read once only the first time.</summary>
    public Stream Read()
    {
        if (_path is { } path)
        {
            return Try(Name, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
        }
        Stream stream = _stream ?? throw new InvalidOperationException("A stream cannot be read twice.");
        _stream = null;
        return stream;
    }

    public void Dispose()
    {
        if (_temporary is not null)
        {
            File.Delete(_temporary);
        }
    }

    private static InputSource Of(string name, Stream stream, bool again, CancellationToken cancellationToken)
    {
        if (!again)
        {
            return new InputSource(name, null, null, stream);
        }
        string temporary = Path.Combine(Path.GetTempPath(), $"vae-{Path.GetRandomFileName()}.csv");
        var source = new InputSource(name, temporary, temporary, null);
        try
        {
            using var file = new OutputStream(Create(temporary), temporary, owns: true);
            byte[] buffer = new byte[1 << 16];
            while (Try(name, () => stream.Read(buffer, 0, buffer.Length)) is > 0 and var count)
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Write(buffer.AsSpan(0, count));
            }
            return source;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static FileStream Create(string path)
    {
        try
        {
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw OutputStream.Failure(path, error);
        }
    }

    private static T Try<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException(ExitCode.Input, $"{name}: there is no such file.", error);
        }
        catch (UnauthorizedAccessException error) when (Directory.Exists(name))
        {
            throw new ToolException(ExitCode.Input, $"{name} is a folder.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ToolException(ExitCode.Input, $"{name} cannot be read: {error.Message}", error);
        }
    }
}
