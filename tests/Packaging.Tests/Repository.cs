using System.Reflection;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>What the build knows of this repository and of the packages that it compiled against.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>The runtime identifier of this machine.</summary>
    public static string Runtime { get; } = Metadata("Runtime");

    /// <summary>TorchSharp's native library for Linux in the package folder.</summary>
    public static string TorchSharpLibrary { get; } = Metadata("TorchSharpLibrary");

    /// <summary>Returns the version of a package that Directory.Packages.props pins.</summary>
    public static string VersionOf(string package) => Metadata(package);

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
