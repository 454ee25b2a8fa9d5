using System.Diagnostics;
using System.Globalization;

namespace Vae.MLNet.Samples.Tests;

/// <summary>Every console sample runs to its end, says what it promises, and leaves its files; quickly, on little data, so that nothing is said of how good they are.</summary>
public sealed class SampleTests(OwnData data) : IClassFixture<OwnData>
{
    [Theory]
    [InlineData("FeatureExtraction", "Accuracy, held-out images", "model.zip", "reconstructions.png", "samples.png")]
    [InlineData("Generation", "images from the mixture", "kinds.png", "interpolation.png", "traversal.png")]
    [InlineData("Denoising", "VAE trained with noise", "denoised.png")]
    [InlineData("Compression", "gzip", "vae-8bit.bin", "pca-8bit.bin", "vae-4bit.bin", "pca-4bit.bin", "raw.gz", "model.zip", "compressed.png")]
    public void Samples_of_images_take_a_folder_in_the_format_of_mnist(string sample, string said, params string[] files) => Runs(sample, said, files, "--data", data.Folder);

    [Fact]
    public void Disentanglement_draws_its_own_images() => Runs("Disentanglement", "beta-TCVAE", ["interpolation.png", "random.png", "traversal.png"]);

    [Fact]
    public void Odd_rows_come_first_with_their_scores()
    {
        string[] lines = Runs("AnomalyDetection", "PCA (Mahalanobis", ["scored.csv"], "--data", data.Table, "--label", "Odd", "--epochs", "60")["scored.csv"];
        Assert.Equal((301, "A,B,C,Score"), (lines.Length, lines[0]));
        Assert.All(lines[1..16], line => Assert.Equal("-5", line.Split(',')[1]));
    }

    [Fact]
    public void Every_hole_is_filled_and_nothing_else_is_changed_that_was_not_hidden()
    {
        string[] lines = Runs("Imputation", "Column mean", ["filled.csv"], "--data", data.Table)["filled.csv"];
        Assert.Equal((301, "A,B,C,Odd"), (lines.Length, lines[0]));
        float[][] filled = [.. lines[1..].Select(line => line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray())];
        IReadOnlyList<float[]> rows = NumberTable.Read(data.Table).Rows;
        // A fifth of the values was hidden.
        double same = filled.Zip(rows).Average(pair => pair.First.Zip(pair.Second).Count(values => values.First == values.Second) / 4.0);
        Assert.InRange(same, 0.65, 0.85);
    }

    [Fact]
    public void As_many_rows_are_made_as_there_are() =>
        Assert.Equal(301, Runs("TabularSynthesis", "All columns", ["synthetic.csv"], "--data", data.WholeTable, "--label", "Odd")["synthetic.csv"].Length);

    [Theory]
    [InlineData("AnomalyDetection", "There is no column 'Nothing'", "--label", "Nothing")]
    [InlineData("Imputation", "'--label' is not an option of this sample.", "--label", "Odd")]
    [InlineData("Imputation", "--epochs is to be a whole number of at least 1", "--epochs", "0")]
    public void What_is_wrong_with_the_command_line_is_said_before_training(string sample, string message, params string[] arguments)
    {
        (int code, _, string error) = Run(sample, ["--data", data.Table, .. arguments, "--out", Path.Combine(data.Folder, "wrong")]);
        Assert.Equal(1, code);
        Assert.StartsWith(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A,B\n1\n", "line 2: 1 value(s) under a header of 2 column(s).")]
    [InlineData("A,B\n1,2\n3,many\n", "line 3: 'many' in column 'B' is not a number.")]
    [InlineData("A,B\n1,2\n", "has 1 row(s) below a header: at least 10 are wanted.")]
    public void A_table_that_is_none_of_numbers_is_refused(string content, string message)
    {
        string path = Path.Combine(data.Folder, "wrong.csv");
        File.WriteAllText(path, content);
        Assert.EndsWith(message, Assert.Throws<InvalidDataException>(() => NumberTable.Read(path)).Message, StringComparison.Ordinal);
    }

    // The lines of the files that are CSV.
    private Dictionary<string, string[]> Runs(string sample, string said, string[] files, params string[] arguments)
    {
        string folder = Path.Combine(data.Folder, sample);
        string[] epochs = arguments.Contains("--epochs") ? [] : ["--epochs", "1"];
        (int code, string output, string error) = Run(sample, [.. arguments, .. epochs, "--out", folder]);
        Assert.True(code == 0, error + output);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.All(files, file => Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 0, file));
        return files.Where(file => file.EndsWith(".csv", StringComparison.Ordinal)).ToDictionary(file => file, file => File.ReadAllLines(Path.Combine(folder, file)));
    }

    private static (int Code, string Output, string Error) Run(string sample, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, sample + ".dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
