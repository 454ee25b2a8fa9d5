using Microsoft.ML;
using Vae.MLNet.Tool.Files;

namespace Vae.MLNet.Tool.Models;

/// <summary>Model files: ordinary ones of ML.NET, with the schema of the training table.</summary>
internal static class ModelFile
{
    public static void Save(MLContext ml, ITransformer model, DataViewSchema schema, OutputTarget target)
    {
        // ML.NET wants to go back and forth in the file.
        string temporary = Path.Combine(Path.GetTempPath(), $"vae-{Path.GetRandomFileName()}.zip");
        if (target.Stream.CanSeek && target.IsFile)
        {
            ml.Model.Save(model, schema, target.Stream);
            return;
        }
        try
        {
            using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            ml.Model.Save(model, schema, new OutputStream(file, temporary, owns: false));
            file.Position = 0;
            file.CopyTo(target.Stream);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <exception cref="ToolException">It is none, or has no schema or no VAE.</exception>
    public static LoadedModel Load(string path)
    {
        var ml = new MLContext(1);
        ITransformer? model = null;
        try
        {
            model = ml.Model.LoadUntrusted(path, out DataViewSchema? schema);
            VaeTransformer[] found = [.. LoadedModel.Flattened(model).OfType<VaeTransformer>()];
            if (found is not [var vae])
            {
                throw new ToolException(ExitCode.Input, $"{path} is a model with {(found.Length == 0 ? "no variational autoencoder" : "several variational autoencoders")} in it: one is wanted.");
            }
            return schema is null
                ? throw new ToolException(ExitCode.Input, $"{path} was saved without the schema of its rows, which says what columns it reads.")
                : new LoadedModel(ml, path, model, schema, vae);
        }
        catch (ToolException)
        {
            (model as IDisposable)?.Dispose();
            throw;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException(ExitCode.Input, $"{path}: there is no such file.", error);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new ToolException(ExitCode.Input, $"{path} is no model that can be read: {(error is FormatException { InnerException: { } cause } ? cause : error).Message}", error);
        }
    }
}
