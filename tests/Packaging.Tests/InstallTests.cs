using System.IO.Compression;
using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>What a user gets: the packages, installed into a new project outside of the repository.</summary>
public sealed class InstallTests(Packed packed) : IClassFixture<Packed>
{
    [Fact]
    public void The_readmes_ten_lines_run_in_a_new_project()
    {
        string folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "new project")).FullName;
        File.WriteAllText(Path.Combine(folder, "NuGet.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{packed.Feed}" />
                <add key="stand-ins" value="{Path.Combine(Packed.RepositoryRoot, "artifacts", "polyfill")}" />
              </packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(folder, "Example.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Vae.MLNet.Report" Version="{packed.Version}" />
                <PackageReference Include="TorchSharp-cpu" Version="{Packed.TorchSharpVersion}" />
              </ItemGroup>
            </Project>
            """);
        string[] lines = TenLines();
        int usings = lines.Count(line => line.StartsWith("using ", StringComparison.Ordinal));
        File.WriteAllLines(Path.Combine(folder, "Program.cs"),
        [
            "using Microsoft.ML.Data;",
            "using Vae.MLNet.Report;",
            "using Vae.MLNet.Sampling;",
            .. lines.Take(usings),
            "var random = new Random(1);",
            "Row[] rows = [.. Enumerable.Range(0, 200).Select(i => new Row { Label = i % 2 == 0 ? \"even\" : \"odd\", Features = [.. Enumerable.Range(0, 784).Select(p => (p + i) % 2 * random.NextSingle())] })];",
            .. lines.Skip(usings),
            "ITransformer loaded = new MLContext().Model.Load(\"model.zip\", out _);",
            "Console.WriteLine($\"accuracy {ml.MulticlassClassification.Evaluate(loaded.Transform(data)).MicroAccuracy:F2}, {ml.Data.SampleFromVae(loaded, 3).Schema[0].Name}\");",
            "VaeReport.Save(ml, loaded, data, \"report.html\");",
            "public sealed class Row { public string Label { get; set; } = \"\"; [VectorType(784)] public float[] Features { get; set; } = []; }",
        ]);

        (int exitCode, string output) = Packed.Run(folder, "dotnet", "run");

        Assert.True(exitCode == 0, output);
        Assert.Contains("accuracy 1.00, Features", output, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(folder, "model.zip")).Length > 100_000);
        Assert.Contains("</html>", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_tool_installs_and_trains()
    {
        string folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "tool")).FullName;
        (int exitCode, string output) = Packed.Run(folder, "dotnet", "tool", "install", "Vae.MLNet.Tool", "--tool-path", folder, "--version", packed.Version, "--add-source", packed.Feed);
        Assert.True(exitCode == 0, output);
        File.WriteAllLines(Path.Combine(folder, "rows.csv"), ["size,kind", .. Enumerable.Range(0, 100).Select(i => $"{i % 7},{(i % 2 == 0 ? "a" : "b")}")]);

        (exitCode, output) = Packed.Run(folder, Path.Combine(folder, "vae"), "train", "rows.csv", "--out", "model.zip", "--epochs", "2");
        Assert.True(exitCode == 0, output);
        (exitCode, output) = Packed.Run(folder, Path.Combine(folder, "vae"), "encode", "model.zip", "rows.csv");

        Assert.True(exitCode == 0, output);
        Assert.True(output.Split('\n').Length > 100, output);
    }

    [Theory]
    [InlineData("Vae.MLNet")]
    [InlineData("Vae.MLNet.Sampling")]
    [InlineData("Vae.MLNet.Report")]
    public void A_release_depends_on_the_released_packages_whatever_this_machine_has(string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "release")).FullName;
        (int exitCode, string output) = packed.Pack(name, folder);
        Assert.True(exitCode == 0, output);

        (string Id, string Version)[] dependencies = [.. Packed.DependenciesOf(Path.Combine(folder, $"{name}.{packed.Version}.nupkg"))];

        Assert.Contains(("Microsoft.ML", "5.0.0"), dependencies);
        Assert.Contains(("TorchSharp", "0.105.0"), dependencies);
        Assert.DoesNotContain(dependencies, dependency => dependency.Version.Contains("polyfill", StringComparison.Ordinal) || dependency.Version.Contains('*', StringComparison.Ordinal));
    }

    [Fact]
    public void A_tool_that_would_carry_stand_ins_is_not_released()
    {
        bool hasStandIns = Packed.DependenciesOf(packed.PackageOf("Vae.MLNet")).Any(dependency => dependency.Version.Contains("polyfill", StringComparison.Ordinal));

        (int exitCode, string output) = packed.Pack("Vae.MLNet.Tool", Path.Combine(packed.Folder, "release"));

        Assert.Equal(hasStandIns, exitCode != 0);
        Assert.Equal(hasStandIns, output.Contains("VAE0006", StringComparison.Ordinal));
    }

    [Fact]
    public void Packages_have_readme_licence_documentation_and_symbols()
    {
        foreach (string name in Packed.Names)
        {
            using ZipArchive zip = ZipFile.OpenRead(packed.PackageOf(name));
            string[] files = [.. zip.Entries.Select(entry => entry.FullName)];
            Assert.Contains("README.md", files);
            Assert.Contains("LICENSE", files);
            Assert.Equal("MIT", Packed.NuspecOf(packed.PackageOf(name)).Elements().Single(element => element.Name.LocalName == "license").Value);
            Assert.True(File.Exists(Path.ChangeExtension(packed.PackageOf(name), ".snupkg")));
            if (name != "Vae.MLNet.Tool")
            {
                Assert.Contains($"lib/net10.0/{name}.xml", files);
            }
        }
    }

    private static string[] TenLines()
    {
        string readme = File.ReadAllText(Path.Combine(Packed.RepositoryRoot, "README.md"));
        string example = readme[readme.IndexOf("## Ten lines", StringComparison.Ordinal)..];
        example = example[(example.IndexOf("```csharp", StringComparison.Ordinal) + "```csharp".Length)..];
        return example[..example.IndexOf("```", StringComparison.Ordinal)].Trim().Split('\n');
    }
}
