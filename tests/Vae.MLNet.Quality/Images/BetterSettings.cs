namespace Vae.MLNet.Quality.Images;

/// <summary>How good dense and convolutional networks are on real images with a learned prior and a regularised, longer training.</summary>
internal static class BetterSettings
{
    private const int ImportanceDraws = 50;

    public static Figure Figure { get; } = new("mnist-settings", "dense and convolutional networks on MNIST with a VampPrior, a cosine schedule and weight decay", Mnist.Folder, Measure);

    private static void Measure(Effort effort, Report report)
    {
        var mnist = new Mnist();
        report.Head("network", "epochs", "ELBO", "reconstruction", "KL", $"log p(x) by {ImportanceDraws} samples", "active units", "ELBO in training", "training, s");
        Try("dense", new VaeNetwork.Dense(512, 256) { Activation = VaeActivation.SiLU }, effort.Of(8, 60), effort.Of(-114, -106));
        Try("convolutional", new VaeNetwork.Convolutional(1, 28, 28) { Activation = VaeActivation.SiLU }, effort.Of(2, 12), effort.Of(-130, -106));

        void Try(string name, VaeNetwork network, int epochs, double promised)
        {
            using VaeTransformer model = mnist.Ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
            {
                Network = network,
                Likelihood = VaeLikelihood.Bernoulli,
                Prior = new VaePrior.Vamp { Components = 200 },
                NumberOfEpochs = epochs,
                LearningRate = 2e-3,
                LearningRateSchedule = VaeLearningRateSchedule.Cosine,
                LearningRateWarmUpEpochs = effort.Of(1, 3),
                WeightDecay = 0.3,
                Seed = effort.Seed ?? 1,
            }).Fit(mnist.Train);
            VaeMetrics metrics = mnist.Ml.Model.EvaluateVariationalAutoencoder(model, mnist.Test, effort.Of(1, ImportanceDraws));
            report.Row(
                name,
                $"{epochs}",
                Report.Number(metrics.Elbo),
                Report.Number(metrics.Reconstruction),
                Report.Number(metrics.Kl),
                effort.IsShort ? "" : $"{Report.Number(metrics.LogLikelihood)} +- {Report.Number(metrics.LogLikelihoodStandardError)}",
                $"{metrics.ActiveUnits}",
                Report.Number(model.History[^1].Elbo),
                $"{8000 * model.History.Sum(epoch => 1 / epoch.RowsPerSecond):F0}");
            report.AtLeast($"ELBO, {name}", metrics.Elbo, promised);
        }
    }
}
