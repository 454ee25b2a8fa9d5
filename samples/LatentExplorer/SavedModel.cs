using System.Reflection;
using Microsoft.ML;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>A model from a file.</summary>
internal static class SavedModel
{
    /// <param name="path">The model.</param>
    /// <param name="data">A CSV file with rows as it reads them; null for none.</param>
    /// <param name="label">The column that colours the map; null for the usual one.</param>
    /// <param name="image">How a row is an image; null to find out.</param>
    /// <exception cref="ExplorerException">A file is missing, or is not what it should be.</exception>
    public static Explorer Open(string path, string? data, string? label, ImageSize? image)
    {
        foreach (string file in new[] { path, data }.OfType<string>().Where(file => !File.Exists(file)))
        {
            throw new ExplorerException($"{file}: there is no such file.");
        }
        var ml = new MLContext(1);
        (ITransformer model, DataViewSchema? schema) = Load(ml, path);
        try
        {
            VaeIn(model, path);
            IDataView? rows = data is null ? null : CsvFile.Read(ml, data, schema ?? throw new ExplorerException($"{path} was saved without the schema of its rows: --data cannot be read for it."), label);
            return Explorer.Of(Path.GetFileName(path), ml, model, rows, label, image, schema);
        }
        catch (Exception error)
        {
            (model as IDisposable)?.Dispose();
            // What is wrong with a row or a column, the model says by name.
            throw error is ArgumentException or InvalidOperationException or FormatException ? new ExplorerException($"{data ?? path}: {error.Message}", error) : error;
        }
    }

    /// <summary>The one variational autoencoder of a chain.</summary>
    /// <exception cref="ExplorerException">There is none, or there are several.</exception>
    public static VaeTransformer VaeIn(ITransformer model, string name) => Flattened(model).OfType<VaeTransformer>().ToArray() switch
    {
        [var only] => only,
        [] => throw new ExplorerException($"{name} has no variational autoencoder in it."),
        var several => throw new ExplorerException($"{name} has {several.Length} variational autoencoders in it: one is wanted."),
    };

    private static IEnumerable<ITransformer> Flattened(ITransformer model) => model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flattened) : [model];

    private static (ITransformer Model, DataViewSchema? Schema) Load(MLContext ml, string path)
    {
        try
        {
            ITransformer model = ml.Model.Load(path, out DataViewSchema? schema);
            return (model, schema);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new ExplorerException($"{path} is no model that can be read: {(error is TargetInvocationException { InnerException: { } inner } ? inner : error).Message}", error);
        }
    }
}
