using Microsoft.ML;

namespace Vae.MLNet.Quality.Images;

/// <summary>How good the default network is on real images, and that its saved weights mean the same in PyTorch.</summary>
internal static class DefaultModel
{
    public static Figure Figure { get; } = new("mnist", "the default network on MNIST: ELBO, a linear classifier on the latents, PyTorch on the saved weights", Mnist.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        var mnist = new Mnist();
        MLContext ml = mnist.Ml;
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            Likelihood = VaeLikelihood.Bernoulli,
            LogVarianceColumnName = "LogVariance",
            ReconstructionColumnName = "Reconstruction",
            ScoreColumnName = "NegativeElbo",
            NumberOfEpochs = effort.Of(8, 30),
            Seed = effort.Seed ?? 1,
        }).Fit(mnist.Train);
        IDataView encoded = ml.Data.Cache(model.Transform(mnist.Test));
        double elbo = -encoded.ValuesOf<float>("NegativeElbo").Average(value => (double)value);
        double accuracy = mnist.Accuracy(mnist.Classifier("Latent").Fit(model.Transform(mnist.Train)), encoded);
        report.Head("held-out images, 16 latents", "ELBO, nats per image", "accuracy of a linear classifier on the latents");
        report.Row("MNIST", Report.Number(elbo), Report.Number(accuracy));
        report.AtLeast("ELBO", elbo, effort.Of(-122, -112));
        report.AtLeast("accuracy", accuracy, 0.87);
        if (PyTorch.IsPresent)
        {
            IEnumerable<float[]> outputs = encoded.VectorsOf("Latent")
                .Zip(encoded.VectorsOf("LogVariance"), (latent, logVariance) => (float[])[.. latent, .. logVariance])
                .Zip(encoded.VectorsOf("Reconstruction"), (said, reconstruction) => (float[])[.. said, .. reconstruction])
                .Zip(encoded.ValuesOf<float>("NegativeElbo"), (said, score) => (float[])[.. said, score]);
            (bool isSame, string differences) = PyTorch.Compare(ml, model, mnist.Test, encoded.VectorsOf("Features"), outputs);
            report.Promise(isSame, "PyTorch computes the same from the saved weights; " + differences.Trim().ReplaceLineEndings("; "));
        }
        else
        {
            report.Skip("there is no Python with PyTorch and NumPy to compute from the saved weights");
        }
    }
}
