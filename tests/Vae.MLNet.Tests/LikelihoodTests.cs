using TorchSharp;
using Vae.MLNet.Likelihoods;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Every likelihood is the distribution of that name: densities, totals and means against formulas in double precision and numeric sums.</summary>
public sealed class LikelihoodTests
{
    private static readonly Device s_cpu = new(DeviceType.CPU);

    public static TheoryData<string> Cases => [.. LikelihoodCase.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_log_probability_is_the_textbook_s(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var given = new LikelihoodCase(name);
        (double[][] rows, double[][] decoded, double[][] observed) = given.Draw(200, hasHoles: false);
        double[] found = given.Likelihood.LogProbability(Numbers.Single(rows), Numbers.Single(decoded), null).Values();
        for (int i = 0; i < rows.Length; i++)
        {
            Numbers.AssertClose(given.LogProbability(rows[i], decoded[i], observed[i]), found[i], 2e-5, $"row {i}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Missing_values_say_nothing(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var given = new LikelihoodCase(name);
        (double[][] rows, double[][] decoded, double[][] observed) = given.Draw(200, hasHoles: true);
        double[] found = given.Likelihood.LogProbability(Numbers.Single(rows), Numbers.Single(decoded), observed[0].Length == 0 ? null : Numbers.Single(observed)).Values();
        for (int i = 0; i < rows.Length; i++)
        {
            Numbers.AssertClose(given.LogProbability(rows[i], decoded[i], observed[i]), found[i], 2e-5, $"row {i}");
        }
        // A row without any value has probability 1.
        Tensor none = zeros(1, rows[0].Length);
        Assert.Equal(0, given.Likelihood.LogProbability(none, Numbers.Single(decoded[..1]), observed[0].Length == 0 ? null : zeros(1, observed[0].Length)).Values()[0], 1e-6);
    }

    [Theory]
    [InlineData(VaeLikelihood.Gaussian)]
    [InlineData(VaeLikelihood.StudentT)]
    [InlineData(VaeLikelihood.Laplace)]
    public void A_density_around_the_decoded_value_has_area_1_and_that_mean(VaeLikelihood kind)
    {
        foreach (double scale in new[] { 0.01, 1, 30 })
        {
            using DisposeScope scope = NewDisposeScope();
            using var likelihood = Likelihood.Create(new LikelihoodPart(kind, 1, VaeNoise.Fixed(scale)), s_cpu);
            // By x = centre + scale sinh(u), which reaches far.
            double[] weights = Numbers.Simpson(4000, 20);
            double[] positions = [.. weights.Select((_, i) => 20.0 * i / 4000 - 10)];
            double[] slopes = [.. positions.Select(u => scale * Math.Cosh(u))];
            (double area, double mean) = Integrate(likelihood, [.. positions.Select(u => Math.Sinh(u) * scale)], [.. weights.Zip(slopes, (a, b) => a * b)], 0);
            Assert.Equal(1, area, 1e-4);
            Assert.Equal(0, mean / scale, 1e-4);
            Assert.Equal(-1.75, likelihood.Mean(Numbers.Single([[-1.75]])).Values()[0]);
        }
    }

    [Fact]
    public void A_continuous_bernoulli_has_area_1_and_the_mean_that_it_says()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new ContinuousBernoulliLikelihood();
        double[] weights = Numbers.Simpson(4000, 1);
        double[] positions = [.. weights.Select((_, i) => i / 4000.0)];
        foreach (double logit in new[] { 0, 1e-6, -1e-3, 0.05, 0.099, 0.101, -0.099, -0.101, 0.7, -3, 12, 50, -50, 200 })
        {
            (double area, double mean) = Integrate(likelihood, positions, weights, logit);
            Assert.Equal(1, area, 2e-5);
            Assert.Equal(mean, likelihood.Mean(Numbers.Single([[logit]])).Values()[0], 2e-5);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(5)]
    [InlineData(29)]
    [InlineData(31)]
    [InlineData(300)]
    public void Poisson_probabilities_sum_to_1_and_to_the_rate(double rate)
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new PoissonLikelihood();
        double[] counts = [.. Enumerable.Range(0, (int)(rate + 20 * Math.Sqrt(rate) + 20)).Select(count => (double)count)];
        double[] ones = [.. counts.Select(_ => 1.0)];
        (double total, double mean) = Integrate(likelihood, counts, ones, Math.Log(rate));
        Assert.Equal(1, total, 5e-4);
        Assert.Equal(1, mean / rate, 5e-4);
        Assert.Equal(rate, likelihood.Mean(Numbers.Single([[Math.Log(rate)]])).Values()[0], 1e-4 * rate);
    }

    [Fact]
    public void Bernoulli_probabilities_sum_to_1_and_to_the_mean()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new BernoulliLikelihood();
        foreach (double logit in new[] { -50.0, -3, 0, 0.5, 20 })
        {
            (double total, double mean) = Integrate(likelihood, [0, 1], [1, 1], logit);
            Assert.Equal(1, total, 1e-6);
            Assert.Equal(mean, likelihood.Mean(Numbers.Single([[logit]])).Values()[0], 1e-6);
        }
    }

    [Fact]
    public void Multinomial_probabilities_of_all_counts_of_a_total_sum_to_1_and_to_the_reconstruction()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new MultinomialLikelihood(s_cpu);
        const int total = 5;
        double[][] rows = [.. from a in Enumerable.Range(0, total + 1) from b in Enumerable.Range(0, total + 1 - a) select new double[] { a, b, total - a - b }];
        foreach (double[] logits in new double[][] { [0, 0, 0], [1, -2, 0.5], [10, 3, -4] })
        {
            Tensor decoded = Numbers.Single([.. rows.Select(_ => logits)]);
            double[] probabilities = [.. likelihood.LogProbability(Numbers.Single(rows), decoded, null).Values().Select(Math.Exp)];
            double[][] reconstructions = likelihood.Reconstruction(Numbers.Single(rows), decoded).Rows();
            Assert.Equal(1, probabilities.Sum(), 1e-5);
            for (int slot = 0; slot < 3; slot++)
            {
                double mean = rows.Zip(probabilities, (row, probability) => row[slot] * probability).Sum();
                Assert.All(reconstructions, row => Assert.Equal(mean, row[slot], 1e-4));
            }
        }
    }

