// New images of a kind that is asked for: a conditional variational autoencoder learns to draw, and samplers, paths and traversals say what.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.Generation;
using Vae.MLNet.Sampling;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!ImageOptions.TryParse(args, "Generation", epochs: 60, out ImageOptions? options) || !options.TryGetImages(out ImageSet? images))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
Console.WriteLine($"{images.Description}: {images.Train.Count} images to train on, {images.Test.Count} held out");
string[] kinds = [.. images.Train.Select(image => image.Label).Intersect(images.Test.Select(image => image.Label)).Order(StringComparer.Ordinal)];
ImageRow[] HeldOut(string kind) => [.. images.Test.Where(image => image.Label == kind)];

// Every pixel divided by 255; labels become keys, the condition of the model.
var ml = new MLContext(options.Seed);
IDataView rows = ml.Data.LoadFromEnumerable(images.Train);
ITransformer prepare = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite))
    .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(rows));
IDataView Prepared(params IEnumerable<ImageRow> some) => prepare.Transform(ml.Data.LoadFromEnumerable(some));
(IDataView train, IDataView test) = (Prepared(images.Train), Prepared(images.Test));
using VaeTransformer vae = TrainingDisplay.Run(options.Epochs, progress => ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
{
    LabelColumnName = "Label",
    LatentDimension = 8,
    Likelihood = VaeLikelihood.Bernoulli,
    Objective = new VaeObjective.Elbo { Beta = 2 }, // smoother paths and clearer traversals than with 1
    NumberOfEpochs = options.Epochs,
    BatchSize = 256,
    LearningRate = 0.002,
    Progress = progress,
}).Fit(train));
float[] Pixels(IDataView view) => [.. ml.Data.CreateEnumerable<GeneratedImage>(view, reuseRowObject: false).SelectMany(image => image.Features)];
string Write(string name, IEnumerable<IDataView> views, int columns, int columnsPerGroup = int.MaxValue, int rowsPerGroup = int.MaxValue)
{
    string path = Path.Combine(options.Out, name);
    ImageGrid.Write(path, views.SelectMany(Pixels).ToArray(), columns, columnsPerGroup, rowsPerGroup);
    return path;
}

// Each kind in a row: on the left latents come from a mixture of normal distributions fitted to those of the training images, on the right from the prior N(0, I).
using GaussianMixtureSampler mixture = GaussianMixtureSampler.Fit(vae, train);
using var prior = new PriorSampler();
string kindsPath = Write("kinds.png", kinds.SelectMany(kind => new VaeSampler[] { mixture, prior }.Select(sampler =>
    ml.Data.SampleFromVae(vae, 8, sampler, VaeDecoding.Mean, kind, options.Seed))), columns: 16, columnsPerGroup: 8);

// From one held-out image to another of its kind: on a straight line, and below it along the sphere.
string interpolationPath = Write("interpolation.png", kinds.Take(5).SelectMany(kind => new[] { VaePath.Linear, VaePath.Spherical }.Select(path =>
    ml.Data.InterpolateVae(vae, Prepared(HeldOut(kind)[0], HeldOut(kind)[^1]), steps: 12, path))), columns: 12, rowsPerGroup: 2);

// What latent dimensions mean: each row changes one of the six that tell most of an image, and nothing else, for three kinds side by side.
VaeMetrics metrics = ml.Model.EvaluateVariationalAutoencoder(vae, test, draws: 1);
IEnumerable<int> telling = Enumerable.Range(0, vae.LatentDimension).OrderByDescending(dimension => metrics.KlPerDimension[dimension]).Take(6);
string[] three = [.. kinds.Where((_, index) => index % 2 == 0).Take(3)];
string traversalPath = Write("traversal.png", telling.SelectMany(dimension => three.Select(kind =>
    ml.Data.TraverseVae(vae, dimension, from: -2, to: 2, steps: 6, Prepared(HeldOut(kind)[0])))), columns: 6 * three.Length, columnsPerGroup: 6);

// What the images are worth: a classifier, of latents as in the sample FeatureExtraction, that saw nothing but them is asked about real ones.
Console.WriteLine("Training classifiers on generated and on real images");
IEstimator<ITransformer> classifier = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
{
    Network = new VaeNetwork.Dense(256),
    Likelihood = VaeLikelihood.Bernoulli,
    NumberOfEpochs = 12,
    BatchSize = 256,
    LearningRate = 0.002,
}).Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Latent"));
VaeTransferQuality Worth(VaeSampler sampler)
{
    IDataView generated = ml.Data.Cache(ml.Data.SampleFromVae(vae, images.Train.Count, sampler, VaeDecoding.Mean, seed: options.Seed));
    return ml.Data.TrainOnVaeSamples(generated, train, test, classifier, scored => ml.MulticlassClassification.Evaluate(scored).MicroAccuracy);
}
(VaeTransferQuality byMixture, VaeTransferQuality byPrior) = (Worth(mixture), Worth(prior));

AnsiConsole.Write(new Table().AddColumns("A classifier trained on", "is right about real, held-out images")
    .AddRow("images from the mixture", $"{byMixture.TrainedOnSamples:P1}")
    .AddRow("images from the prior", $"{byPrior.TrainedOnSamples:P1}")
    .AddRow("real images", $"{byMixture.TrainedOnReal:P1}"));
Console.WriteLine($"ELBO of held-out images {metrics.Elbo:F2} nats per image, {metrics.ActiveUnits} of {vae.LatentDimension} latent dimensions active, {clock.Elapsed.TotalSeconds:F0} s");
Console.WriteLine(string.Join(Environment.NewLine, kindsPath, interpolationPath, traversalPath));
return 0;
