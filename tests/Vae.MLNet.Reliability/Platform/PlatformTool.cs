using System.Globalization;
using System.Text;
using Vae.MLNet.Tool;

namespace Vae.MLNet.Reliability.Platform;

/// <summary>The commands of the tool, on files in one folder.</summary>
internal static class PlatformTool
{
    private const int Rows = 80;

    public static void Use(string folder)
    {
        string PathOf(string name) => Path.Combine(folder, name);
        var table = new StringBuilder("Işık,IŞIK,İl,i\n");
        for (int row = 0; row < Rows; row++)
        {
            table.Append(CultureInfo.InvariantCulture, $"{row * 0.125 - 3.5},{(row % 9 == 2 ? "" : (row % 13 * 1000.5).ToString(CultureInfo.InvariantCulture))},{(row % 3) switch { 0 => "I", 1 => "ı", _ => "\"i,İ\"" }},{row % 2}\n");
        }
        File.WriteAllText(PathOf("table.csv"), table.ToString());
        string model = PathOf("tool.zip");
        string Run(params string[] arguments)
        {
            using var output = new MemoryStream();
            using var error = new StringWriter(CultureInfo.InvariantCulture);
            ExitCode code = VaeTool.Run(arguments, new ToolStreams(Stream.Null, output, error));
            // Messages name paths, which are not the same everywhere.
            string said = $"{code}\n{Encoding.UTF8.GetString(output.ToArray())}\n{error}";
            return said.Replace(folder, "FOLDER", StringComparison.Ordinal);
        }

        string[][] commands =
        [
            ["train", PathOf("table.csv"), "--out", model, "--epochs", "2", "--latent", "2", "--layers", "8", "--learning-rate", "0.0025", "--label", "İl", "--column", "Işık=student-t,quantile", "--threads", "2", "--quiet"],
            ["info", model],
            ["encode", model, PathOf("table.csv"), "--out", PathOf("encoded.csv")],
            ["score", model, PathOf("table.csv"), "--out", PathOf("scored.csv")],
            ["impute", model, PathOf("table.csv"), "--out", PathOf("imputed.csv")],
            ["reconstruct", model, PathOf("table.csv")],
            ["sample", model, "-n", "25", "--out", PathOf("sampled.csv")],
            ["evaluate", model, PathOf("table.csv")],
            ["train", PathOf("table.csv"), "--out", model, "--learning-rate", "1,5"],
            ["train", PathOf("table.csv"), "--out", model, "--learning-rate", "1.5"],
            ["train", PathOf("table.csv"), "--out", model, "--label", "il"],
            ["TRAIN", PathOf("table.csv")],
            ["score", model, PathOf("missing.csv")],
        ];
        File.WriteAllText(PathOf("tool.txt"), string.Join("\n\n", commands.Select(command => Run(command))));
        // How fast training was is in it.
        File.Delete(model);
    }
}
