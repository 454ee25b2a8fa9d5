using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.ModelFiles;

/// <summary>A row with a column of every kind.</summary>
internal sealed class Point
{
    [VectorType(6)]
    public float[] Features { get; set; } = [];

    [VectorType(1, 8, 8)]
    public float[] Image { get; set; } = [];

    public string Kind { get; set; } = "";

    public string Group { get; set; } = "";

    public bool Flag { get; set; }

    public int Whole { get; set; }

    public double Amount { get; set; }

    public static Point[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(row =>
        {
            double u = random.NextDouble();
            double v = random.NextDouble();
            return new Point
            {
                Features = [.. new[] { u, v, u * v, u - v, Math.Sin(5 * u), v * v }.Select(value => (float)(value + 0.02 * random.NextDouble()))],
                Image = [.. Enumerable.Range(0, 64).Select(pixel => pixel % 8 > 8 * u ? 1f : 0f)],
                // Each in the first rows, so that all rows' categories are known.
                Kind = row % 3 == 0 ? "ä" : row % 3 == 1 ? "b" : "c",
                Group = row % 2 == 0 ? "even" : "odd",
                Flag = u > 0.5,
                Whole = (int)(100 * v),
                Amount = Math.Exp(5 * u),
            };
        })];
    }
}

/// <summary>Models that are small and quick, and have between them every part that is saved.</summary>
internal static class SmallModels
{
    public static VaeEstimator.Options Vector() => new()
    {
        LogVarianceColumnName = "LogVariance",
        DrawColumnName = "Draw",
        ReconstructionColumnName = "Reconstruction",
        ScoreColumnName = "Score",
        LatentDimension = 2,
        Network = new VaeNetwork.Dense(8),
        NumberOfEpochs = 2,
        Seed = 7,
    };

    public static IEstimator<ITransformer> PrepareTable(MLContext ml) =>
        ml.Transforms.Conversion.MapValueToKey("Kind").Append(ml.Transforms.Conversion.MapValueToKey("Group"));

    /// <summary>Conditional, with categories, quantiles, a learned prior, imputations and a threshold.</summary>
    public static VaeEstimator.Options Table() => new()
    {
        InputColumns = ["Kind", "Flag", "Whole", new VaeInputColumn("Amount") { Scaling = VaeScaling.Quantile }, "Features"],
        LabelColumnName = "Group",
        ScoreColumnName = "Score",
        PredictedLabelColumnName = "PredictedLabel",
        ReconstructionColumnSuffix = "Reconstructed",
        ImputedColumnSuffix = "Imputed",
        Imputation = VaeImputation.Draw,
        NumberOfImputations = 2,
        ImputationDraws = 4,
        LatentDimension = 2,
        Network = new VaeNetwork.Dense(8) { LayerNorm = true },
        Prior = new VaePrior.Vamp { Components = 3 },
        NumberOfEpochs = 2,
        Seed = 7,
    };

    public static VaeEstimator.Options Images() => new()
    {
        InputColumnName = "Image",
        ReconstructionColumnName = "Reconstruction",
        Likelihood = VaeLikelihood.Bernoulli,
        LatentDimension = 2,
        Network = new VaeNetwork.Convolutional(1, 8, 8) { LayerChannels = [2], HiddenLayerSize = 8 },
        NumberOfEpochs = 1,
        Seed = 7,
    };
}
