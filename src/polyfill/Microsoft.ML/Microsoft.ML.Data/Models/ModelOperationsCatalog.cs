using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Saves and loads transformers, and makes prediction engines.</summary>
public sealed class ModelOperationsCatalog : IInternalCatalog
{
    private const string SchemaEntry = "Schema";
    private const string TransformerDirectory = "TransformerChain";

    private readonly IHostEnvironment _env;

    internal ModelOperationsCatalog(IHostEnvironment env) => _env = env;

    IHostEnvironment IInternalCatalog.Environment => _env;

    public void Save(ITransformer model, DataViewSchema inputSchema, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _env.Draw(hosts: 2);
        using var repository = new RepositoryWriter(stream);
        if (model != null)
            ModelSaveContext.SaveModel(repository, model, TransformerDirectory);
        if (inputSchema != null)
            repository.Write(SchemaEntry, entry => SchemaFormat.Write(entry, inputSchema));
    }

    public void Save(ITransformer model, DataViewSchema inputSchema, string filePath)
    {
        Contracts.CheckNonEmpty(filePath, nameof(filePath));
        using var stream = File.Create(filePath);
        Save(model, inputSchema, stream);
    }

    public ITransformer Load(Stream stream, out DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _env.Draw(hosts: 1);
        using var repository = new RepositoryReader(stream);
        try
        {
            return Load(repository, out inputSchema);
        }
        catch (EndOfStreamException ex)
        {
            throw new FormatException("Corrupt model file", ex);
        }
    }

    private ITransformer Load(RepositoryReader repository, out DataViewSchema inputSchema)
    {
        using (var entry = repository.OpenOrNull(SchemaEntry))
            inputSchema = entry == null ? null : SchemaFormat.Read(entry);
        if (inputSchema != null)
            return ModelLoadContext.LoadModel<ITransformer>(_env, repository, TransformerDirectory);
        return ModelLoadContext.LoadModelOrNull<ITransformer>(_env, repository, TransformerDirectory)
            ?? throw new InvalidOperationException("Could not load legacy format model");
    }

    public ITransformer Load(string filePath, out DataViewSchema inputSchema)
    {
        Contracts.CheckNonEmpty(filePath, nameof(filePath));
        using var stream = File.OpenRead(filePath);
        return Load(stream, out inputSchema);
    }

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, bool ignoreMissingColumns = true,
        SchemaDefinition inputSchemaDefinition = null, SchemaDefinition outputSchemaDefinition = null) where TSrc : class where TDst : class, new()
        => CreatePredictionEngine<TSrc, TDst>(transformer, new PredictionEngineOptions
        {
            IgnoreMissingColumns = ignoreMissingColumns,
            InputSchemaDefinition = inputSchemaDefinition,
            OutputSchemaDefinition = outputSchemaDefinition,
        });

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, DataViewSchema inputSchema) where TSrc : class where TDst : class, new()
        => CreatePredictionEngine<TSrc, TDst>(transformer, ignoreMissingColumns: false, DataOperationsCatalog.DefinitionOf(typeof(TSrc), inputSchema));

    public PredictionEngine<TSrc, TDst> CreatePredictionEngine<TSrc, TDst>(ITransformer transformer, PredictionEngineOptions options) where TSrc : class where TDst : class, new()
    {
        _env.Draw(hosts: 3);
        return new(transformer, options);
    }
}
