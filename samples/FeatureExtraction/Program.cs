// Image features without labels: a variational autoencoder learns 16 numbers that describe an image, and a linear classifier reads the label off them.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.FeatureExtraction;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!ImageOptions.TryParse(args, "FeatureExtraction", epochs: 80, out ImageOptions? options) || !options.TryGetImages(out ImageSet? images))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
Console.WriteLine($"{images.Description}: {images.Train.Count} images to train on, {images.Test.Count} held out");
var ml = new MLContext(options.Seed);
IDataView train = ml.Data.LoadFromEnumerable(images.Train);
IDataView test = ml.Data.LoadFromEnumerable(images.Test);

// Divides every pixel by 255. Fitted on a black and a white image, not on the training rows: there some pixels never reach white, and later images could exceed the 1 that Bernoulli allows.
ITransformer normaliser = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite));
using TransformerChain<KeyToValueMappingTransformer> trained = TrainingDisplay.Run(options.Epochs, progress => ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
    {
        InputColumnName = "Features",
        OutputColumnName = "Latent",
        ReconstructionColumnName = "Reconstruction",
        ScoreColumnName = "NegativeElbo",
        LatentDimension = 16,
        Likelihood = VaeLikelihood.Bernoulli,
        NumberOfEpochs = options.Epochs,
        Progress = progress,
    }))
    .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Latent"))
    .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"))
    .Fit(normaliser.Transform(train)));
ITransformer model = normaliser.Append(trained);

IDataView scored = model.Transform(test);
double accuracy = ml.MulticlassClassification.Evaluate(scored).MicroAccuracy;
ImagePrediction[] predictions = [.. ml.Data.CreateEnumerable<ImagePrediction>(scored, reuseRowObject: false)];
double elbo = -predictions.Average(prediction => prediction.NegativeElbo);

// What another program would do: load the file in an MLContext of its own, and ask about one image.
string modelPath = Path.Combine(options.Out, "model.zip");
ml.Model.Save(model, train.Schema, modelPath);
var elsewhere = new MLContext();
using PredictionEngine<ImageRow, ImagePrediction> engine = elsewhere.Model.CreatePredictionEngine<ImageRow, ImagePrediction>(elsewhere.Model.Load(modelPath, out _));
ImagePrediction one = engine.Predict(images.Test[0]);

string reconstructionsPath = Path.Combine(options.Out, "reconstructions.png");
ImageGrid.WritePairs(reconstructionsPath, predictions.Take(30).Select(prediction => (prediction.Features, prediction.Reconstruction)), columns: 10);

// New images: latents drawn from the prior N(0, I), decoded.
VaeTransformer vae = trained.OfType<VaeTransformer>().Single();
float[] samples = new float[60 * vae.InputSize];
vae.Decode(StandardNormal.Draw(60 * vae.LatentDimension, options.Seed), samples);
string samplesPath = Path.Combine(options.Out, "samples.png");
ImageGrid.Write(samplesPath, samples, columns: 10);

AnsiConsole.Write(new Table().HideHeaders().AddColumns("What", "Value")
    .AddRow("ELBO, held-out images", $"{elbo:F2} nats per image")
    .AddRow("Accuracy, held-out images", $"{accuracy:P1}")
    .AddRow("Loaded model, one image", $"{one.PredictedLabel} (it is {images.Test[0].Label})")
    .AddRow("Time", $"{clock.Elapsed.TotalSeconds:F0} s"));
Console.WriteLine(string.Join(Environment.NewLine, modelPath, reconstructionsPath, samplesPath));
return 0;
