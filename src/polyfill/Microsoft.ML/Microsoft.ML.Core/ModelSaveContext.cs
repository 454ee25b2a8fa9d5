using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>One component being written into a model file.</summary>
public sealed class ModelSaveContext : IDisposable
{
    internal const string EntryName = "Model.key";

    private readonly RepositoryWriter _repository;
    private readonly string _directory;
    private readonly List<string> _strings = [];
    private readonly Dictionary<string, int> _stringIds = [];
    private VersionInfo _version;

    internal readonly BinaryWriter Writer;

    private ModelSaveContext(RepositoryWriter repository, string directory, Stream stream)
    {
        _repository = repository;
        _directory = directory;
        Writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        Writer.Write(new byte[ModelHeader.Size]);
    }

    internal static void SaveModel(RepositoryWriter repository, ICanSaveModel component, string directory)
    {
        repository.Write(RepositoryWriter.Join(directory, EntryName), stream =>
        {
            using var ctx = new ModelSaveContext(repository, directory, stream);
            component.Save(ctx);
            Contracts.Check(ctx._version.ModelSignature != 0, "ModelSignature not specified!");
            ModelHeader.Complete(ctx.Writer, ctx._version, ctx._strings);
        });
    }

    internal void SaveModel(ICanSaveModel component, string name) => SaveModel(_repository, component, RepositoryWriter.Join(_directory, name));

    internal void SetVersionInfo(VersionInfo ver) => _version = ver;

    internal void SaveBinaryStream(string name, Action<BinaryWriter> action)
    {
        Contracts.CheckNonEmpty(name, nameof(name));
        ArgumentNullException.ThrowIfNull(action);
        _repository.Write(RepositoryWriter.Join(_directory, name), stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
            action(writer);
        });
    }

    internal void SaveNonEmptyString(string text)
    {
        Contracts.CheckNonEmpty(text, nameof(text));
        if (!_stringIds.TryGetValue(text, out int id))
        {
            _stringIds[text] = id = _strings.Count;
            _strings.Add(text);
        }
        Writer.Write(id);
    }

    public void Dispose() => Writer.Dispose();
}
