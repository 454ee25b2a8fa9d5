using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Vae.MLNet.Samples.AnomalyDetection;

/// <summary>Scores that need no network, of the columns in standard deviations; a missing value counts as the mean.</summary>
internal static class Baselines
{
    private const string Scaled = "Scaled";

    /// <summary>The distance from the mean: sees a value that is odd by itself.</summary>
    public static float[] DistanceFromMean(MLContext ml, IDataView rows) => Lengths(Standardised(ml), rows);

    /// <summary>
    /// The distance from the mean along the principal components, each in its standard deviations (Mahalanobis): also sees a value that is odd beside the others, where they go along straight lines.
    /// </summary>
    public static float[] Mahalanobis(MLContext ml, IDataView rows, int columns) =>
        Lengths(Standardised(ml).Append(ml.Transforms.ProjectToPrincipalComponents(Scaled, rank: columns)).Append(ml.Transforms.NormalizeMeanVariance(Scaled, fixZero: false)), rows);

    private static EstimatorChain<NormalizingTransformer> Standardised(MLContext ml) => ml.Transforms
        .ReplaceMissingValues(Scaled, "Features", MissingValueReplacingEstimator.ReplacementMode.Mean)
        .Append(ml.Transforms.NormalizeMeanVariance(Scaled, fixZero: false));

    private static float[] Lengths(IEstimator<ITransformer> pipeline, IDataView rows) =>
        [.. pipeline.Fit(rows).Transform(rows).GetColumn<float[]>(Scaled).Select(row => MathF.Sqrt(row.Sum(value => value * value)))];
}
