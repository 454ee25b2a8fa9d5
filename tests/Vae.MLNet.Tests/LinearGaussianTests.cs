using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>
/// A linear VAE with one width for all numbers is probabilistic principal component analysis, whose best likelihood is known exactly (Tipping and Bishop, 1999), and its ELBO reaches it
/// (Lucas et al., 2019): training, scores and units in one number.
/// </summary>
public sealed class LinearGaussianTests
{
    private const int Columns = 8;
    private const int Latent = 3;
    private const int Rows = 2000;

    [Fact]
    public void A_linear_vae_reaches_the_exact_likelihood_of_probabilistic_pca()
    {
        var ml = new MLContext(seed: 1);
        float[][] rows = Make();
        IDataView data = ml.Data.LoadFromEnumerable(rows.Select(row => new Row { Features = row }));
        using VaeTransformer model = TestRows.Fit(ml, data, options =>
        {
            options.InputColumns = [new("Features") { Scaling = VaeScaling.None }];
            options.Network = new VaeNetwork.Dense();
            options.Noise = VaeNoise.Shared;
            options.LatentDimension = Latent;
            options.NumberOfEpochs = 100;
            options.LearningRate = 0.1;
            options.LearningRateSchedule = VaeLearningRateSchedule.Cosine;
            options.BatchSize = 200;
            options.ScoreDraws = 100;
        });
        double exact = BestLogLikelihood(rows);
        double bound = -ml.Outputs(model.Transform(data)).Average(output => output.Score);
        VaeMetrics metrics = ml.Model.EvaluateVariationalAutoencoder(model, data);
        foreach (double found in new[] { bound, metrics.LogLikelihood, metrics.Elbo })
        {
            Assert.True(Math.Abs(found - exact) < 0.01 * Math.Abs(exact), $"{found} nats per row; the exact maximum is {exact}");
        }
        // No model does better; a hundredth of a nat is left to chance.
        Assert.InRange(bound, metrics.Elbo - 0.01, exact + 0.01);
    }

    [Fact]
    public void Eigenvalues_are_right()
    {
        // Of a matrix with known ones: 1/sqrt(2) (1, 1) and (1, -1) as eigenvectors of 5 and 2.
        Assert.Equal([5, 2], Eigenvalues(new[,] { { 3.5, 1.5 }, { 1.5, 3.5 } }).Select(value => Math.Round(value, 9)));
    }

    // -1/2 (D log 2 pi + sum of the logarithms of the first eigenvalues + (D - L) log of the mean of the others + D) (Tipping and Bishop, 1999, section 3.2)
    private static double BestLogLikelihood(float[][] rows)
    {
        double[] means = [.. Enumerable.Range(0, Columns).Select(column => rows.Average(row => (double)row[column]))];
        var covariance = new double[Columns, Columns];
        for (int i = 0; i < Columns; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                covariance[i, j] = rows.Average(row => (row[i] - means[i]) * (row[j] - means[j]));
            }
        }
        double[] eigenvalues = Eigenvalues(covariance);
        double noise = eigenvalues[Latent..].Average();
        return -0.5 * (Columns * Math.Log(2 * Math.PI) + eigenvalues[..Latent].Sum(Math.Log) + (Columns - Latent) * Math.Log(noise) + Columns);
    }

    // By rotations (Jacobi, 1846), the largest first.
    private static double[] Eigenvalues(double[,] symmetric)
    {
        var a = (double[,])symmetric.Clone();
        int size = a.GetLength(0);
        for (int sweep = 0; sweep < 30; sweep++)
        {
            for (int p = 0; p < size; p++)
            {
                for (int q = p + 1; q < size; q++)
                {
                    (double sine, double cosine) = Math.SinCos(0.5 * Math.Atan2(2 * a[p, q], a[q, q] - a[p, p]));
                    for (int k = 0; k < size; k++)
                    {
                        (a[k, p], a[k, q]) = (cosine * a[k, p] - sine * a[k, q], sine * a[k, p] + cosine * a[k, q]);
                    }
                    for (int k = 0; k < size; k++)
                    {
                        (a[p, k], a[q, k]) = (cosine * a[p, k] - sine * a[q, k], sine * a[p, k] + cosine * a[q, k]);
                    }
                }
            }
        }
        return [.. Enumerable.Range(0, size).Select(i => a[i, i]).OrderDescending()];
    }

    // Three hidden numbers, a mean, and noise of standard deviation 0.5.
    private static float[][] Make()
    {
        var random = new Random(11);
        double[][] loadings = [.. new[] { 2, 1.4, 0.9 }.Select(scale => Enumerable.Range(0, Columns).Select(_ => scale * random.NextNormal()).ToArray())];
        double[] means = [.. Enumerable.Range(0, Columns).Select(_ => random.NextNormal())];
        return [.. Enumerable.Range(0, Rows).Select(_ =>
        {
            double[] hidden = [random.NextNormal(), random.NextNormal(), random.NextNormal()];
            return (float[])[.. means.Select((mean, column) => (float)(mean + 0.5 * random.NextNormal() + hidden.Zip(loadings, (z, loading) => z * loading[column]).Sum()))];
        })];
    }

    private sealed class Row
    {
        [VectorType(Columns)]
        public float[] Features { get; set; } = new float[Columns];
    }
}
