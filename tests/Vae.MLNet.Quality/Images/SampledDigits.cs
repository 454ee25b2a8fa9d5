using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Quality.Images;

/// <summary>What generated digits are worth: a conditional model of 8,000 images, a classifier that sees only generated ones, 2,000 held-out real ones to judge it.</summary>
internal static class SampledDigits
{
    public static Figure Figure { get; } = new("mnist-samples", "a classifier of digits that is trained on generated ones, by sampler", Mnist.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        var mnist = new Mnist();
        int images = effort.Of(2000, 8000);
        IDataView real = mnist.Ml.Data.Cache(mnist.Ml.Data.TakeRows(mnist.Train, images));
        using VaeTransformer model = mnist.Ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            LabelColumnName = "Label",
            Likelihood = VaeLikelihood.Bernoulli,
            NumberOfEpochs = effort.Of(10, 30),
            Seed = effort.Seed ?? 1,
        }).Fit(mnist.Train);
        IEstimator<ITransformer> trainer = mnist.Classifier("Features");
        ITransformer ofReal = trainer.Fit(real);
        report.Head("training images", "accuracy on real held-out images", "recognised by a classifier of real ones", "pixels' correlations", "nearest neighbour ratio");
        report.Row($"{images} real", Report.Number(mnist.Accuracy(ofReal, mnist.Test)), "", "", "");

        Worth prior = Judge("prior", new PriorSampler());
        RequireBetter("mixture", Judge("mixture", GaussianMixtureSampler.Fit(model, mnist.Train)));
        if (!effort.IsShort)
        {
            using FlowSampler flow = FlowSampler.Fit(model, mnist.Train, new FlowSampler.Options { NumberOfEpochs = 25 });
            RequireBetter("flow", Judge("flow", flow));
        }

        Worth Judge(string name, VaeSampler sampler)
        {
            IDataView sampled = mnist.Ml.Data.Cache(mnist.Ml.Data.SampleFromVae(model, images, sampler, VaeDecoding.Mean, seed: 5));
            VaeSampleQuality quality = mnist.Ml.Data.EvaluateVaeSamples(real, sampled, neighbourRows: 200, columnNames: "Features");
            var worth = new Worth(
                mnist.Accuracy(trainer.Fit(sampled), mnist.Test), mnist.Accuracy(ofReal, sampled), quality.CorrelationSimilarity, quality.NearestNeighbourRatio);
            report.Row(name, Report.Number(worth.Trained), Report.Number(worth.Recognised), Report.Number(worth.Correlations), Report.Number(worth.NearestNeighbours));
            report.AtLeast($"accuracy, {name}", worth.Trained, 0.80);
            return worth;
        }

        void RequireBetter(string name, Worth worth)
        {
            report.AtLeast($"accuracy, {name} against the prior", worth.Trained, prior.Trained);
            report.AtLeast($"recognised, {name} against the prior", worth.Recognised, prior.Recognised);
            report.AtLeast($"correlations, {name} against the prior", worth.Correlations, prior.Correlations);
        }
    }

    /// <param name="Trained">Accuracy on real images of a classifier that was trained on generated ones.</param>
    /// <param name="Recognised">Accuracy on generated images of a classifier that was trained on real ones.</param>
    /// <param name="Correlations">Similarity of the pixels' correlations.</param>
    /// <param name="NearestNeighbours">0 for copies of training images.</param>
    private sealed record Worth(double Trained, double Recognised, double Correlations, double NearestNeighbours);
}
