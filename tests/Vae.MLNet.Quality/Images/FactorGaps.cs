using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Samples;

namespace Vae.MLNet.Quality.Images;

/// <summary>The mutual information gap (Chen et al., 2018) of the drawn shapes, whose factors are known: where, how large and of what kind.</summary>
internal static class FactorGaps
{
    private static readonly string[] s_factors = ["X", "Y", "Size", "Kind"];

    public static Figure Figure { get; } = new("disentanglement", "mutual information gap on drawn shapes, beta-TC against the ELBO", null, Measure);

    private static void Measure(Effort effort, Report report)
    {
        var ml = new MLContext(seed: 1);
        IReadOnlyList<ShapeImage> images = ShapeImages.Draw(5000, seed: 1);
        IDataView raw = ml.Data.LoadFromEnumerable(images);
        IDataView data = ml.Transforms.NormalizeMinMax("Features").Append(ml.Transforms.Conversion.MapValueToKey("Kind", "Label")).Fit(raw).Transform(raw);
        report.Head("objective", "seed", "mutual information gap", "ELBO", "active units", "gap of each factor");
        int first = effort.Seed ?? 1;
        for (int seed = first; seed < first + effort.Of(1, 5); seed++)
        {
            double plain = Gap(new VaeObjective.Elbo(), seed);
            double disentangled = Gap(new VaeObjective.BetaTotalCorrelation { Beta = 10 }, seed);
            report.Above($"gap, seed {seed}, beta-TC against the ELBO", disentangled, plain);
        }

        double Gap(VaeObjective objective, int seed)
        {
            using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
            {
                Likelihood = VaeLikelihood.Bernoulli,
                Objective = objective,
                Network = new VaeNetwork.Dense(256, 128),
                LatentDimension = 8,
                NumberOfEpochs = 20,
                Seed = seed,
            }).Fit(data);
            VaeMetrics metrics = ml.Model.EvaluateVariationalAutoencoder(model, data, 1, s_factors);
            report.Row(
                objective.GetType().Name,
                $"{seed}",
                Report.Number(metrics.MutualInformationGap!.Value),
                Report.Number(metrics.Elbo),
                $"{metrics.ActiveUnits}",
                string.Join(", ", metrics.FactorGaps.Select(factor => string.Create(CultureInfo.InvariantCulture, $"{factor.ColumnName} {factor.Gap:F2} by z{factor.Dimension}"))));
            return metrics.MutualInformationGap.Value;
        }
    }
}
