using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Samples;
using Xunit.Abstractions;

namespace Vae.MLNet.Tests;

/// <summary>The drawn shapes, whose factors are known: where, how large and of what kind.</summary>
public sealed class DisentanglementTests(ITestOutputHelper output)
{
    private static readonly string[] s_factors = ["X", "Y", "Size", "Kind"];

    [Fact]
    public void Beta_total_correlation_gives_each_factor_a_latent_of_its_own_more_than_the_elbo_does()
    {
        var ml = new MLContext(seed: 1);
        IReadOnlyList<ShapeImage> images = ShapeImages.Draw(5000, seed: 1);
        IDataView raw = ml.Data.LoadFromEnumerable(images);
        IDataView data = ml.Transforms.NormalizeMinMax("Features").Append(ml.Transforms.Conversion.MapValueToKey("Kind", "Label")).Fit(raw).Transform(raw);
        for (int seed = 1; seed <= 5; seed++)
        {
            double plain = Gap(ml, data, new VaeObjective.Elbo(), seed);
            double disentangled = Gap(ml, data, new VaeObjective.BetaTotalCorrelation { Beta = 10 }, seed);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: mutual information gap {disentangled:F3} with total correlation, {plain:F3} with the ELBO"));
            Assert.True(disentangled > plain, $"seed {seed}: {disentangled} against {plain}");
        }
    }

    private double Gap(MLContext ml, IDataView data, VaeObjective objective, int seed)
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
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {objective.GetType().Name}: ELBO {metrics.Elbo:F1}, {metrics.ActiveUnits} active, {string.Join(", ", metrics.FactorGaps.Select(factor => $"{factor.ColumnName} {factor.Gap:F2} by z{factor.Dimension}"))}"));
        return metrics.MutualInformationGap!.Value;
    }
}
