using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
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

    [SkippableTheory]
    [InlineData("dense", 60)]
    [InlineData("convolutional", 12)]
    public void With_better_settings_it_reaches_106_nats(string kind, int epochs)
    {
        string? folder = Repository.Data("mnist");
        Skip.If(folder is null, "MNIST is not here: ../shared/data/mnist is absent.");
        ImageSet images = IdxImages.Read(folder!);
        var ml = new MLContext(seed: 1);
        ITransformer pixels = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite));
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            Network = kind == "dense"
                ? new VaeNetwork.Dense(512, 256) { Activation = VaeActivation.SiLU }
                : new VaeNetwork.Convolutional(1, 28, 28) { Activation = VaeActivation.SiLU },
            Likelihood = VaeLikelihood.Bernoulli,
            Prior = new VaePrior.Vamp { Components = 200 },
            NumberOfEpochs = epochs,
            LearningRate = 2e-3,
            LearningRateSchedule = VaeLearningRateSchedule.Cosine,
            LearningRateWarmUpEpochs = 3,
            WeightDecay = 0.3,
        }).Fit(pixels.Transform(ml.Data.LoadFromEnumerable(images.Train)));

        VaeMetrics metrics = ml.Model.EvaluateVariationalAutoencoder(model, pixels.Transform(ml.Data.LoadFromEnumerable(images.Test)), draws: 50);
        output.WriteLine($"test negative ELBO {-metrics.Elbo:F2} nats (reconstruction {-metrics.Reconstruction:F2}, KL {metrics.Kl:F2}), -log p(x) by 50 draws {-metrics.LogLikelihood:F2} +- {metrics.LogLikelihoodStandardError:F2}, "
            + $"{metrics.ActiveUnits} active units; training {-model.History[^1].Elbo:F2}, {8000 * model.History.Sum(epoch => 1 / epoch.RowsPerSecond):F0} s");
        Assert.True(-metrics.Elbo <= 106, $"test negative ELBO {-metrics.Elbo} nats");
    }

    [SkippableFact]
    public void Draws_of_a_label_are_recognised_as_it_by_a_classifier_of_real_images()
    {
        const int PerLabel = 100;
        string? folder = Repository.Data("mnist");
        Skip.If(folder is null, "MNIST is not here: ../shared/data/mnist is absent.");
        ImageSet images = IdxImages.Read(folder!);
        var ml = new MLContext(seed: 1);
        IDataView raw = ml.Data.LoadFromEnumerable(images.Train);
        ITransformer prepare = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite))
            .Append(ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(raw));
        IDataView train = prepare.Transform(raw);
        ITransformer classifier = ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Features").Fit(train);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options { Likelihood = VaeLikelihood.Bernoulli, LabelColumnName = "Label" }).Fit(train);

        uint[] labels = [.. Enumerable.Range(0, 10 * PerLabel).Select(index => (uint)(index / PerLabel + 1))];
        var decoded = new float[labels.Length * model.InputSize];
        model.Decode(StandardNormal.Draw(labels.Length * model.LatentDimension, seed: 1), labels, decoded);
        IDataView drawn = ml.Data.LoadFromEnumerable(labels.Select((label, index) => new Drawn { Label = label, Features = decoded.AsSpan(index * model.InputSize, model.InputSize).ToArray() }));
        uint[] recognised = [.. ml.Data.CreateEnumerable<Recognised>(classifier.Transform(drawn), reuseRowObject: false).Select(row => row.PredictedLabel)];

        double right = labels.Zip(recognised).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        double onRealImages = ml.MulticlassClassification.Evaluate(classifier.Transform(prepare.Transform(ml.Data.LoadFromEnumerable(images.Test)))).MicroAccuracy;
        output.WriteLine($"draws recognised as their label: {right:P1}; the classifier on real held-out images: {onRealImages:P1}");
        Assert.True(right >= 0.9, $"{right:P1} of the draws are recognised");
    }

    private sealed class Drawn
    {
        [KeyType(10)]
        public uint Label { get; set; }

        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Recognised
    {
        public uint PredictedLabel { get; set; }
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
