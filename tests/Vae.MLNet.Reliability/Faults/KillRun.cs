using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>Processes that are killed (SIGKILL) at random moments: of each file there is the old one or the new one, whole, and training goes on to the same bits. Others are only stopped for a while.</summary>
internal static class KillRun
{
    private const int Epochs = 14;
    private const int StopSignal = 19;
    private const int ContinueSignal = 18;

    public static Run Run { get; } = new("kills", "Kills trainings, savers of samplers, and vae train at random moments; stops and continues trainings.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var random = new Random(effort.Seed);
        string root = Directory.CreateTempSubdirectory("vae killed ü ").FullName;
        try
        {
            yield return Trainings(root, random, effort.Of(3, 60));
            yield return Samplers(root, random, effort.Of(4, 100));
            yield return Tool(root, random, effort.Of(2, 60));
            if (OperatingSystem.IsLinux())
            {
                yield return Stops(root, random, effort.Of(1, 10));
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>In the child: a training with checkpoints, which says its epochs, and a model.</summary>
    public static int TrainInChild(string folder, string model)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = Work.Rows(ml, 600, 1);
        using VaeTransformer trained = ml.Transforms.VariationalAutoencoder(Work.Options(options =>
        {
            options.NumberOfEpochs = Epochs;
            options.CheckpointFolder = folder;
            options.ValidationFraction = 0.2;
            options.EarlyStoppingPatience = Epochs;
            options.CacheRows = VaeRowCache.Never;
            options.Progress = new Told();
        })).Fit(data);
        ml.Model.Save(trained, data.Schema, model);
        return 0;
    }

    /// <summary>In the child: saves two samplers to the same file in turn, until it is killed.</summary>
    public static int SaveInChild(string first, string second, string path)
    {
        using VaeSampler one = VaeSampler.Load(first);
        using VaeSampler other = VaeSampler.Load(second);
        for (int i = 0; ; i++)
        {
            (i % 2 == 0 ? one : other).Save(path);
            if (i == 0)
            {
                Console.WriteLine("begun");
            }
        }
    }

    private static Outcome Trainings(string root, Random random, int kills)
    {
        List<string> violations = [];
        string expected = Path.Combine(root, "expected.zip");
        (int code, string said) = Child.Finished(Child.Start("train", Path.Combine(root, "uninterrupted"), expected));
        if (code != 0)
        {
            violations.Add($"an uninterrupted training: {said}");
            return new Outcome("Trainings are killed", 0, "", violations);
        }
        int killed = 0;
        int trainings = 0;
        while (killed < kills)
        {
            string folder = Path.Combine(root, $"interrupted {trainings}");
            string actual = Path.Combine(root, $"actual {trainings++}.zip");
            string? line = "";
            while (line is not null && killed < kills)
            {
                using Process process = Child.Start("train", folder, actual);
                // From before the first line on; mostly within an epoch or while a checkpoint is written.
                for (int lines = random.Next(0, 7); lines > 0 && (line = process.StandardOutput.ReadLine()) is not null; lines--)
                {
                }
                if (line is null)
                {
                    break;
                }
                Thread.Sleep(random.Next(0, 60));
                process.Kill();
                process.WaitForExit();
                killed++;
            }
            (code, said) = Child.Finished(Child.Start("train", folder, actual));
            if (code != 0)
            {
                violations.Add($"after {killed} kills: exit code {code}, {said}");
            }
            else if (!AreSame(expected, actual))
            {
                violations.Add($"after {killed} kills: training went on to other bits");
            }
        }
        return new Outcome("Trainings with checkpoints are killed, and started again", kills, $"{trainings} trainings came to the bits of an uninterrupted one", violations);
    }

    private static Outcome Samplers(string root, Random random, int kills)
    {
        var ml = new MLContext(seed: 1);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(Work.Options(_ => { })).Fit(Work.Rows(ml, 300, 1));
        // Large, so that most of the time goes into writing.
        IDataView data = Work.Rows(ml, 100_000, 1);
        string[] files = [Path.Combine(root, "one.bin"), Path.Combine(root, "other.bin")];
        for (int i = 0; i < 2; i++)
        {
            using VaeSampler sampler = PosteriorSampler.Fit(model, data, temperature: 1 - i * 0.5);
            sampler.Save(files[i]);
        }
        string path = Path.Combine(root, "sampler.bin");
        string[] whole = [.. files.Select(DigestOfFile)];
        List<string> violations = [];
        int halves = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            using Process process = Child.Start("save", files[0], files[1], path);
            process.StandardOutput.ReadLine();
            Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(0, 20_000)));
            process.Kill();
            process.WaitForExit();
            if (!whole.Contains(DigestOfFile(path)))
            {
                violations.Add($"kill {kill}: {new FileInfo(path).Length} bytes that are neither of the two files");
            }
            halves += File.Exists(path + ".new") ? 1 : 0;
        }
        return new Outcome("Savers of samplers are killed", kills, $"one of the two files, whole ({halves} times a half-written '.new' beside it, which the next Save writes anew)", violations);
    }

    private static Outcome Tool(string root, Random random, int kills)
    {
        string table = Path.Combine(root, "rows.csv");
        File.WriteAllLines(table, Enumerable.Range(0, 200).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row % 17},{row % 5 * 0.5},{(row % 3 == 0 ? "a" : "b")}")).Prepend("x,y,z"));
        string folder = Directory.CreateDirectory(Path.Combine(root, "tool")).FullName;
        string model = Path.Combine(folder, "model.zip");
        Process Train() => Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "vae.dll"), "train", table, "--epochs", "3", "--quiet", "--seed", "1", "--out", model])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;

        List<string> violations = [];
        var clock = Stopwatch.StartNew();
        (int code, string said) = Child.Finished(Train());
        double longest = clock.Elapsed.TotalMilliseconds;
        if (code != 0)
        {
            violations.Add($"vae train: exit code {code}, {said}");
        }
        string kept = Path.Combine(root, "kept.zip");
        if (code == 0)
        {
            File.Move(model, kept);
        }
        int done = 0;
        for (int kill = 0; kill < kills && code == 0; kill++)
        {
            bool isThere = kill % 2 == 0;
            if (isThere)
            {
                File.Copy(kept, model, overwrite: true);
            }
            else
            {
                File.Delete(model);
            }
            using Process process = Train();
            if (random.Next(3) == 0)
            {
                Thread.Sleep((int)(longest * random.NextDouble()));
            }
            else
            {
                // As soon as a file is written beside, or a moment later.
                while (!process.HasExited && Directory.GetFiles(folder, ".*").Length == 0)
                {
                    Thread.Sleep(1);
                }
                Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(0, 20_000)));
            }
            process.Kill();
            process.WaitForExit();
            if (File.Exists(model) ? !AreSame(kept, model) : isThere)
            {
                violations.Add($"vae train, kill {kill}: {(File.Exists(model) ? "the model is not whole" : "the old model is gone")}");
            }
            done += File.Exists(model) && !isThere ? 1 : 0;
            Array.ForEach(Directory.GetFiles(folder, ".*"), File.Delete);
        }
        return new Outcome("vae train is killed", kills, $"the old model, none, or ({done} times of {kills / 2}) the new one, whole; a hidden '.model.zip.*' may be left beside it", violations);
    }

    private static Outcome Stops(string root, Random random, int trainings)
    {
        List<string> violations = [];
        int stops = 0;
        for (int i = 0; i < trainings; i++)
        {
            string model = Path.Combine(root, $"stopped {i}.zip");
            using Process process = Child.Start("train", Path.Combine(root, $"stopped {i}"), model);
            Task<(int Code, string Said)> end = Task.Run(() => Child.Finished(process));
            while (!end.IsCompleted)
            {
                _ = kill(process.Id, StopSignal);
                Thread.Sleep(random.Next(0, 40));
                _ = kill(process.Id, ContinueSignal);
                Thread.Sleep(random.Next(0, 40));
                stops++;
            }
            if (end.Result.Code != 0 || !AreSame(Path.Combine(root, "expected.zip"), model))
            {
                violations.Add($"a training that was stopped and continued: exit code {end.Result.Code}, {end.Result.Said}");
            }
        }
        return new Outcome("Trainings are stopped and continued (SIGSTOP, SIGCONT)", stops, $"{trainings} trainings came to the bits of one that was left alone", violations);
    }

    private static string DigestOfFile(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static bool AreSame(string whole, string other)
    {
        try
        {
            return Digest(whole) == Digest(other);
        }
        catch (InvalidDataException)
        {
            // It is no archive.
            return false;
        }
    }

    // Every entry's name and content, but for the history, which says how fast training was, and the checksums of Model.key, which has its checksum.
    private static string Digest(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        return string.Join(' ', archive.Entries.Where(entry => entry.Name is not "history.json" and not "Model.key").Select(entry =>
        {
            using Stream stream = entry.Open();
            return $"{entry.FullName} {Convert.ToHexString(SHA256.HashData(stream))}";
        }));
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);

    // At once and in order, unlike Progress<T>.
    private sealed class Told : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value) => Console.WriteLine(value.Epoch);
    }
}
