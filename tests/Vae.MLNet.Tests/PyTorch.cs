using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>Runs tests/python/check_weights.py, where there is a Python with PyTorch.</summary>
internal static class PyTorch
{
    private static readonly string? s_python = new[] { "python3", "/usr/bin/python3", "python" }.FirstOrDefault(candidate => Run(candidate, "-c", "import torch, numpy") is { Code: 0 });

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
            string script = Path.Combine(Repository.Root, "tests", "python", "check_weights.py");
            (int code, string text) = Run(s_python!, script, modelPath, Write(folder, "rows.f32", rows), Write(folder, "outputs.f32", outputs));
            Assert.True(code == 0, text);
            Assert.Contains("score: largest difference", text);
            return text;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Write(DirectoryInfo folder, string name, IEnumerable<float[]> rows)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(rows.SelectMany(row => row).ToArray().AsSpan()).ToArray());
        return path;
    }

    private static (int Code, string Text) Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
