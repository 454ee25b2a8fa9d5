using System.Reflection;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>One component being read from a model file.</summary>
internal sealed class ModelLoadContext : IDisposable
{
    private readonly RepositoryReader _repository;
    private readonly string _directory;
    private readonly ModelHeader _header;

    public readonly BinaryReader Reader;

    private ModelLoadContext(RepositoryReader repository, string directory, Stream stream)
    {
        _repository = repository;
        _directory = directory;
        Reader = new BinaryReader(stream, Encoding.UTF8);
        _header = ModelHeader.Read(Reader);
    }

    /// <summary>Reads the component in a directory of the archive with the reader that its header names; null where the directory has none.</summary>
    public static TResult LoadModelOrNull<TResult>(IHostEnvironment env, RepositoryReader repository, string directory) where TResult : class
    {
        using var stream = repository.OpenOrNull(RepositoryWriter.Join(directory, ModelSaveContext.EntryName));
        if (stream == null)
            return null;
        using var ctx = new ModelLoadContext(repository, directory, stream);
        var component = ctx._header.Component;
        if (component.LoaderAssemblyName.Length > 0)
            env.ComponentCatalog.RegisterAssembly(Assembly.Load(component.LoaderAssemblyName));
        object read = (component.LoaderSignature.Length > 0 ? env.ComponentCatalog.Read(component.LoaderSignature, env, ctx) : null)
            ?? (component.LoaderSignatureAlt.Length > 0 ? env.ComponentCatalog.Read(component.LoaderSignatureAlt, env, ctx) : null);
        if (read is not TResult result)
            throw new FormatException($"Couldn't load model: '{directory}'");
        Contracts.CheckDecode(ctx.Reader.BaseStream.Position == ctx._header.ModelEnd, $"The component in '{directory}' was not read to its end.");
        return result;
    }

    public static TResult LoadModel<TResult>(IHostEnvironment env, RepositoryReader repository, string directory) where TResult : class
        => LoadModelOrNull<TResult>(env, repository, directory) ?? throw new FormatException("Corrupt model file");

    public TResult LoadModel<TResult>(IHostEnvironment env, string name) where TResult : class
        => LoadModel<TResult>(env, _repository, RepositoryWriter.Join(_directory, name));

    public void CheckAtModel(VersionInfo ver)
    {
        Contracts.Check(Reader.BaseStream.Position == ModelHeader.Size, "The component has already been read from.");
        _header.Check(ver);
    }

    public bool TryLoadBinaryStream(string name, Action<BinaryReader> action)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        ArgumentNullException.ThrowIfNull(action);
        using var stream = _repository.OpenOrNull(RepositoryWriter.Join(_directory, name));
        if (stream == null)
            return false;
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        action(reader);
        return true;
    }

    public string LoadNonEmptyString()
    {
        int id = Reader.ReadInt32();
        Contracts.CheckDecode(id >= 0 && id < _header.Strings.Length && _header.Strings[id].Length > 0, "A string is missing from the model file.");
        return _header.Strings[id];
    }

    /// <summary>A count of items that take at least so many bytes each: never more than the entry can hold.</summary>
    public int LoadCount(int bytesPerItem) => Reader.ReadCount(bytesPerItem);

    public void Dispose() => Reader.Dispose();
}

/// <summary>Reading what a damaged file may say.</summary>
internal static class BoundedReading
{
    public static int ReadCount(this BinaryReader reader, int bytesPerItem)
    {
        int count = reader.ReadInt32();
        Contracts.CheckDecode(count >= 0 && count <= (reader.BaseStream.Length - reader.BaseStream.Position) / bytesPerItem, "A count in the model file is larger than the file.");
        return count;
    }
}
