using Microsoft.ML;

namespace Vae.MLNet.Quality.Adult;

/// <summary>What TVAE's rows are worth (Xu et al., 2019), with its defaults and on the rows that our models are trained on: the peer of <see cref="SampledTable"/>.</summary>
internal static class TvaePeer
{
    private const int Seeds = 3;
    private const int Epochs = 300;
    // As the header of the file has them.
    private const string CategoriesOfFile = "workclass,education,marital-status,occupation,relationship,race,sex,native-country,income";

    public static Figure Figure { get; } = new("adult-tvae", "rows of Adult sampled by CTGAN's TVAE in PyTorch, for comparison; minutes", AdultTable.Folder, Measure) { IsOnlyLong = true };

    private static void Measure(Effort effort, Report report)
    {
        if (Python.With("torch, sklearn, numpy") is not { } python)
        {
            report.Skip("there is no Python with PyTorch, scikit-learn and NumPy");
            return;
        }
        var table = new AdultTable(effort);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("vae tvae ");
        try
        {
            string training = Path.Combine(folder.FullName, "training.csv");
            string sampled = Path.Combine(folder.FullName, "sampled.csv");
            File.WriteAllLines(training, table.TrainingLines.Prepend(table.Header));
            AdultTable.Head(report);
            int first = effort.Seed ?? 0;
            for (int seed = first; seed < first + effort.Of(1, Seeds); seed++)
            {
                (int code, string text) = Python.RunScript(python, "tvae.py", training, CategoriesOfFile, sampled, $"{SampledTable.Rows}", $"{effort.Of(30, Epochs)}", $"{seed}");
                report.Promise(code == 0, code == 0 ? $"TVAE runs, seed {seed}" : text);
                if (code != 0)
                {
                    return;
                }
                IDataView rows = table.View(File.ReadLines(sampled).Skip(1));
                SampleWorth worth = table.Judge($"TVAE, seed {seed}", rows, report);
                report.Promise(rows.GetRowCount() == SampledTable.Rows && double.IsFinite(worth.Accuracy), $"all rows are read, seed {seed}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
