using System.Security.Cryptography;
using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>A console project outside the repository that references the packages and has the README's ten lines as its program.</summary>
public sealed class NewProject
{
    private const string NativeLibrary = "libLibTorchSharp.so";

    private readonly byte[] _packageHash = SHA256.HashData(PackageFile);
    private readonly Packed _packed;

    public NewProject(Packed packed)
    {
        _packed = packed;
        Folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "new project")).FullName;
        WriteSettings();
        WriteProgram();
        FirstRun = Dotnet("run", "report.html");
    }

    public string Folder { get; }

    /// <summary>What `dotnet run` wrote.</summary>
    public string FirstRun { get; }

    /// <summary>TorchSharp's native library for Linux, as its package has it.</summary>
    public static byte[] PackageFile => File.ReadAllBytes(Repository.TorchSharpLibrary);

    /// <summary>Returns the path of the native library in a folder with an application, or with a portable one.</summary>
    public string NativeLibraryIn(string folder, bool isPortable = false) =>
        Path.Combine(Folder, folder, isPortable ? Path.Combine("runtimes", "linux-x64", "native") : "", NativeLibrary);

    public string Dotnet(params IEnumerable<string> arguments) => Command.Run(Folder, "dotnet", arguments);

    /// <summary>Fails unless the need of the newer symbol version, and nothing else, is marked as weak in a file.</summary>
    public static void AssertIsMarked(string path)
    {
        byte[] original = PackageFile;
        byte[] found = File.ReadAllBytes(path);
        Assert.Equal(original.Length, found.Length);
        int difference = Assert.Single(Enumerable.Range(0, found.Length), i => found[i] != original[i]);
        Assert.Equal(original[difference] | 2, found[difference]);
    }

    public void AssertPackageFolderIsUntouched() => Assert.Equal(_packageHash, SHA256.HashData(PackageFile));

    private void WriteSettings()
    {
        File.WriteAllText(Path.Combine(Folder, "NuGet.config"), $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{_packed.Feed}" />
              </packageSources>
            </configuration>
            """);
        File.WriteAllText(Path.Combine(Folder, "Example.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifiers>{Repository.Runtime}</RuntimeIdentifiers>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <CreateHardLinksForCopyLocalIfPossible>true</CreateHardLinksForCopyLocalIfPossible>
                <CreateHardLinksForPublishFilesIfPossible>true</CreateHardLinksForPublishFilesIfPossible>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Vae.MLNet.Report" Version="{_packed.Version}" />
                <PackageReference Include="TorchSharp-cpu" Version="{Repository.VersionOf("TorchSharp-cpu")}" />
              </ItemGroup>
            </Project>
            """);
    }

    private void WriteProgram()
    {
        string[] lines = TenLines();
        int usings = lines.Count(line => line.StartsWith("using ", StringComparison.Ordinal));
        File.WriteAllLines(Path.Combine(Folder, "Program.cs"),
        [
            "using Microsoft.ML.Data;",
            "using Vae.MLNet.Report;",
            "using Vae.MLNet.Sampling;",
            .. lines.Take(usings),
            "var random = new Random(1);",
            "Row[] rows = [.. Enumerable.Range(0, 200).Select(i => new Row(i, random))];",
            .. lines.Skip(usings),
            "ITransformer loaded = new MLContext().Model.Load(\"model.zip\", out _);",
            "double accuracy = ml.MulticlassClassification.Evaluate(loaded.Transform(data)).MicroAccuracy;",
            "Console.WriteLine($\"accuracy {accuracy:F2}, {ml.Data.SampleFromVae(loaded, 3).Schema[0].Name}\");",
            "if (args is [string report])",
            "{",
            "    VaeReport.Save(ml, loaded, data, report);",
            "}",
            "public sealed class Row(int i, Random random)",
            "{",
            "    public string Label { get; } = i % 2 == 0 ? \"even\" : \"odd\";",
            "    [VectorType(784)]",
            "    public float[] Features { get; } = [.. Enumerable.Range(0, 784).Select(p => (p + i) % 2 * random.NextSingle())];",
            "}",
        ]);
    }

    private static string[] TenLines()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string example = readme[readme.IndexOf("## Ten lines", StringComparison.Ordinal)..];
        example = example[(example.IndexOf("```csharp", StringComparison.Ordinal) + "```csharp".Length)..];
        return example[..example.IndexOf("```", StringComparison.Ordinal)].Trim().Split('\n');
    }
}
