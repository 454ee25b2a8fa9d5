using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>Runs tests/python/check_weights.py, where there is a Python with PyTorch.</summary>
internal static class PyTorch
{
    private static readonly string? s_python = Python.With("torch, numpy");

    public static bool IsPresent => s_python is not null;

    /// <summary>Saves the model, has PyTorch recompute mean, log-variance, reconstruction and score of the rows, and compares.</summary>
    /// <returns>Whether they are the same, and what the script printed: the differences.</returns>
    public static (bool IsSame, string Differences) Compare(MLContext ml, VaeTransformer model, IDataView data, IEnumerable<float[]> rows, IEnumerable<float[]> outputs)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vae-pytorch-");
        try
        {
            string modelPath = Path.Combine(folder.FullName, "model.zip");
            ml.Model.Save(model, data.Schema, modelPath);
            (int code, string text) = Python.RunScript(
                s_python!, "check_weights.py", modelPath, Python.Write(folder, "rows.f32", rows), Python.Write(folder, "outputs.f32", outputs));
            return (code == 0 && text.Contains("score: largest difference", StringComparison.Ordinal), text);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
