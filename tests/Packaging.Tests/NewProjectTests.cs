using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>A new project with the packages runs, builds again and publishes, also where libstdc++ is older.</summary>
[Collection(nameof(Packed))]
public sealed class NewProjectTests(NewProject project) : IClassFixture<NewProject>
{
    private const string Result = "accuracy 1.00, Features";
    private static readonly string s_debug = Path.Combine("bin", "Debug", "net10.0");

    [Fact]
    public void The_readmes_ten_lines_run()
    {
        Assert.Contains(Result, project.FirstRun, StringComparison.Ordinal);
        Assert.True(new FileInfo(Path.Combine(project.Folder, "model.zip")).Length > 100_000);
        Assert.Contains("</html>", File.ReadAllText(Path.Combine(project.Folder, "report.html")), StringComparison.Ordinal);
        NewProject.AssertIsMarked(project.NativeLibraryIn(s_debug, isPortable: true));
    }

    [Fact]
    public void A_second_build_neither_copies_nor_marks_again()
    {
        string library = project.NativeLibraryIn(s_debug, isPortable: true);
        string copy = project.NativeLibraryIn(CopyFolder("Debug"));
        DateTime libraryWritten = File.GetLastWriteTimeUtc(library);
        DateTime copyWritten = File.GetLastWriteTimeUtc(copy);

        project.Dotnet("build", "--no-restore");

        Assert.Equal(libraryWritten, File.GetLastWriteTimeUtc(library));
        Assert.Equal(copyWritten, File.GetLastWriteTimeUtc(copy));
        NewProject.AssertIsMarked(library);
    }

    [Theory]
    [InlineData("portable", true)]
    [InlineData("for a runtime", false, "--self-contained", "false")]
    [InlineData("self-contained", false, "--self-contained", "true")]
    [InlineData("single file", false, "--self-contained", "true", "-p:PublishSingleFile=true")]
    public void A_published_folder_runs(string folder, bool isPortable, params string[] settings)
    {
        project.Dotnet(["publish", "-c", "Debug", "-o", folder, .. isPortable ? [] : (string[])["-r", Repository.Runtime], .. settings]);

        // From another folder, since nothing but the published one is to be needed.
        string elsewhere = Directory.CreateDirectory(Path.Combine(project.Folder, "..", $"{folder} results")).FullName;
        Assert.Contains(Result, Command.Run(elsewhere, Path.Combine(project.Folder, folder, "Example")), StringComparison.Ordinal);
        if (isPortable || Repository.Runtime == "linux-x64")
        {
            NewProject.AssertIsMarked(project.NativeLibraryIn(folder, isPortable));
        }
        project.AssertPackageFolderIsUntouched();
    }

    [Fact]
    public void A_property_turns_it_off_and_on_in_the_same_folders()
    {
        string[] publish = ["publish", "-c", "Toggled", "-o", "toggled"];
        string built = project.NativeLibraryIn(Path.Combine("bin", "Toggled", "net10.0"), isPortable: true);
        string published = project.NativeLibraryIn("toggled", isPortable: true);

        project.Dotnet([.. publish, "-p:VaeSupportOlderLibstdcxx=false"]);
        Assert.Equal(NewProject.PackageFile, File.ReadAllBytes(built));
        Assert.Equal(NewProject.PackageFile, File.ReadAllBytes(published));

        // Both files are hard links to the package's now, and copies are to replace them.
        project.Dotnet(
            [.. publish, "-p:CreateHardLinksForCopyLocalIfPossible=false", "-p:CreateHardLinksForPublishFilesIfPossible=false"]);
        NewProject.AssertIsMarked(built);
        NewProject.AssertIsMarked(published);
        project.AssertPackageFolderIsUntouched();

        project.Dotnet([.. publish, "-p:VaeSupportOlderLibstdcxx=false"]);
        Assert.Equal(NewProject.PackageFile, File.ReadAllBytes(built));
        Assert.Equal(NewProject.PackageFile, File.ReadAllBytes(published));

        project.Dotnet("clean", "-c", "Toggled");
        Assert.False(Directory.Exists(Path.Combine(project.Folder, CopyFolder("Toggled"))));
        project.AssertPackageFolderIsUntouched();
    }

    private static string CopyFolder(string configuration) =>
        Path.Combine("obj", configuration, "net10.0", "torchsharp", Repository.VersionOf("TorchSharp"));
}
