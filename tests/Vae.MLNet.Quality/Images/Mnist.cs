using Microsoft.ML;
using Microsoft.ML.Transforms;
using Vae.MLNet.Samples;

namespace Vae.MLNet.Quality.Images;

/// <summary>MNIST's test images (LeCun, Cortes and Burges, 1998): 8,000 to train on and 2,000 held out, pixels in [0, 1] and labels as keys.</summary>
internal sealed class Mnist
{
    public const string Folder = "mnist";

    public Mnist()
    {
        ImageSet images = IdxImages.Read(Repository.Data(Folder)!);
        ITransformer prepare = Ml.Transforms.NormalizeMinMax("Features").Fit(Ml.Data.LoadFromEnumerable(ImageRow.BlackAndWhite))
            .Append(Ml.Transforms.Conversion.MapValueToKey("Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue)
                .Fit(Ml.Data.LoadFromEnumerable(images.Train)));
        Train = Ml.Data.Cache(prepare.Transform(Ml.Data.LoadFromEnumerable(images.Train)));
        Test = Ml.Data.Cache(prepare.Transform(Ml.Data.LoadFromEnumerable(images.Test)));
    }

    public MLContext Ml { get; } = new(seed: 1);

    public IDataView Train { get; }

    public IDataView Test { get; }

    /// <summary>Returns the trainer of a linear classifier of the labels.</summary>
    public IEstimator<ITransformer> Classifier(string features) => Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", features);

    /// <summary>Computes the share of rows whose label a classifier says.</summary>
    public double Accuracy(ITransformer classifier, IDataView rows) => Ml.MulticlassClassification.Evaluate(classifier.Transform(rows)).MicroAccuracy;
}
