// Clean images out of noisy ones: while training, the encoder sees noise that the decoder is not asked for, and learns to look through it.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.Denoising;

const double Deviation = 0.4; // Of the noise, where black is 0 and white is 1.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!ImageOptions.TryParse(args, "Denoising", epochs: 30, out ImageOptions? options) || !options.TryGetImages(out ImageSet? images))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
Console.WriteLine($"{images.Description}: {images.Train.Count} images to train on, {images.Test.Count} held out");

// Training rows are clean; held-out rows get noise that is never seen in training.
var ml = new MLContext(options.Seed);
ITransformer normaliser = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite));
IDataView Rows(IEnumerable<ImageRow> rows) => normaliser.Transform(ml.Data.LoadFromEnumerable(rows));
IDataView train = ml.Data.Cache(Rows(images.Train), "Features");
ImageRow[] noisyRows = [.. images.Test.Select((image, index) => Noise.Add(image, Deviation, options.Seed + 1 + index))];
float[][] clean = [.. images.Test.Select(image => Pixels(image))];
float[][] noisy = [.. noisyRows.Select(Pixels)];
static float[] Pixels(ImageRow image) => [.. image.Features.Select(pixel => pixel / 255)];

float[][] Denoise(double inputNoise)
{
    Console.WriteLine(inputNoise > 0 ? "Training with noise" : "Training without noise, to compare");
    using VaeTransformer model = TrainingDisplay.Run(options.Epochs, progress => ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
    {
        ReconstructionColumnName = "Reconstruction",
        Likelihood = VaeLikelihood.Bernoulli,
        InputNoise = inputNoise, // The one line that makes it denoise.
        NumberOfEpochs = options.Epochs,
        BatchSize = 256,
        LearningRate = 0.002,
        Progress = progress,
    }).Fit(train));
    return [.. ml.Data.CreateEnumerable<DenoisedImage>(model.Transform(Rows(noisyRows)), reuseRowObject: false).Select(image => image.Reconstruction)];
}
(float[][] denoised, float[][] plain, float[][] blurred) = (Denoise(Deviation), Denoise(0), [.. noisy.Select(Noise.Blur)]);

// From the top: noisy, denoised, as it was; two such strips.
string path = Path.Combine(options.Out, "denoised.png");
int[][] strips = [.. Enumerable.Range(0, Math.Min(30, clean.Length)).Chunk(15)];
ImageGrid.Write(path, [.. strips.SelectMany(strip => new[] { noisy, denoised, clean }.SelectMany(set => strip.SelectMany(index => set[index])))], columns: 15, rowsPerGroup: 3);

string Error(float[][] found) => $"{Math.Sqrt(found.Zip(clean, (one, other) => one.Zip(other, (a, b) => (a - b) * (a - b)).Average()).Average()):F3}";
AnsiConsole.Write(new Table().AddColumns("Held-out images", "Root mean square error of a pixel")
    .AddRow("noisy", Error(noisy))
    .AddRow("each pixel the mean of those around it", Error(blurred))
    .AddRow("VAE trained without noise", Error(plain))
    .AddRow("VAE trained with noise", Error(denoised)));
Console.WriteLine($"{path} after {clock.Elapsed.TotalSeconds:F0} s");
return 0;
