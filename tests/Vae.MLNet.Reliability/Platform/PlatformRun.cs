using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Vae.MLNet.Reliability.Platform;

/// <summary>The same files and bits in every culture and at every path, and nothing written elsewhere: each try is a process with a home, a temporary folder and a working folder that are looked at.</summary>
internal static class PlatformRun
{
    private const string Invariant = "";
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    public static Run Run { get; } = new("platform", "cultures, paths, and what is written where", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        (string Culture, string Folder)[] tries =
        [
            ("tr-TR", "with spaces, ığİ and şç"), ("de-DE", "-dash \U0001F40D 模型 e\u0301"), ("sv-SE", "plain"), ("ar-SA", "نموذج"), ("fa-IR", "#?&%20;'"), ("th-TH", $"long {new string('x', 180)}"),
            ("tr-TR", "\U0001F1F9\U0001F1F7"), ("de-DE", "a  b "), ("az-Latn-AZ", "I ı İ i"), ("lt-LT", "..."),
        ];
        string root = Directory.CreateTempSubdirectory("vae platform ").FullName;
        var byCulture = new List<string>();
        var written = new List<string>();
        int traced = 0;
        try
        {
            var reference = new Place(root, "reference", "work");
            written.AddRange(reference.Do(Invariant, null, byCulture, ref traced));
            if (byCulture.Count == 0)
            {
                foreach ((string culture, string folder) in tries.Take(effort.Of(2, tries.Length)))
                {
                    var place = new Place(root, $"{culture} {folder}", folder);
                    written.AddRange(place.Do(culture, reference.Work, byCulture, ref traced));
                    byCulture.AddRange(Differences(reference.Work, place.Work).Select(difference => $"{culture}, '{folder}': {difference}"));
                }
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
        int tried = effort.Of(2, tries.Length);
        yield return new Outcome("cultures and paths", tried, string.Create(CultureInfo.InvariantCulture, $"models, checkpoints, samplers, report, tool, log, messages: {(byCulture.Count == 0 ? "all" : "not all")} give the files and bits of the invariant culture"), byCulture);
        yield return new Outcome(
            "writes outside of the paths given",
            tried + 1,
            "nothing in home, temporary and working folder"
                + (traced > 0 ? $"; {traced} processes traced: nothing elsewhere either, but for ML.NET's own temporary files" : "")
                + (OperatingSystem.IsLinux() ? "; one works in a folder that nobody can write to" : ""),
            written);
    }

    // Every file, byte for byte; model files, which may have the time in them, by their entries.
    private static IEnumerable<string> Differences(string expected, string found)
    {
        string[] Names(string folder) => [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal)];

        string[] names = Names(expected);
        if (!names.SequenceEqual(Names(found)))
        {
            yield return $"files {string.Join(", ", Names(found))} instead of {string.Join(", ", names)}";
            yield break;
        }
        foreach (string name in names)
        {
            string left = Path.Combine(expected, name);
            string right = Path.Combine(found, name);
            if (name.EndsWith(".zip", StringComparison.Ordinal) ? !Entries(left).SequenceEqual(Entries(right)) : !File.ReadAllBytes(left).AsSpan().SequenceEqual(File.ReadAllBytes(right)))
            {
                yield return $"{name} is another file: {(Path.GetExtension(name) is ".txt" or ".csv" or ".html" ? FirstDifference(File.ReadAllLines(left), File.ReadAllLines(right)) : "bytes differ")}";
            }
        }
    }

    private static string FirstDifference(string[] expected, string[] found)
    {
        int line = Enumerable.Range(0, Math.Max(expected.Length, found.Length)).First(i => expected.ElementAtOrDefault(i) != found.ElementAtOrDefault(i));
        return $"line {line + 1} is \"{found.ElementAtOrDefault(line)}\" instead of \"{expected.ElementAtOrDefault(line)}\"";
    }

    private static IEnumerable<string> Entries(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream stream = entry.Open();
            yield return $"{entry.FullName} {Convert.ToHexString(SHA256.HashData(stream))}";
        }
    }

