// New rows for a table: a variational autoencoder learns how its columns go together, draws as many rows as are asked for, and says how like the real ones they are.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.TabularSynthesis;
using Vae.MLNet.Sampling;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!TableOptions.TryParse(args, out TableOptions? options, out CsvTable? table))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
(CsvTable train, CsvTable test) = table.Split();
Console.WriteLine($"{options.Data ?? "made-up customers"}: {train.RowCount} rows to train on, {test.RowCount} held out, {table.Columns.Count} columns");
string PathOf(string name) => Path.Combine(options.Out, name);
train.Save(PathOf("train.csv"));
test.Save(PathOf("test.csv"));

// Texts become keys, numbers stay as they are: the VAE maps each to a normal score by its rank, so that long tails and spikes come back.
var ml = new MLContext(options.Seed);
string[] names = [.. table.Columns.Select(column => column.Name)];
InputOutputColumnPair[] texts = [.. table.NamesOf(categories: true).Select(name => new InputOutputColumnPair(name))];
IDataView rows = train.Load(ml, PathOf("train.csv"));
IEstimator<ITransformer> keys = texts.Length > 0 ? ml.Transforms.Conversion.MapValueToKey(texts) : ml.Transforms.SelectColumns(names);
using var model = TrainingDisplay.Run(options.Epochs, progress => keys
    .Append(ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
    {
        InputColumns = [.. table.Columns.Select(column => new VaeInputColumn(column.Name) { Scaling = column.Kind == TableColumnKind.Category ? null : VaeScaling.Quantile })],
        NumberOfEpochs = options.Epochs,
        Progress = progress,
    }))
    .Fit(rows));

// Latents from a mixture of normal distributions that is fitted to those of the training rows; rows drawn from p(x|z); keys back to texts.
using GaussianMixtureSampler sampler = GaussianMixtureSampler.Fit(model, rows);
IDataView drawn = ml.Data.SampleFromVae(model, options.Rows, sampler, VaeDecoding.Draw, seed: options.Seed);
IDataView synthetic = texts.Length > 0 ? ml.Transforms.Conversion.MapKeyToValue(texts).Append(ml.Transforms.SelectColumns(names)).Fit(drawn).Transform(drawn) : drawn;
string path = PathOf("synthetic.csv");
using (FileStream file = File.Create(path))
{
    ml.Data.SaveAsText(synthetic, file, separatorChar: ',', schema: false, forceDense: true);
}

// The file is judged as its readers see it.
IDataView Read(string name) => ml.Data.Cache(table.Load(ml, PathOf(name), asFeatures: true));
(IDataView real, IDataView heldOut, IDataView made) = (Read("train.csv"), Read("test.csv"), Read("synthetic.csv"));
VaeTransferQuality? worth = options.Label is { } label ? LabelClassifier.Compare(ml, table, label, made, real, heldOut) : null;
QualityReport.Write(ml.Data.EvaluateVaeSamples(real, made), ml.Data.EvaluateVaeSamples(real, heldOut), options.Label, worth);
Console.WriteLine($"{options.Rows} rows in {path} after {clock.Elapsed.TotalSeconds:F0} s");
return 0;
