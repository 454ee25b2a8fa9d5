using Microsoft.ML;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>The two models that are measured: 784-400-20-400-784 for images, 30-128-64-8-64-128-30 for a table; rectified units.</summary>
internal static class Models
{
    public const int ImageHidden = 400;
    public const int ImageLatent = 20;
    public const int TableLatent = 8;

    private const int FewRows = 512;

    public static VaeEstimator.Options ForImages => new()
    {
        LatentDimension = ImageLatent,
        Network = new VaeNetwork.Dense(ImageHidden) { Activation = VaeActivation.ReLU },
        Likelihood = VaeLikelihood.Bernoulli,
        NumberOfEpochs = 1,
        Seed = 1,
    };

    public static VaeEstimator.Options ForTable => new()
    {
        LatentDimension = TableLatent,
        Network = new VaeNetwork.Dense(128, 64) { Activation = VaeActivation.ReLU },
        NumberOfEpochs = 1,
        Seed = 1,
    };

    /// <summary>Trained for a moment: what it has learned does not change its speed.</summary>
    public static VaeTransformer Image(MLContext ml) => ml.Transforms.VariationalAutoencoder(ForImages).Fit(ml.Data.LoadFromEnumerable(Rows.Images(FewRows)));

    /// <summary>The smallest: 30-64-8.</summary>
    public static VaeTransformer SmallTable(MLContext ml)
    {
        VaeEstimator.Options options = ForTable;
        options.Network = new VaeNetwork.Dense(64) { Activation = VaeActivation.ReLU };
        return ml.Transforms.VariationalAutoencoder(options).Fit(ml.Data.LoadFromEnumerable(Rows.Table(FewRows)));
    }
}
