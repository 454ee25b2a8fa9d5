using Microsoft.ML;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>The model that the explorer trains where it is given none: of discs, squares, triangles, crosses and rings.</summary>
internal static class DrawnShapes
{
    private const int Images = 10_000;
    private const int Epochs = 24;
    private const int Seed = 1;

    /// <summary>Trains for less than a minute.</summary>
    /// <param name="images">How many are drawn: four fifths to train on, the rest on the map.</param>
    /// <param name="epochs">How often training goes over them.</param>
    public static Explorer Train(int images = Images, int epochs = Epochs)
    {
        var ml = new MLContext(Seed);
        var set = ImageSet.Split("drawn shapes", ShapeImages.Draw(images, Seed));
        IDataView train = ml.Data.LoadFromEnumerable(set.Train);
        ITransformer normaliser = ml.Transforms.NormalizeMinMax("Features").Fit(ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite));
        VaeTransformer vae = TrainingDisplay.Run(epochs, progress => ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            LatentDimension = 8,
            Likelihood = VaeLikelihood.Bernoulli,
            Objective = new VaeObjective.Elbo { Beta = 2 }, // smoother ways between rows and clearer dimensions than with 1
            NumberOfEpochs = epochs,
            BatchSize = 256,
            LearningRate = 0.002,
            Progress = progress,
        }).Fit(normaliser.Transform(train)));
        return Explorer.Of("Drawn shapes", ml, normaliser.Append(vae), ml.Data.LoadFromEnumerable(set.Test), "Label");
    }
}