    /// <summary>Where one process is to write, and where it is not.</summary>
    private sealed class Place
    {
        private readonly string _home;
        private readonly string _temporary;
        private readonly string _current;
        private readonly string _trace;
        private readonly bool _isRelative;

        public Place(string root, string name, string work)
        {
            string own = Path.Combine(root, Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..8]);
            (_home, _temporary, _current, Work, _trace) = (Path.Combine(own, "home"), Path.Combine(own, "temporary"), Path.Combine(own, "current"), Path.Combine(own, "current", work), Path.Combine(own, "trace"));
            foreach (string folder in new[] { _home, _temporary, _current })
            {
                Directory.CreateDirectory(folder);
            }
            // One of them works at relative paths; the others in a folder where not even root can write.
            _isRelative = work[0] == '-' || !OperatingSystem.IsLinux();
        }

        public string Work { get; }

        /// <returns>What was written where it should not have been.</returns>
        public List<string> Do(string culture, string? reference, List<string> failures, ref int traced)
        {
            bool isTraced = File.Exists("/usr/bin/strace");
            string[] command =
            [
                .. isTraced ? ["/usr/bin/strace", "-f", "-qq", "-y", "--seccomp-bpf", "-e", "trace=open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat", "-o", _trace] : Array.Empty<string>(),
                "dotnet", Path.Combine(AppContext.BaseDirectory, "Vae.MLNet.Reliability.dll"), PlatformWork.Command, _isRelative ? Path.GetFileName(Work) : Work, culture, .. reference is null ? Array.Empty<string>() : [reference],
            ];
            var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = _isRelative ? _current : "/proc", RedirectStandardError = true, RedirectStandardOutput = true };
            foreach ((string name, string value) in new[]
                { ("HOME", _home), ("USERPROFILE", _home), ("TMPDIR", _temporary), ("TEMP", _temporary), ("TMP", _temporary), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", culture == Invariant ? "1" : "0"), ("DOTNET_EnableDiagnostics", "0") })
            {
                start.Environment[name] = value;
            }
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(s_longest))
            {
                process.Kill(entireProcessTree: true);
            }
            if (process.ExitCode != 0)
            {
                failures.Add($"{culture}, '{Path.GetFileName(Work)}': exit code {process.ExitCode}: {error.Result}");
            }
            else if (culture is "tr-TR" or "de-DE" && output.TrimEnd() != (culture == "tr-TR" ? "1,5İ" : "1,5I"))
            {
                failures.Add($"{culture}: this machine does not know the culture ('{output.TrimEnd()}'): install ICU");
            }
            List<string> elsewhere = [.. new[] { _home, _temporary, _current }.SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)).Where(path => !IsAllowed(path))];
            if (isTraced && File.Exists(_trace))
            {
                traced++;
                IEnumerable<string> paths = SystemCalls.Written(File.ReadLines(_trace));
                string[] written = [.. paths.Select(path => Path.GetFullPath(path, start.WorkingDirectory))];
                elsewhere.AddRange(written.Where(path => !IsAllowed(path) && !IsGoneOfMLNet(path)));
            }
            return [.. elsewhere.Distinct().Select(path => $"{culture}, '{Path.GetFileName(Work)}': wrote {path}")];
        }

        private bool IsAllowed(string path) => path == Work || path.StartsWith(Work + "/", StringComparison.Ordinal) || path.StartsWith(Work + Path.DirectorySeparatorChar, StringComparison.Ordinal);

        // ML.NET puts each entry that it saves or loads into a temporary folder of its own first, which it removes.
        private bool IsGoneOfMLNet(string path) =>
            path.StartsWith(Path.Combine(_temporary, "ml_dotnet_"), StringComparison.Ordinal) && !Path.Exists(path);
    }
}
