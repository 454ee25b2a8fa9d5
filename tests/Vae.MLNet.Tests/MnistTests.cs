using Microsoft.ML;
using Vae.MLNet.Samples;
using Xunit.Abstractions;

namespace Vae.MLNet.Tests;

/// <summary>How good the default model is on real images (LeCun, Cortes and Burges, 1998): 8,000 rows to train on, 2,000 held out.</summary>
public sealed class MnistTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void The_default_network_reaches_112_nats_and_87_percent()
    {
        string? folder = Repository.Data("mnist");
        Skip.If(folder is null, "MNIST is not here: ../shared/data/mnist is absent.");
        ImageSet images = IdxImages.Read(folder!);
        var ml = new MLContext(seed: 1);
        IDataView train = ml.Data.LoadFromEnumerable(images.Train);
        IDataView test = ml.Data.LoadFromEnumerable(images.Test);
        ITransformer pixels = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite));

        using var model = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options { Likelihood = VaeLikelihood.Bernoulli, LogVarianceColumnName = "LogVariance", ReconstructionColumnName = "Reconstruction", ScoreColumnName = "NegativeElbo" }))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Latent"))
            .Fit(pixels.Transform(train));
        IDataView scored = model.Transform(pixels.Transform(test));
        Scored[] rows = [.. ml.Data.CreateEnumerable<Scored>(scored, reuseRowObject: false)];
        double negativeElbo = rows.Average(row => row.NegativeElbo);
        double accuracy = ml.MulticlassClassification.Evaluate(scored).MicroAccuracy;

        output.WriteLine($"test negative ELBO {negativeElbo:F2} nats, accuracy {accuracy:F4}");
        Assert.True(negativeElbo <= 112, $"test negative ELBO {negativeElbo} nats");
        Assert.True(accuracy >= 0.87, $"accuracy {accuracy}");
        if (PyTorch.IsPresent)
        {
            VaeTransformer vae = model.OfType<VaeTransformer>().Single();
            output.WriteLine(PyTorch.RequireSame(ml, vae, pixels.Transform(test), rows.Select(row => row.Features), rows.Select(row => (float[])[.. row.Latent, .. row.LogVariance, .. row.Reconstruction, row.NegativeElbo])));
        }
    }

    private sealed class Scored
    {
        public float[] Features { get; set; } = [];

        public float[] Latent { get; set; } = [];

        public float[] LogVariance { get; set; } = [];

        public float[] Reconstruction { get; set; } = [];

        public float NegativeElbo { get; set; }
    }
}
