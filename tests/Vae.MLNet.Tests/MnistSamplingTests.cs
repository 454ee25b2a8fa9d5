using Microsoft.ML;
using Microsoft.ML.Transforms;
using Vae.MLNet.Samples;
using Vae.MLNet.Sampling;
using Xunit.Abstractions;

namespace Vae.MLNet.Tests;

/// <summary>What generated digits are worth (LeCun, Cortes and Burges, 1998): a conditional model of 8,000 images, a classifier that sees only generated ones, 2,000 held-out real ones to judge it.</summary>
public sealed class MnistSamplingTests(ITestOutputHelper output)
{
    private const int Images = 8000;

    [SkippableFact]
    public void A_classifier_of_generated_images_knows_80_percent_of_the_real_ones_and_samplers_beat_the_prior()
    {
        string? folder = Repository.Data("mnist");
        Skip.If(folder is null, "MNIST is not here: ../shared/data/mnist is absent.");
        ImageSet images = IdxImages.Read(folder!);
        var ml = new MLContext(seed: 1);
        ITransformer prepared = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(ml.Data.LoadFromEnumerable(images.Train)));
        IDataView train = ml.Data.Cache(prepared.Transform(ml.Data.LoadFromEnumerable(images.Train)));
        IDataView test = ml.Data.Cache(prepared.Transform(ml.Data.LoadFromEnumerable(images.Test)));
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            LabelColumnName = "Label",
            Likelihood = VaeLikelihood.Bernoulli,
            Seed = 1,
        }).Fit(train);
        var classifier = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Features");
        double Accuracy(ITransformer of, IDataView rows) => ml.MulticlassClassification.Evaluate(of.Transform(rows)).MicroAccuracy;
        ITransformer ofReal = classifier.Fit(train);
        double real = Accuracy(ofReal, test);
        output.WriteLine($"trained on {Images} real images: {real:F4}");

        Quality Judge(string name, VaeSampler sampler)
        {
            IDataView sampled = ml.Data.Cache(ml.Data.SampleFromVae(model, Images, sampler, VaeDecoding.Mean, seed: 5));
            VaeSampleQuality quality = ml.Data.EvaluateVaeSamples(train, sampled, neighbourRows: 200, columnNames: "Features");
            var found = new Quality(Accuracy(classifier.Fit(sampled), test), Accuracy(ofReal, sampled), quality.CorrelationSimilarity, quality.NearestNeighbourRatio);
            output.WriteLine($"{name}: {found}");
            return found;
        }

        Quality prior = Judge("prior", new PriorSampler());
        Quality mixture = Judge("mixture", GaussianMixtureSampler.Fit(model, train));
        using FlowSampler flow = FlowSampler.Fit(model, train, new FlowSampler.Options { NumberOfEpochs = 25 });
        foreach (Quality sampler in new[] { mixture, Judge("flow", flow) })
        {
            Assert.True(sampler.Trained >= 0.80, $"{sampler}");
            Assert.True(sampler.Trained >= prior.Trained, $"{sampler} against {prior}");
            Assert.True(sampler.Recognised >= prior.Recognised, $"{sampler} against {prior}");
            Assert.True(sampler.Correlations >= prior.Correlations, $"{sampler} against {prior}");
        }
        Assert.True(prior.Trained >= 0.80, $"{prior}");
    }

    /// <param name="Trained">Accuracy on real images of a classifier that was trained on generated ones.</param>
    /// <param name="Recognised">Accuracy on generated images of a classifier that was trained on real ones.</param>
    /// <param name="Correlations">Similarity of the pixels' correlations.</param>
    /// <param name="NearestNeighbours">0 for copies of training images.</param>
    private sealed record Quality(double Trained, double Recognised, double Correlations, double NearestNeighbours);
}
