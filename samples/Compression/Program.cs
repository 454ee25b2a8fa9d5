// Images in a few bytes each: their latents, quantised, in a file, and decoded again; beside as many principal components, and beside gzip.
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;
using Vae.MLNet;
using Vae.MLNet.Samples;
using Vae.MLNet.Samples.Compression;

const int Numbers = 16; // Of an image.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var clock = Stopwatch.StartNew();
if (!ImageOptions.TryParse(args, "Compression", epochs: 30, out ImageOptions? options) || !options.TryGetImages(out ImageSet? images))
{
    return 1;
}
Console.WriteLine(RunningOn.Versions);
Console.WriteLine($"{images.Description}: {images.Train.Count} images to train on, {images.Test.Count} held out, which are compressed");
var ml = new MLContext(options.Seed);
ITransformer normaliser = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite));
IDataView train = ml.Data.Cache(normaliser.Transform(ml.Data.LoadFromEnumerable(images.Train)), "Features");
IDataView test = normaliser.Transform(ml.Data.LoadFromEnumerable(images.Test));
float[][] originals = [.. test.GetColumn<float[]>("Features")];
using VaeTransformer model = TrainingDisplay.Run(options.Epochs, progress => ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
{
    LatentDimension = Numbers,
    Likelihood = VaeLikelihood.Bernoulli,
    NumberOfEpochs = options.Epochs,
    BatchSize = 256,
    LearningRate = 0.002,
    Progress = progress,
}).Fit(train));
ITransformer pca = ml.Transforms.ProjectToPrincipalComponents("Components", "Features", rank: Numbers).Fit(train);
IEnumerable<float[]> Components(IDataView rows) => pca.Transform(rows).GetColumn<float[]>("Components");
using var linear = new LinearDecoder([.. Components(train)], [.. train.GetColumn<float[]>("Features")]);

string PathOf(string name) => Path.Combine(options.Out, name);
Table report = new Table().AddColumns("Held-out images", "Bytes per image", "Smaller by", "Error of a pixel (RMS)");
void Report(string what, long size, float[][] found)
{
    double error = Math.Sqrt(found.Zip(originals, (one, other) => one.Zip(other, (a, b) => (a - b) * (a - b)).Average()).Average());
    report.AddRow(what, $"{(double)size / originals.Length:F1}", $"{(double)originals.Length * ImageRow.Pixels / size:F0} x", $"{error:F3}");
}
float[][] Decoded(float[][] latents)
{
    float[] pixels = new float[latents.Length * ImageRow.Pixels];
    model.Decode([.. latents.SelectMany(latent => latent)], pixels);
    return [.. pixels.Chunk(ImageRow.Pixels)];
}

// There and back through a file: what is written is all that the decoder gets.
var pictures = new List<float[][]> { originals };
foreach (int bits in new[] { 8, 4 })
{
    (string vaePath, string pcaPath) = (PathOf($"vae-{bits}bit.bin"), PathOf($"pca-{bits}bit.bin"));
    long vaeSize = LatentFile.Write(vaePath, [.. model.Transform(test).GetColumn<float[]>("Latent")], bits);
    long pcaSize = LatentFile.Write(pcaPath, [.. Components(test)], bits);
    (float[][] byVae, float[][] byPca) = (Decoded(LatentFile.Read(vaePath)), linear.Decode(LatentFile.Read(pcaPath)));
    Report($"PCA, {Numbers} x {bits} bits", pcaSize, byPca);
    Report($"VAE, {Numbers} x {bits} bits", vaeSize, byVae);
    pictures.AddRange(bits == 4 ? [byVae, byPca] : []);
}
string gzipPath = PathOf("raw.gz");
using (var gzip = new GZipStream(File.Create(gzipPath), CompressionLevel.SmallestSize))
{
    gzip.Write([.. originals.SelectMany(image => image.Select(pixel => (byte)MathF.Round(255 * pixel)))]);
}
Report("gzip, without loss", new FileInfo(gzipPath).Length, originals);
AnsiConsole.Write(report);

// Whoever decompresses needs the model, once.
string modelPath = PathOf("model.zip");
ml.Model.Save(model, train.Schema, modelPath);
string picturePath = PathOf("compressed.png");
ImageGrid.Write(picturePath, [.. pictures.SelectMany(set => set.Take(15).SelectMany(image => image))], columns: 15);
Console.WriteLine($"{modelPath}, {new FileInfo(modelPath).Length / 1e6:F1} MB, which decompressing needs once{Environment.NewLine}{picturePath} after {clock.Elapsed.TotalSeconds:F0} s");
return 0;
