// A training that somebody may kill at any moment: trains on rows of its own with a checkpoint folder, says each finished epoch, and saves the model.
// Arguments: the checkpoint folder, the model to write, the number of epochs.
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet;

var random = new Random(3);
Input[] rows = [.. Enumerable.Range(0, 1200).Select(_ =>
{
    double a = random.NextDouble();
    double b = random.NextDouble();
    return new Input { Features = [.. new[] { a, b, a * b, a - b, Math.Sin(6 * a), b * b }.Select(value => (float)(value + 0.05 * random.NextDouble()))] };
})];
var ml = new MLContext(seed: 1);
IDataView data = ml.Data.LoadFromEnumerable(rows);
// Everything that a checkpoint has to keep, or that has to be drawn again as it was.
using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
{
    LatentDimension = 3,
    Network = new VaeNetwork.Dense(48, 24) { Dropout = 0.1, LayerNorm = true },
    Prior = new VaePrior.Vamp { Components = 10 },
    NumberOfEpochs = int.Parse(args[2], CultureInfo.InvariantCulture),
    BatchSize = 32,
    LearningRateSchedule = VaeLearningRateSchedule.Plateau,
    LearningRateWarmUpEpochs = 2,
    ValidationFraction = 0.1,
    EarlyStoppingPatience = 1000,
    WeightDecay = 0.01,
    GradientClipping = 5,
    InputNoise = 0.05,
    MaskingRate = 0.1,
    CheckpointFolder = args[0],
    Progress = new Told(),
}).Fit(data);
ml.Model.Save(model, data.Schema, args[1]);

internal sealed class Input
{
    [VectorType(6)]
    public float[] Features { get; set; } = [];
}

// At once and in order, unlike Progress<T>.
internal sealed class Told : IProgress<VaeProgress>
{
    public void Report(VaeProgress value) => Console.WriteLine(value.Epoch);
}
