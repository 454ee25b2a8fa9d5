using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Vae.MLNet.Tests;

/// <summary>A training in a process of its own that is killed at random moments, and started again.</summary>
public sealed class KilledTrainingTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("vae killed ü ").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_killed_training_goes_on_to_the_same_model()
    {
        // Twenty for a long look: VAE_KILLS=20.
        int kills = int.Parse(Environment.GetEnvironmentVariable("VAE_KILLS") ?? "3", CultureInfo.InvariantCulture);
        string epochs = $"{3 * kills + 3}";
        string folder = Path.Combine(_root, "interrupted");
        string expected = Path.Combine(_root, "expected.zip");
        string actual = Path.Combine(_root, "actual.zip");
        Assert.Equal(3 * kills + 3, (await Train(Path.Combine(_root, "uninterrupted"), expected, epochs)).Count);

        var random = new Random(11);
        var told = new List<int>();
        for (int kill = 0; kill < kills; kill++)
        {
            // From before the first line of this process on, and mostly within an epoch or the writing of a checkpoint.
            int lines = random.Next(0, 4);
            told.AddRange(await Train(folder, actual, epochs, lines, TimeSpan.FromMilliseconds(random.Next(0, 120))));
            Assert.False(File.Exists(actual), "the training was over before it was killed");
        }
        List<int> last = await Train(folder, actual, epochs);
        Assert.True(last.Count > 0 && last[^1] == 3 * kills + 3);
        Assert.True(last[0] > 1 && told.Count > 0, "no checkpoint was gone on from");
        Assert.Equal(Entries(expected), Entries(actual));
    }

    /// <returns>The epochs that were told.</returns>
    private static async Task<List<int>> Train(string folder, string model, string epochs, int killAfterLines = int.MaxValue, TimeSpan killAfter = default)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "TrainingProcess.dll"), folder, model, epochs]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var told = new List<int>();
        string? line = "";
        while (told.Count < killAfterLines && (line = await process.StandardOutput.ReadLineAsync()) is not null)
        {
            told.Add(int.Parse(line, CultureInfo.InvariantCulture));
        }
        if (line is not null)
        {
            await Task.Delay(killAfter);
            process.Kill();
            await process.WaitForExitAsync();
            return told;
        }
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return told;
    }

    // Every entry's name and content, but for the history, which says how fast training was, and the checksums of Model.key, which has its checksum.
    private static string[] Entries(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return [.. archive.Entries.Where(entry => entry.Name is not "history.json" and not "Model.key").Select(entry =>
        {
            using Stream stream = entry.Open();
            return $"{entry.FullName} {Convert.ToHexString(SHA256.HashData(stream))}";
        })];
    }
}
