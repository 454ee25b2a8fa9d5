using System.Globalization;
using Xunit;

namespace Vae.MLNet.Packaging.Tests;

/// <summary>The tool, installed from a folder with its packages.</summary>
[Collection(nameof(Packed))]
public sealed class ToolTests(Packed packed)
{
    [Fact]
    public void The_tool_installs_from_a_folder_trains_and_scores()
    {
        string folder = Directory.CreateDirectory(Path.Combine(packed.Folder, "tool")).FullName;
        string vae = Path.Combine(folder, "vae");
        File.WriteAllLines(
            Path.Combine(folder, "rows.csv"),
            ["size,kind", .. Enumerable.Range(0, 100).Select(i => $"{i % 7},{(i % 2 == 0 ? "a" : "b")}")]);

        string[] options = ["--version", packed.Version, "--tool-path", folder, "--add-source", packed.Feed];
        Command.Run(folder, "dotnet", ["tool", "install", Packed.Tool, .. options]);
        Command.Run(folder, vae, "train", "rows.csv", "--out", "model.zip", "--epochs", "2");
        Command.Run(folder, vae, "score", "model.zip", "rows.csv", "--out", "scored.csv");

        string[] scored = File.ReadAllLines(Path.Combine(folder, "scored.csv"));
        Assert.Equal("size,kind,Score,PredictedLabel", scored[0]);
        Assert.Equal(101, scored.Length);
        Assert.All(scored[1..], line => Assert.True(float.IsFinite(float.Parse(line.Split(',')[2], CultureInfo.InvariantCulture))));
    }
}
