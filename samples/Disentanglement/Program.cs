// What makes an autoencoder variational, and a variational one disentangled: three models of the same shapes are asked for what lies between two images, for random latents, and for one latent dimension at a time.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.Disentanglement;
using Vae.MLNet.Sampling;

const int LatentDimension = 10;
const int Steps = 11;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!DrawnOptions.TryParse(args, "Disentanglement", epochs: 30, out DrawnOptions? options))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
var ml = new MLContext(options.Seed);

// Upright shapes, so that four factors make an image: kind, place to the right, place downwards, size.
var ranges = new ShapeRanges { LargestShift = 5, SmallestSize = 6, LargestSize = 9, LargestRotation = 0 };
IReadOnlyList<ShapeImage> images = ShapeImages.Draw(6000, options.Seed, ranges);
ITransformer prepare = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite))
    .Append(ml.Transforms.Conversion.MapValueToKey("Kind", "Label").Fit(ml.Data.LoadFromEnumerable(images)));
IDataView Prepared(params IEnumerable<ShapeImage> some) => prepare.Transform(ml.Data.LoadFromEnumerable(some));
IDataView train = ml.Data.Cache(Prepared(images));
using var real = new RealImages([.. train.GetColumn<float[]>("Features")]);

(string Name, VaeObjective Objective)[] kinds =
[
    ("Autoencoder", new VaeObjective.Autoencoder()),
    ("VAE (beta = 4)", new VaeObjective.Elbo { Beta = 4 }), // With the plain ELBO, beta = 1, the same to a lesser degree.
    ("beta-TCVAE", new VaeObjective.BetaTotalCorrelation { Beta = 8 }),
];
VaeTransformer[] models = [.. kinds.Select(kind => TrainingDisplay.Run(options.Epochs, progress =>
{
    Console.WriteLine(kind.Name);
    return ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
    {
        Likelihood = VaeLikelihood.Bernoulli,
        Objective = kind.Objective,
        Network = new VaeNetwork.Dense(256, 128),
        LatentDimension = LatentDimension,
        NumberOfEpochs = options.Epochs,
        LearningRate = 0.002,
        Progress = progress,
    }).Fit(train);
}))];

// Ways between new images of one kind, 11 steps each. Shown are, for all models, those on which the autoencoder strays furthest from anything that could be a shape.
ShapeImage[] ends = [.. ShapeImages.Draw(100, options.Seed + 1, ranges)];
IDataView[] pairs = [.. Enumerable.Range(0, 40).Select(i => Prepared(ends[i], ends[i + 50]))];
float[][][][] ways = [.. models.Select(model => pairs.Select(pair => ml.Data.InterpolateVae(model, pair, Steps).GetColumn<float[]>("Features").ToArray()).ToArray())];
double[][] astray = [.. ways.Select(ofModel => ofModel.Select(way => (double)real.Distances(way).Max()).ToArray())];
int[] shown = [.. Enumerable.Range(0, pairs.Length).OrderByDescending(pair => astray[0][pair]).Take(4)];
string PathOf(string name) => Path.Combine(options.Out, name);
ImageGrid.Write(PathOf("interpolation.png"), [.. ways.SelectMany(ofModel => shown.SelectMany(pair => ofModel[pair].SelectMany(image => image)))], Steps, rowsPerGroup: shown.Length);

// The same draws from N(0, I), decoded by each.
const int Draws = 48;
float[][][] random = [.. models.Select(model =>
{
    float[] pixels = new float[Draws * ImageRow.Pixels];
    model.Decode(StandardNormal.Draw(Draws * LatentDimension, options.Seed), pixels);
    return pixels.Chunk(ImageRow.Pixels).ToArray();
})];
ImageGrid.Write(PathOf("random.png"), [.. random.SelectMany(ofModel => ofModel.SelectMany(image => image))], columns: 16, rowsPerGroup: 3);

// One latent dimension at a time, from one image on, over the range that the dimension has: a row for each dimension, models side by side.
IDataView start = Prepared(ends[1]);
float[][][] latents = [.. models.Select(model => model.Transform(train).GetColumn<float[]>("Latent").ToArray())];
IEnumerable<float[]> Traversal(int model, int dimension)
{
    float[] values = [.. latents[model].Select(latent => latent[dimension]).Order()];
    return ml.Data.TraverseVae(models[model], dimension, values[values.Length / 50], values[^(values.Length / 50)], steps: 7, start).GetColumn<float[]>("Features");
}
ImageGrid.Write(PathOf("traversal.png"), [.. Enumerable.Range(0, LatentDimension).SelectMany(dimension => Enumerable.Range(0, models.Length).SelectMany(model => Traversal(model, dimension).SelectMany(image => image)))], 7 * models.Length, columnsPerGroup: 7);

Table report = new Table().AddColumns("", "Random latents: distance from a shape", "Ways: distance at the worst step", "Mutual information gap");
foreach ((int i, (string name, _)) in kinds.Index())
{
    VaeMetrics metrics = ml.Model.EvaluateVariationalAutoencoder(models[i], train, draws: 1, "X", "Y", "Size", "Kind");
    report.AddRow(name, $"{real.Distances(random[i]).Average():F3}", $"{astray[i].Average():F3}", $"{metrics.MutualInformationGap:F2}");
    models[i].Dispose();
}
report.AddRow("new real images", $"{real.Distances([.. Prepared(ends).GetColumn<float[]>("Features")]).Average():F3}", "", "");
AnsiConsole.Write(report);
Console.WriteLine(string.Join(Environment.NewLine, PathOf("interpolation.png"), PathOf("random.png"), $"{PathOf("traversal.png")} after {clock.Elapsed.TotalSeconds:F0} s"));
return 0;
