// Holes in a table filled from what is there, several times over: how far the fillings lie apart says how sure they are.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;

const int Imputations = 10;
const double MissingRate = 0.2;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!NumberTableOptions.TryParse(args, "Imputation", epochs: 60, takesLabel: false, out NumberTableOptions? options, out NumberTable? table, out _))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
Console.WriteLine($"{options.Data ?? "made-up weather"}: {table.Rows.Count} rows of {table.Names.Count} numbers, of which a fifth is hidden; the model sees no other table");
var random = new Random(options.Seed);
NumberTable holes = table with { Rows = [.. table.Rows.Select(row => row.Select(value => random.NextDouble() < MissingRate ? float.NaN : value).ToArray())] };

var ml = new MLContext(options.Seed);
IDataView rows = holes.View(ml);
using VaeTransformer model = TrainingDisplay.Run(options.Epochs, progress => ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
{
    InputColumns = [new("Features") { ImputedColumnName = "Filled", Scaling = VaeScaling.Quantile }],
    LatentDimension = 8,
    ImputationDraws = 32,
    Network = new VaeNetwork.Dense(256, 128),
    MaskingRate = 0.2, // Hides as much again while training, and asks for it.
    Imputation = VaeImputation.Draw,
    NumberOfImputations = Imputations,
    NumberOfEpochs = options.Epochs,
    Progress = progress,
}).Fit(rows));

// The columns Filled1 to Filled10: each has what was there, bit for bit, and its own draws of the rest.
string[] names = [.. Enumerable.Range(1, Imputations).Select(draw => $"Filled{draw}")];
IDataView filled = ml.Data.Cache(model.Transform(rows), names); // So that one pass computes all of them.
float[][][] draws = [.. names.Select(name => filled.GetColumn<float[]>(name).ToArray())];
NumberTable means = table with { Rows = [.. holes.Rows.Select((row, i) => row.Select((_, column) => draws.Average(draw => draw[i][column])).ToArray())] };
string path = Path.Combine(options.Out, "filled.csv");
means.Save(path);

Table report = new Table().AddColumns("Root mean square error", "Column mean", "VAE, mean of draws", "Truth between lowest and highest draw");
for (int column = 0; column < table.Names.Count; column++)
{
    int[] hidden = [.. Enumerable.Range(0, table.Rows.Count).Where(i => float.IsNaN(holes.Rows[i][column]) && !float.IsNaN(table.Rows[i][column]))];
    float mean = holes.Column(column).Where(float.IsFinite).Average();
    string Error(Func<int, float> guess) => $"{Math.Sqrt(hidden.Average(i => Math.Pow(guess(i) - table.Rows[i][column], 2))):G3}";
    double inside = hidden.Average(i => draws.Min(draw => draw[i][column]) <= table.Rows[i][column] && table.Rows[i][column] <= draws.Max(draw => draw[i][column]) ? 1.0 : 0);
    report.AddRow(Markup.Escape(table.Names[column]), Error(_ => mean), Error(i => means.Rows[i][column]), $"{inside:P0}");
}
AnsiConsole.Write(report);

// Some rows: what was hidden, and what the draws say of it.
Table some = new Table().AddColumns("Row", "Column", "Hidden", "Filled: mean ± standard deviation of the draws");
foreach (int i in Enumerable.Range(0, table.Rows.Count).Where(i => holes.Rows[i].Count(float.IsNaN) == 3).Take(4))
{
    foreach (int column in Enumerable.Range(0, table.Names.Count).Where(column => float.IsNaN(holes.Rows[i][column])))
    {
        double deviation = Math.Sqrt(draws.Average(draw => Math.Pow(draw[i][column] - means.Rows[i][column], 2)));
        some.AddRow($"{i}", Markup.Escape(table.Names[column]), $"{table.Rows[i][column]:G4}", $"{means.Rows[i][column]:G4} ± {deviation:G2}");
    }
}
AnsiConsole.Write(some);
Console.WriteLine($"{path} after {clock.Elapsed.TotalSeconds:F0} s");
return 0;
