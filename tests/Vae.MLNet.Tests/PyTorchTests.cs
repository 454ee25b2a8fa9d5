using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>The saved weights mean the same in PyTorch: tests/python/check_weights.py recomputes every output from the file.</summary>
public sealed class PyTorchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vae-pytorch-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData(VaeLikelihood.Gaussian)]
    [InlineData(VaeLikelihood.Bernoulli)]
    public async Task PyTorch_computes_the_same_from_the_saved_weights(VaeLikelihood likelihood)
    {
        string? python = FindPython();
        Skip.If(python is null, "No Python with PyTorch and NumPy here (Debian: python3-torch).");
        var ml = new MLContext(seed: 1);
        TestRow[] rows = [.. TestRows.Make(500).Select(row =>
        {
            row.Features = likelihood == VaeLikelihood.Gaussian ? row.Features : [.. row.Features.Select(value => Math.Clamp(Math.Abs(value) / 20, 0, 1))];
            return row;
        })];
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(ml, data, options =>
        {
            options.Likelihood = likelihood;
            options.LatentDimension = 3;
            options.HiddenLayerSizes = [32, 16];
            options.NumberOfEpochs = 20;
        });
        string modelPath = Path.Combine(_folder, "model.zip");
        ml.Model.Save(model, data.Schema, modelPath);
        string rowsPath = Write("rows.f32", rows.SelectMany(row => row.Features));
        string outputsPath = Write("outputs.f32", ml.Outputs(model.Transform(data)).SelectMany(output => (float[])[.. output.Latent, .. output.LogVariance, .. output.Reconstruction, output.Score]));

        (int code, string text) = await Run(python!, Path.Combine(Repository.Root, "tests", "python", "check_weights.py"), modelPath, rowsPath, outputsPath);
        Assert.True(code == 0, text);
        Assert.Contains("score: largest difference", text);
    }

    private string Write(string name, IEnumerable<float> values)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(values.ToArray().AsSpan()).ToArray());
        return path;
    }

    private static string? FindPython() => new[] { "python3", "/usr/bin/python3", "python" }.FirstOrDefault(candidate =>
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(candidate, ["-c", "import torch, numpy"]) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    private static async Task<(int Code, string Text)> Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }
}
