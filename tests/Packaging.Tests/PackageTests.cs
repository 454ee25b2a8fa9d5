using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>What is in the packages.</summary>
[Collection(nameof(Packed))]
public sealed class PackageTests(Packed packed)
{
    [Fact]
    public void Dependencies_are_the_versions_compiled_against_and_exactly_the_own_version()
    {
        (string, string) machineLearning = ("Microsoft.ML", Repository.VersionOf("Microsoft.ML"));
        (string, string) torchSharp = ("TorchSharp", Repository.VersionOf("TorchSharp"));
        (string, string) mathNet = ("MathNet.Numerics", Repository.VersionOf("MathNet.Numerics"));
        (string, string) skia = ("SkiaSharp", Repository.VersionOf("SkiaSharp"));
        (string, string) skiaOnLinux = ("SkiaSharp.NativeAssets.Linux.NoDependencies", Repository.VersionOf("SkiaSharp.NativeAssets.Linux.NoDependencies"));
        (string, string) library = ("Vae.MLNet", $"[{packed.Version}]");
        (string, string) sampling = ("Vae.MLNet.Sampling", $"[{packed.Version}]");

        Assert.Equal([machineLearning, torchSharp], DependenciesOf("Vae.MLNet"));
        Assert.Equal([machineLearning, torchSharp, library], DependenciesOf("Vae.MLNet.Sampling"));
        Assert.Equal([mathNet, machineLearning, skia, skiaOnLinux, torchSharp, library, sampling], DependenciesOf("Vae.MLNet.Report"));
    }

    [Fact]
    public void Libraries_have_readme_licence_documentation_and_symbols()
    {
        foreach (string name in Packed.Libraries)
        {
            string[] expected = ["README.md", "LICENSE", $"lib/net10.0/{name}.dll", $"lib/net10.0/{name}.xml"];
            Assert.Superset(expected.ToHashSet(), packed.FilesOf(name).ToHashSet());
            Assert.Equal("MIT", Assert.Single(packed.Described(name, "license")).Value);
            Assert.True(File.Exists(Path.ChangeExtension(packed.PathOf(name), ".snupkg")));
        }
    }

    [Fact]
    public void Projects_that_use_the_library_get_the_targets_for_older_systems()
    {
        string[] expected = ["buildTransitive/MarkSymbolVersionWeak.cs", "buildTransitive/Vae.MLNet.targets"];

        Assert.Equal(expected, packed.FilesOf("Vae.MLNet").Where(file => file.StartsWith("build", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void The_tool_has_a_package_for_each_runtime_below_the_limit_of_the_gallery()
    {
        string[] unused = ["python", "_test", "global_deps", "libshm", ".dbg", ".dwarf"];
        string[] files = packed.FilesOf(Packed.ToolForThisRuntime);

        Assert.True(new FileInfo(packed.PathOf(Packed.ToolForThisRuntime)).Length < 250_000_000);
        Assert.Contains($"tools/net10.0/{Repository.Runtime}/vae.dll", files);
        Assert.Contains(files, file => file.Contains("torch_cpu", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => unused.Any(part => file.Contains(part, StringComparison.Ordinal)));
        // The one that is installed by name only says which one to take.
        Assert.DoesNotContain(packed.FilesOf(Packed.Tool), file => file.EndsWith(".dll", StringComparison.Ordinal));
    }

    [Fact]
    public void Tool_packages_have_its_own_guide_for_their_readme_and_the_licence()
    {
        foreach (string name in (string[])[Packed.Tool, Packed.ToolForThisRuntime])
        {
            Assert.Superset(new HashSet<string> { "README.md", "LICENSE" }, packed.FilesOf(name).ToHashSet());
            Assert.Equal("MIT", Assert.Single(packed.Described(name, "license")).Value);
        }
    }

    private IEnumerable<(string Id, string Version)> DependenciesOf(string package) =>
        packed.Described(package, "dependency")
            .Select(dependency => (Id: dependency.Attribute("id")!.Value, dependency.Attribute("version")!.Value))
            .OrderBy(dependency => dependency.Id, StringComparer.Ordinal);
}