    [Fact]
    public void Without_a_row_the_total_of_a_multinomial_is_that_of_the_training_rows()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new MultinomialLikelihood(s_cpu);
        using IDisposable noGradient = no_grad();
        likelihood.OutputFor(tensor(new float[] { 6, 3, 3 }));
        double[] mean = likelihood.Mean(Numbers.Single([[Math.Log(8), Math.Log(4), Math.Log(4)]])).Values();
        Assert.Equal([6, 3, 3], mean.Select(value => Math.Round(value, 4)));
    }

    [Fact]
    public void Probabilities_of_categories_sum_to_1_and_are_the_mean()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new CategoricalLikelihood();
        double[][] categories = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];
        foreach (double[] logits in new double[][] { [0, 0, 0, 0], [5, -3, 0, 1], [-50, 50, 0, 49] })
        {
            Tensor decoded = Numbers.Single([.. categories.Select(_ => logits)]);
            double[] probabilities = [.. likelihood.LogProbability(Numbers.Single(categories), decoded, null).Values().Select(Math.Exp)];
            Assert.Equal(1, probabilities.Sum(), 1e-5);
            double[] mean = likelihood.Mean(decoded).Rows()[0];
            Assert.All(Enumerable.Range(0, 4), slot => Assert.Equal(probabilities[slot], mean[slot], 1e-5));
        }
    }

    [Fact]
    public void The_decoder_can_say_every_mean_of_training_rows()
    {
        using IDisposable noGradient = no_grad();
        double[] unit = [0.002, 0.1, 0.4999, 0.5, 0.5001, 0.9, 0.998];
        double[] counts = [0.001, 0.5, 3, 40, 1000];
        double[] shares = [0.001, 0.0625, 0.5, 0.25, 0.1865];
        foreach (string name in LikelihoodCase.Names)
        {
            using DisposeScope scope = NewDisposeScope();
            VaeLikelihood kind = name == "Mixed" ? VaeLikelihood.Gaussian : Enum.Parse<VaeLikelihood>(name.Split(' ')[0]);
            double[] means = kind switch
            {
                VaeLikelihood.Bernoulli or VaeLikelihood.ContinuousBernoulli => unit,
                VaeLikelihood.Poisson => counts,
                VaeLikelihood.Multinomial => [.. shares.Select(share => 200 * share)],
                VaeLikelihood.Categorical => shares,
                _ => [-1000, -1, 0, 0.5, 1e6],
            };
            using var likelihood = Likelihood.Create(new LikelihoodPart(kind, means.Length, LikelihoodPart.HasNoise(kind) ? VaeNoise.PerFeature : null), s_cpu);
            double[] back = likelihood.Mean(likelihood.OutputFor(Numbers.Single([means])[0]).unsqueeze(0)).Values();
            Assert.All(Enumerable.Range(0, means.Length), slot => Numbers.AssertClose(means[slot], back[slot], 2e-5, $"{name} {slot}"));
        }
    }

    [Theory]
    [InlineData(VaeLikelihood.Bernoulli)]
    [InlineData(VaeLikelihood.ContinuousBernoulli)]
    [InlineData(VaeLikelihood.Poisson)]
    [InlineData(VaeLikelihood.Multinomial)]
    [InlineData(VaeLikelihood.Categorical)]
    public void A_mean_at_the_edge_of_what_is_possible_asks_the_decoder_for_a_finite_number(VaeLikelihood kind)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using var likelihood = Likelihood.Create(new LikelihoodPart(kind, 3), s_cpu);
        foreach (float[] mean in new float[][] { [0, 1, 0], [0, 0, 0] })
        {
            double[] output = likelihood.OutputFor(tensor(mean)).Values();
            Assert.All(output, value => Assert.True(double.IsFinite(value) && Math.Abs(value) <= 1000, $"{value}"));
            Assert.True(output[1] > output[0] || mean[1] == 0);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_encoder_sees_logarithms_of_counts_and_all_else_as_it_is(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using var given = new LikelihoodCase(name);
        (double[][] rows, _, _) = given.Draw(20, hasHoles: false);
        double[][] seen = given.Likelihood.SeenBy(Numbers.Single(rows)).Rows();
        // Of the mixed one, slots 9 to 13.
        (int first, int end) = name switch { "Poisson" or "Multinomial" => (0, 4), "Mixed" => (9, 14), _ => (0, 0) };
        for (int i = 0; i < rows.Length; i++)
        {
            for (int slot = 0; slot < rows[i].Length; slot++)
            {
                Assert.Equal(slot >= first && slot < end ? Math.Log(1 + rows[i][slot]) : rows[i][slot], seen[i][slot], 1e-6);
            }
        }
    }

    // The integral of the density and of x times it, of one slot.
    private static (double Area, double Mean) Integrate(Likelihood likelihood, double[] positions, double[] weights, double decoded)
    {
        double[] log = likelihood.LogProbability(Numbers.Single([.. positions.Select(x => new[] { x })]), full(positions.Length, 1, decoded).@float(), null).Values();
        double[] masses = [.. log.Zip(weights, (value, weight) => Math.Exp(value) * weight)];
        return (masses.Sum(), masses.Zip(positions, (mass, x) => mass * x).Sum());
    }
}
