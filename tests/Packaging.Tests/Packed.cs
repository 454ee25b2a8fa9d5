using System.IO.Compression;
using System.Xml.Linq;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>All packages, packed once into a folder outside the repository; the tool for the runtime of this machine alone.</summary>
public sealed class Packed : IDisposable
{
    private static readonly string s_packageFolder = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    public Packed() =>
        Command.Run(
            Repository.Root,
            "dotnet",
            "pack",
            Path.Combine("eng", "Packages.slnf"),
            "--output",
            Feed,
            "--artifacts-path",
            Path.Combine(Folder, "artifacts"),
            $"-p:Version={Version}",
            $"-p:ToolPackageRuntimeIdentifiers={Repository.Runtime}",
            "-p:RunAnalyzers=false",
            "-p:CreateHardLinksForPublishFilesIfPossible=true");

    public static string[] Libraries { get; } = ["Vae.MLNet", "Vae.MLNet.Sampling", "Vae.MLNet.Report"];

    public static string Tool => "Vae.MLNet.Tool";

    public static string ToolForThisRuntime => $"{Tool}.{Repository.Runtime}";

    /// <summary>Another one for every run, since the package folder keeps what it has once seen.</summary>
    public string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    public string Folder { get; } = Directory.CreateTempSubdirectory("vae packages ").FullName;

    public string Feed => Path.Combine(Folder, "feed");

    public string PathOf(string package) => Path.Combine(Feed, $"{package}.{Version}.nupkg");

    public string[] FilesOf(string package)
    {
        using ZipArchive zip = ZipFile.OpenRead(PathOf(package));
        return [.. zip.Entries.Select(entry => entry.FullName)];
    }

    /// <summary>Returns the elements of a name in the package's description (nuspec).</summary>
    public IReadOnlyList<XElement> Described(string package, string element)
    {
        using ZipArchive zip = ZipFile.OpenRead(PathOf(package));
        using Stream stream = zip.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return [.. XDocument.Load(stream).Descendants().Where(found => found.Name.LocalName == element)];
    }

    public void Dispose()
    {
        foreach (string package in (string[])[.. Libraries, Tool, ToolForThisRuntime])
        {
            string installed = Path.Combine(s_packageFolder, package.ToLowerInvariant(), Version);
            if (Directory.Exists(installed))
            {
                Directory.Delete(installed, recursive: true);
            }
        }
        Directory.Delete(Folder, recursive: true);
    }
}
