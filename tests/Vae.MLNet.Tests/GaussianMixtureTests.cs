using TorchSharp;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Sampling.Mixtures;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>A mixture of normal distributions is the one that its numbers say, and the one that rows were drawn from is found again.</summary>
public sealed class GaussianMixtureTests
{
    private const double Regularisation = 1e-4;

    // Covariances [[4, 1.2], [1.2, 1]], [[0.25, 0], [0, 0.25]] and [[1, -1.8], [-1.8, 9]].
    private static readonly double[] s_weights = [0.5, 0.3, 0.2];
    private static readonly double[][] s_means = [[-8, 0], [0, 6], [9, -5]];
    private static readonly double[][] s_covariances = [[4, 1.2, 1], [0.25, 0, 0.25], [1, -1.8, 9]];

    private static GaussianMixture Known => new(2, s_weights, [.. s_means.SelectMany(mean => mean)], [.. s_covariances.SelectMany(FactorOf)]);

    [Fact]
    public void The_density_of_full_covariances_is_that_of_the_formula()
    {
        using DisposeScope scope = NewDisposeScope();
        double[][] points = [[-8, 0], [0, 0], [1.5, 5], [9, -5], [30, 40]];
        double[][] found = Known.LogJoint(Numbers.Double(points)).Rows();
        for (int point = 0; point < points.Length; point++)
        {
            for (int k = 0; k < 3; k++)
            {
                Numbers.AssertClose(Math.Log(s_weights[k]) + LogNormal2(points[point], s_means[k], s_covariances[k]), found[point][k], 1e-12, $"point {point}, component {k}");
            }
        }
    }

