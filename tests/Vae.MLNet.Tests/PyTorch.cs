using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>Runs tests/python/check_weights.py, where there is a Python with PyTorch.</summary>
internal static class PyTorch
{
    private static readonly string? s_python = Python.With("torch, numpy");

    public static bool IsPresent => s_python is not null;

    public static void SkipIfAbsent() => Skip.IfNot(IsPresent, "No Python with PyTorch and NumPy here (Debian: python3-torch).");

    /// <summary>Saves the model, has PyTorch recompute mean, log-variance, reconstruction and score of the rows, and compares.</summary>
    /// <returns>What the script printed: the differences.</returns>
    public static string RequireSame(MLContext ml, VaeTransformer model, IDataView data, IEnumerable<float[]> rows, IEnumerable<float[]> outputs)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vae-pytorch-");
        try
        {
            string modelPath = Path.Combine(folder.FullName, "model.zip");
            ml.Model.Save(model, data.Schema, modelPath);
            (int code, string text) = Python.RunScript(s_python!, "check_weights.py", modelPath, Python.Write(folder, "rows.f32", rows), Python.Write(folder, "outputs.f32", outputs));
            Assert.True(code == 0, text);
            Assert.Contains("score: largest difference", text);
            return text;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
