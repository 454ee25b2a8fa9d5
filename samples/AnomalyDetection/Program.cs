// Odd rows in a table, and what is odd about them, without a label: a model of how the columns go together expects some rows less than others.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.AnomalyDetection;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!NumberTableOptions.TryParse(args, "AnomalyDetection", epochs: 300, takesLabel: true, out NumberTableOptions? options, out NumberTable? table, out float[]? labels))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
int[]? faults = null;
if (options.Data is null)
{
    (table, faults) = PlantedFaults.Plant(table, options.Seed);
    labels = [.. faults.Select(column => column < 0 ? 0f : 1)];
}
Console.WriteLine($"{options.Data ?? "made-up weather, with a reading from another hour in every fiftieth row"}: {table.Rows.Count} rows of {table.Names.Count} numbers{(labels is null ? "" : $", {labels.Count(label => label != 0)} of them anomalies")}");

// The training rows are those to be judged: nothing is known of which are good.
var ml = new MLContext(options.Seed);
IDataView rows = table.View(ml);
var settings = VaeEstimator.Options.ForAnomalyDetection();
settings.LatentDimension = options.Data is null ? 6 : settings.LatentDimension; // The weather has about six causes: hour, day, clouds, warmth, pressure, wind.
settings.InputColumns = [new("Features") { ReconstructionColumnName = "Expected" }];
settings.Contamination = 0.02;
settings.NumberOfEpochs = options.Epochs;
using VaeTransformer model = TrainingDisplay.Run(options.Epochs, progress =>
{
    settings.Progress = progress;
    return ml.Transforms.VariationalAutoencoder(settings).Fit(rows);
});
IDataView judged = model.Transform(rows);
(float[] scores, float[][] expected) = ([.. judged.GetColumn<float>("Score")], [.. judged.GetColumn<float[]>("Expected")]);

// How far each column usually is from what is expected: the median. The oddest column is the furthest, in such units.
float[] usual = [.. table.Names.Select((_, column) => table.Rows.Select((row, i) => Math.Abs(row[column] - expected[i][column])).Order().ElementAt(table.Rows.Count / 2) + 1e-6f)];
int OddColumn(int i) => Enumerable.Range(0, usual.Length).MaxBy(column => float.IsNaN(table.Rows[i][column]) ? -1 : Math.Abs(table.Rows[i][column] - expected[i][column]) / usual[column]);
int[] oddest = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];
Table report = new Table().AddColumns("Row", "Score", "Odd column", "Value", "Expected", "");
foreach (int i in oddest.Take(12))
{
    int column = OddColumn(i);
    string truth = faults is not null ? faults[i] < 0 ? "no fault" : $"fault in {table.Names[faults[i]]}" : labels is null ? "" : labels[i] != 0 ? "anomaly" : "none";
    report.AddRow($"{i}", $"{scores[i]:F1}", Markup.Escape(table.Names[column]), $"{table.Rows[i][column]:G4}", $"{expected[i][column]:G4}", Markup.Escape(truth));
}
AnsiConsole.Write(report);
if (labels is not null)
{
    double Area(float[] by) => ml.AnomalyDetection.Evaluate(ml.Data.LoadFromEnumerable(by.Zip(labels, (score, label) => new ScoredRow { Score = score, Label = label != 0 ? 1 : 0, PredictedLabel = score > model.ScoreThreshold }))).AreaUnderRocCurve;
    AnsiConsole.Write(new Table().AddColumns("Score", "Area under the ROC curve")
        .AddRow("distance from the mean", $"{Area(Baselines.DistanceFromMean(ml, rows)):F3}")
        .AddRow("PCA (Mahalanobis distance)", $"{Area(Baselines.Mahalanobis(ml, rows, table.Names.Count)):F3}")
        .AddRow("VAE", $"{Area(scores):F3}"));
}
string path = Path.Combine(options.Out, "scored.csv");
new NumberTable([.. table.Names, "Score"], [.. oddest.Select(i => table.Rows[i].Append(scores[i]).ToArray())]).Save(path);
Console.WriteLine($"{path}, the oddest row first, after {clock.Elapsed.TotalSeconds:F0} s");
return 0;
