using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Xml.Linq;
using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>All packages, packed once into a folder outside of the repository, in a version that accepts what this machine resolved.</summary>
public sealed class Packed : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    public Packed()
    {
        Directory.CreateDirectory(Feed);
        foreach (string name in Names)
        {
            (int exitCode, string output) = Pack(name, Feed, "-p:AcceptStandIns=true");
            Assert.True(exitCode == 0, output);
        }
    }

    public static IReadOnlyList<string> Names { get; } = ["Vae.MLNet", "Vae.MLNet.Sampling", "Vae.MLNet.Report", "Vae.MLNet.Tool"];

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public static string TorchSharpVersion { get; } = Metadata("TorchSharpVersion");

    /// <summary>Of its own for every run: a package cache keeps what it has once seen.</summary>
    public string Version { get; } = $"0.1.0-install.{Guid.NewGuid():N}";

    public string Folder { get; } = Directory.CreateTempSubdirectory("vae install ").FullName;

    public string Feed => Path.Combine(Folder, "feed");

    public string PackageOf(string name) => Path.Combine(Feed, $"{name}.{Version}.nupkg");

    public (int ExitCode, string Output) Pack(string name, string into, params string[] settings) =>
        Run(RepositoryRoot, "dotnet", ["pack", $"src/{name}", "-c", "Release", "-o", into, "--artifacts-path", Path.Combine(Folder, "artifacts"), $"-p:Version={Version}", "-nodeReuse:false", .. settings]);

    /// <summary>Runs a program to its end.</summary>
    public static (int ExitCode, string Output) Run(string folder, string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // Those of the process that runs the tests are for that.
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name is "DOTNET_HOST_PATH").ToArray())
        {
            start.Environment.Remove(name);
        }
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> said = process.StandardOutput.ReadToEndAsync();
        Task<string> complained = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_longest))
        {
            process.Kill(entireProcessTree: true);
        }
        return (process.ExitCode, $"{said.Result}{complained.Result}");
    }

    public static XElement NuspecOf(string package)
    {
        using ZipArchive zip = ZipFile.OpenRead(package);
        using Stream stream = zip.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    public static IEnumerable<(string Id, string Version)> DependenciesOf(string package) =>
        NuspecOf(package).Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => (element.Attribute("id")!.Value, element.Attribute("version")!.Value));

    public void Dispose()
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        foreach (string name in Names)
        {
            string cached = Path.Combine(cache, name.ToLowerInvariant(), Version);
            if (Directory.Exists(cached))
            {
                Directory.Delete(cached, recursive: true);
            }
        }
        Directory.Delete(Folder, recursive: true);
    }

    private static string Metadata(string key) => typeof(Packed).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