    [Fact]
    public void The_density_of_diagonal_covariances_is_the_product_of_the_dimensions()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] means = [1, 2, 3, -1, 0, 7];
        double[] deviations = [0.5, 1, 2, 3, 0.1, 40];
        var mixture = new GaussianMixture(3, [0.25, 0.75], means, deviations);
        Assert.True(mixture.IsDiagonal);
        double[][] points = [[1, 2, 3], [0, 0, 0], [-5, 0.2, 100]];
        double[][] found = mixture.LogJoint(Numbers.Double(points)).Rows();
        for (int point = 0; point < points.Length; point++)
        {
            for (int k = 0; k < 2; k++)
            {
                double wanted = Math.Log(mixture.Weights[k]);
                for (int i = 0; i < 3; i++)
                {
                    wanted += Numbers.LogNormal(points[point][i], means[3 * k + i], 2 * Math.Log(deviations[3 * k + i]));
                }
                Numbers.AssertClose(wanted, found[point][k], 1e-12, $"point {point}, component {k}");
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Draws_have_the_weights_means_and_covariances(bool isDiagonal)
    {
        // So far apart that it is clear which component a draw is of.
        double[][] means = [.. s_means.Select(mean => mean.Select(value => 10 * value).ToArray())];
        var mixture = new GaussianMixture(2, s_weights, [.. means.SelectMany(mean => mean)], isDiagonal ? [2, 1, 0.5, 0.5, 1, 3] : Known.Factors);
        const int count = 60_000;
        double[][] draws = Draws(mixture, count, seed: 5);
        for (int k = 0; k < 3; k++)
        {
            double[][] own = [.. draws.Where(draw => Enumerable.Range(0, 3).MinBy(each => Distance(draw, means[each])) == k)];
            Assert.Equal(s_weights[k], own.Length / (double)count, 5e-3);
            double[] covariance = isDiagonal ? [s_covariances[k][0], 0, s_covariances[k][2]] : s_covariances[k];
            (double[] mean, double[] found) = Moments(own);
            for (int i = 0; i < 2; i++)
            {
                Assert.Equal(means[k][i], mean[i], 0.03 * Math.Sqrt(covariance[2 * i]));
            }
            double scale = Math.Sqrt(covariance[0] * covariance[2]);
            Assert.Equal(covariance[0], found[0], 0.03 * covariance[0]);
            Assert.Equal(covariance[1], found[1], 0.03 * scale);
            Assert.Equal(covariance[2], found[2], 0.03 * covariance[2]);
        }
    }

    [Fact]
    public void A_draw_is_of_its_row_and_seed_alone()
    {
        double[][] draws = Draws(Known, 100, seed: 5);
        Assert.Equal(draws[40..], Draws(Known, 60, seed: 5, first: 40));
        Assert.Equal(100, draws.Zip(Draws(Known, 100, seed: 6)).Count(each => each.First[0] != each.Second[0]));
        Assert.Equal(100, draws.Select(draw => draw[1]).Distinct().Count());
    }

    [Fact]
    public void A_component_without_weight_is_never_drawn()
    {
        var mixture = new GaussianMixture(1, [0, 0.5, 0, 0.5], [1000, -10, 2000, 10], [1, 1, 1, 1]);
        double[][] draws = Draws(mixture, 5000, seed: 1);
        Assert.All(draws, draw => Assert.InRange(draw[0], -16, 16));
        Assert.Equal(0.5, draws.Count(draw => draw[0] > 0) / 5000.0, 0.03);
    }

    [Fact]
    public void A_known_mixture_is_found_again()
    {
        double[][] rows = Rows(6000, seed: 2);
        (GaussianMixture mixture, double _) = Fit(rows, 3);
        for (int k = 0; k < 3; k++)
        {
            int found = Enumerable.Range(0, 3).MinBy(each => Distance(mixture.Means.AsSpan(2 * each, 2).ToArray(), s_means[k]));
            double[] covariance = CovarianceOf(mixture, found);
            Assert.Equal(s_weights[k], mixture.Weights[found], 0.02);
            double floor = Regularisation * AverageVariance(rows);
            for (int i = 0; i < 2; i++)
            {
                double deviation = Math.Sqrt(s_covariances[k][2 * i]);
                Assert.Equal(s_means[k][i], mixture.Means[2 * found + i], 0.08 * deviation);
                Assert.Equal(s_covariances[k][2 * i] + floor, covariance[2 * i], 0.1 * s_covariances[k][2 * i]);
            }
            Assert.Equal(s_covariances[k][1], covariance[1], 0.1 * Math.Sqrt(s_covariances[k][0] * s_covariances[k][2]));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_component_is_the_mean_and_covariance_of_the_rows(bool isDiagonal)
    {
        double[][] rows = Rows(500, seed: 3);
        (GaussianMixture mixture, double _) = Fit(rows, 1, isDiagonal);
        (double[] mean, double[] covariance) = Moments(rows);
        double floor = Regularisation * AverageVariance(rows);
        double[] wanted = [covariance[0] + floor, isDiagonal ? 0 : covariance[1], covariance[2] + floor];
        Assert.Equal([1], mixture.Weights);
        Assert.All(mean.Zip(mixture.Means), each => Assert.Equal(each.First, each.Second, 1e-9));
        Assert.All(wanted.Zip(CovarianceOf(mixture, 0)), each => Assert.Equal(each.First, each.Second, 1e-9));
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(8, false)]
    public void One_more_step_of_a_plain_implementation_gains_next_to_nothing(int components, bool isDiagonal)
    {
        double[][] rows = Rows(800, seed: 4);
        (GaussianMixture mixture, double _) = Fit(rows, components, isDiagonal);
        double before = AverageLogDensity(mixture, rows);
        double after = AverageLogDensity(Step(mixture, rows), rows);
        Assert.InRange(after - before, -1e-6, 1e-3);
        // And it has climbed: one normal distribution says less.
        Assert.True(before > AverageLogDensity(Fit(rows, 1, isDiagonal).Mixture, rows) + 0.5);
    }

    [Fact]
    public void A_plain_implementation_never_falls_on_its_way_and_ends_no_higher()
    {
        double[][] rows = Rows(800, seed: 4);
        // From a poor start.
        var mixture = new GaussianMixture(2, [0.4, 0.3, 0.3], [-1, 0, 0, 1, 1, -1], [5, 0, 0, 5, 5, 0, 0, 5, 5, 0, 0, 5]);
        double density = AverageLogDensity(mixture, rows);
        for (int iteration = 0; iteration < 40; iteration++)
        {
            mixture = Step(mixture, rows);
            double next = AverageLogDensity(mixture, rows);
            Assert.True(next > density - 1e-6, $"{density} falls to {next}");
            density = next;
        }
        Assert.Equal(density, AverageLogDensity(Fit(rows, 3).Mixture, rows), 2e-3);
    }

    [Fact]
    public void The_criterion_is_what_one_finds_by_hand()
    {
        // Mean 2, variance 1, and a ten thousandth of it; two parameters.
        double variance = 1 + Regularisation + 1e-12;
        double logDensities = 4 * (-0.5 * Math.Log(2 * Math.PI * variance) - 0.5 / variance);
        double bic = Fit([[1], [3], [1], [3]], 1).Bic;
        Assert.Equal(2 * Math.Log(4) - 2 * logDensities, bic, 1e-9);
        Assert.Equal(14.124, bic, 1e-3);
    }

    [Theory]
    [InlineData(1, false, 5)]
    [InlineData(1, true, 4)]
    [InlineData(3, false, 17)]
    [InlineData(3, true, 14)]
    public void The_criterion_counts_weights_means_and_covariances(int components, bool isDiagonal, int parameters)
    {
        double[][] rows = Rows(700, seed: 5);
        (GaussianMixture mixture, double bic) = Fit(rows, components, isDiagonal);
        Assert.Equal(parameters * Math.Log(700), bic + 2 * 700 * AverageLogDensity(mixture, rows), 1e-6);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    // Of the powers of two.
    [InlineData(3, 4)]
    [InlineData(4, 4)]
    [InlineData(8, 8)]
    public void The_criterion_finds_how_many_clusters_there_are(int clusters, int wanted)
    {
        var random = new Random(6);
        double[][] rows = [.. Enumerable.Range(0, 200 * clusters).Select(i =>
        {
            double angle = 2 * Math.PI * (i % clusters) / clusters;
            double radius = clusters == 1 ? 0 : 20;
            return new[] { radius * Math.Cos(angle) + random.NextNormal(), radius * Math.Sin(angle) + random.NextNormal() };
        })];
        foreach (bool isDiagonal in new[] { false, true })
        {
            Assert.Equal(wanted, FitByBic(rows, 64, isDiagonal).Components);
        }
    }

    [Fact]
    public void More_components_than_allowed_or_known_are_not_tried()
    {
        // Eight clusters in a row.
        double[][] rows = [.. Enumerable.Range(0, 400).Select(i => new[] { 100.0 * (i % 8) + i % 5, i % 3 })];
        Assert.Equal(1, FitByBic(rows, 1).Components);
        Assert.Equal(2, FitByBic(rows, 3).Components);
        Assert.Equal(4, FitByBic(rows, 7).Components);
        Assert.Equal(8, FitByBic(rows, 64).Components);
        // Five rows per dimension and component: 20 rows are for two in two dimensions, and for four whose covariances are diagonal.
        double[][] few = [.. rows.Where(row => row[0] < 310).Take(20)];
        Assert.InRange(FitByBic(few, 64).Components, 1, 2);
        Assert.Equal(4, FitByBic(few, 64, isDiagonal: true).Components);
        Assert.Equal(1, FitByBic([.. rows.Take(3)], 64).Components);
    }

    public static TheoryData<string> DegenerateRows => ["identical", "one", "two", "constant dimension", "two values", "far away", "tiny", "huge", "one dimension", "collinear"];

    [Theory]
    [MemberData(nameof(DegenerateRows))]
    public void Rows_that_have_no_density_still_get_a_mixture(string kind)
    {
        var random = new Random(9);
        double[][] Repeat(int count, Func<int, double[]> row) => [.. Enumerable.Range(0, count).Select(row)];
        double[][] rows = kind switch
        {
            "identical" => Repeat(50, _ => [3, -7]),
            "one" => [[3, -7]],
            "two" => [[3, -7], [4, 2]],
            "constant dimension" => Repeat(50, _ => [random.NextNormal(), 5]),
            "two values" => Repeat(50, i => [i % 2, 5 * (i % 2)]),
            "far away" => Repeat(50, _ => [1e7 + random.Next(3), -1e7]),
            "tiny" => Repeat(50, _ => [1e-20 * random.NextNormal(), 1e-20 * random.NextNormal()]),
            "huge" => Repeat(50, _ => [1e20 * random.NextNormal(), 1e20 * random.NextNormal()]),
            "one dimension" => Repeat(50, _ => [random.NextNormal()]),
            _ => Repeat(50, i => [i, 2 * i]),
        };
        foreach (int components in new[] { 1, 3, 80 })
        {
            foreach (bool isDiagonal in new[] { false, true })
            {
                (GaussianMixture mixture, double bic) = Fit(rows, components, isDiagonal);
                Assert.InRange(mixture.Components, 1, Math.Min(components, rows.Length));
                Assert.True(double.IsFinite(bic));
                Assert.Equal(1, mixture.Weights.Sum(), 1e-9);
                Assert.All(mixture.Weights, weight => Assert.True(weight >= 0));
                Assert.All(mixture.Means.Concat(mixture.Factors), value => Assert.True(double.IsFinite(value), $"{value}"));
                Assert.True(double.IsFinite(AverageLogDensity(mixture, rows)));
                // Draws are where rows are.
                double largest = rows.Max(row => row.Max(Math.Abs));
                Assert.All(Draws(mixture, 200, seed: 1), draw => Assert.All(draw, value => Assert.InRange(Math.Abs(value), 0, 10 * largest + 1e-3)));
            }
            Assert.True(double.IsFinite(AverageLogDensity(FitByBic(rows, components), rows)));
        }
    }

    [Fact]
    public void Copies_of_one_row_are_drawn_as_that_row() =>
        Assert.All(Draws(FitByBic([.. Enumerable.Repeat(new double[] { 3, -7 }, 50)], 64), 100, seed: 1), draw => Assert.Equal((3, -7), (Math.Round(draw[0], 4), Math.Round(draw[1], 4))));

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_starts_elsewhere()
    {
        double[][] rows = Rows(300, seed: 7);
        foreach (bool isDiagonal in new[] { false, true })
        {
            (GaussianMixture first, double bic) = Fit(rows, 5, isDiagonal, seed: 1);
            (GaussianMixture again, double bicAgain) = Fit(rows, 5, isDiagonal, seed: 1);
            Assert.Equal((bic, Exactly.Text(first.Weights), Exactly.Text(first.Means), Exactly.Text(first.Factors)), (bicAgain, Exactly.Text(again.Weights), Exactly.Text(again.Means), Exactly.Text(again.Factors)));
            Assert.NotEqual(Exactly.Text(first.Means), Exactly.Text(Fit(rows, 5, isDiagonal, seed: 2).Mixture.Means));
        }
    }

    [Fact]
    public void Fitting_asks_in_every_iteration_whether_it_is_to_stop()
    {
        double[][] rows = Rows(300, seed: 7);
        int asked = 0;
        Assert.Throws<OperationCanceledException>(() => ExpectationMaximisation.Fit(Flat(rows), 2, 3, false, 1, () =>
        {
            if (++asked == 2)
            {
                throw new OperationCanceledException();
            }
        }));
        Assert.Equal(2, asked);
    }

    private static (GaussianMixture Mixture, double Bic) Fit(double[][] rows, int components, bool isDiagonal = false, int seed = 1) =>
        ExpectationMaximisation.Fit(Flat(rows), rows[0].Length, components, isDiagonal, seed, () => { });

    private static GaussianMixture FitByBic(double[][] rows, int most, bool isDiagonal = false) => ExpectationMaximisation.FitByBic(Flat(rows), rows[0].Length, most, isDiagonal, 1, () => { });

    private static float[] Flat(double[][] rows) => [.. rows.SelectMany(row => row.Select(value => (float)value))];

    // In single precision, as latents are.
    private static double[][] Rows(int count, int seed) => Draws(Known, count, seed);

    private static double[][] Draws(GaussianMixture mixture, int count, int seed, long first = 0)
    {
        int dimension = mixture.Means.Length / mixture.Components;
        var rows = new SampledRows(first, seed, default);
        var latents = new float[count * dimension];
        var noise = new float[dimension];
        for (int row = 0; row < count; row++)
        {
            mixture.Draw(rows, row, latents.AsSpan(row * dimension, dimension), noise);
        }
        return [.. Array.ConvertAll(latents, value => (double)value).Chunk(dimension)];
    }

    private static double Distance(double[] first, double[] second) => Math.Sqrt(first.Zip(second, (left, right) => (left - right) * (left - right)).Sum());

    private static double AverageVariance(double[][] rows) => Enumerable.Range(0, rows[0].Length).Average(i =>
    {
        double mean = rows.Average(row => row[i]);
        return rows.Average(row => (row[i] - mean) * (row[i] - mean));
    });

    // Mean and (xx, xy, yy).
    private static (double[] Mean, double[] Covariance) Moments(double[][] rows)
    {
        double[] mean = [rows.Average(row => row[0]), rows.Average(row => row[1])];
        double Product(int i, int j) => rows.Average(row => (row[i] - mean[i]) * (row[j] - mean[j]));
        return (mean, [Product(0, 0), Product(0, 1), Product(1, 1)]);
    }

    // Of (xx, xy, yy).
    private static double[] FactorOf(double[] covariance)
    {
        double first = Math.Sqrt(covariance[0]);
        double below = covariance[1] / first;
        return [first, 0, below, Math.Sqrt(covariance[2] - below * below)];
    }

    private static double[] CovarianceOf(GaussianMixture mixture, int k)
    {
        double[] factor = mixture.IsDiagonal ? [mixture.Factors[2 * k], 0, 0, mixture.Factors[2 * k + 1]] : mixture.Factors[(4 * k)..(4 * k + 4)];
        Assert.Equal(0, factor[1]);
        return [factor[0] * factor[0], factor[0] * factor[2], factor[2] * factor[2] + factor[3] * factor[3]];
    }

    // -log(2 pi) - log(determinant) / 2 - (x - m)^T C^-1 (x - m) / 2
    private static double LogNormal2(double[] point, double[] mean, double[] covariance)
    {
        double x = point[0] - mean[0];
        double y = point[1] - mean[1];
        double determinant = covariance[0] * covariance[2] - covariance[1] * covariance[1];
        return -Math.Log(2 * Math.PI) - 0.5 * Math.Log(determinant) - 0.5 * (covariance[2] * x * x - 2 * covariance[1] * x * y + covariance[0] * y * y) / determinant;
    }

    private static double AverageLogDensity(GaussianMixture mixture, double[][] rows)
    {
        if (rows[0].Length == 2 && rows.Max(row => row.Max(Math.Abs)) is > 1e-3 and < 1e3)
        {
            return rows.Average(row => Numbers.LogSumExp([.. Enumerable.Range(0, mixture.Components).Select(k => LogJoint(mixture, row, k))]));
        }
        using DisposeScope scope = NewDisposeScope();
        return mixture.LogJoint(Numbers.Double(rows)).logsumexp(1).mean().item<double>();
    }

    private static double LogJoint(GaussianMixture mixture, double[] row, int k) => Math.Log(mixture.Weights[k]) + LogNormal2(row, mixture.Means[(2 * k)..(2 * k + 2)], CovarianceOf(mixture, k));

    private static GaussianMixture Step(GaussianMixture mixture, double[][] rows)
    {
        int components = mixture.Components;
        double floor = Regularisation * AverageVariance(rows) + 1e-12;
        double[][] shares = [.. rows.Select(row =>
        {
            double[] joint = [.. Enumerable.Range(0, components).Select(k => LogJoint(mixture, row, k))];
            double total = Numbers.LogSumExp(joint);
            return joint.Select(each => Math.Exp(each - total)).ToArray();
        })];
        List<double> weights = [];
        List<double> means = [];
        List<double> factors = [];
        for (int k = 0; k < components; k++)
        {
            double count = shares.Sum(share => share[k]);
            double Average(Func<double[], double> of) => rows.Zip(shares, (row, share) => share[k] * of(row)).Sum() / count;
            double x = Average(row => row[0]);
            double y = Average(row => row[1]);
            double xx = Average(row => (row[0] - x) * (row[0] - x)) + floor;
            double yy = Average(row => (row[1] - y) * (row[1] - y)) + floor;
            weights.Add(count / rows.Length);
            means.AddRange([x, y]);
            factors.AddRange(mixture.IsDiagonal ? [Math.Sqrt(xx), Math.Sqrt(yy)] : FactorOf([xx, Average(row => (row[0] - x) * (row[1] - y)), yy]));
        }
        return new GaussianMixture(2, [.. weights], [.. means], [.. factors]);
    }
}
