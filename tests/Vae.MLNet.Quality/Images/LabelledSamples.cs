using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Samples;

namespace Vae.MLNet.Quality.Images;

/// <summary>Whether digits that a conditional model decodes for a label are recognised as it by a classifier of real images.</summary>
internal static class LabelledSamples
{
    private const int Labels = 10;
    private const int PerLabel = 100;

    public static Figure Figure { get; } = new("mnist-labels", "digits decoded for a label, recognised by a classifier of real ones", Mnist.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        var mnist = new Mnist();
        ITransformer classifier = mnist.Classifier("Features").Fit(mnist.Train);
        using VaeTransformer model = mnist.Ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            Likelihood = VaeLikelihood.Bernoulli,
            LabelColumnName = "Label",
            NumberOfEpochs = effort.Of(8, 30),
            Seed = effort.Seed ?? 1,
        }).Fit(mnist.Train);
        uint[] labels = [.. Enumerable.Range(0, Labels * PerLabel).Select(index => (uint)(index / PerLabel + 1))];
        var decoded = new float[labels.Length * model.InputSize];
        model.Decode(StandardNormal.Draw(labels.Length * model.LatentDimension, seed: 1), labels, decoded);
        IDataView images = mnist.Ml.Data.LoadFromEnumerable(
            labels.Select((label, index) => new Image { Label = label, Features = decoded.AsSpan(index * model.InputSize, model.InputSize).ToArray() }));
        double recognised = labels.Zip(classifier.Transform(images).ValuesOf<uint>("PredictedLabel")).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        report.Head("images", "recognised as their label");
        report.Row("decoded for a label, latents from the prior", Report.Number(recognised));
        report.Row("real, held out", Report.Number(mnist.Accuracy(classifier, mnist.Test)));
        report.AtLeast("share of decoded images that are recognised", recognised, 0.9);
    }

    private sealed class Image
    {
        [KeyType(Labels)]
        public uint Label { get; set; }

        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }
}
