using TorchSharp;
using Vae.MLNet.Likelihoods;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Draws follow the distribution: by uniform numbers that cover (0, 1) evenly, so that nothing here is left to chance.</summary>
public sealed class LikelihoodDrawTests
{
    private const int Count = 1 << 14;

    private static readonly Device s_cpu = new(DeviceType.CPU);
    private static readonly double[] s_even = [.. Enumerable.Range(0, Count).Select(i => (i + 0.5) / Count)];

    [Theory]
    [InlineData(VaeLikelihood.Gaussian, 1)]
    [InlineData(VaeLikelihood.StudentT, 2)]
    [InlineData(VaeLikelihood.Laplace, 2)]
    public void Draws_of_a_density_have_its_mean_and_variance_and_rise(VaeLikelihood kind, double variance)
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = Likelihood.Create(new LikelihoodPart(kind, 1, VaeNoise.Fixed(3)), s_cpu);
        double[] draws = Draw(likelihood, 0.25);
        (double mean, double found) = Moments(draws);
        Assert.Equal(0.25, mean, 1e-3);
        // An even grid cuts the tails, of which Student's has most.
        Assert.Equal(9 * variance, found, 9 * variance * (kind == VaeLikelihood.StudentT ? 0.02 : 2e-3));
        AssertRises(draws, strictly: true);
    }

    [Fact]
    public void Quantiles_are_those_of_the_tables()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] probabilities = [0.75, 0.9, 0.975, 0.995, 0.9995];
        AssertQuantiles(VaeLikelihood.Gaussian, [0.67449, 1.28155, 1.95996, 2.57583, 3.29053]);
        AssertQuantiles(VaeLikelihood.StudentT, [0.74070, 1.53321, 2.77645, 4.60409, 8.61030]);
        AssertQuantiles(VaeLikelihood.Laplace, [.. probabilities.Select(probability => -Math.Log(2 * (1 - probability)))]);

        void AssertQuantiles(VaeLikelihood kind, double[] wanted)
        {
            using var likelihood = Likelihood.Create(new LikelihoodPart(kind, 1, VaeNoise.Fixed(1)), s_cpu);
            for (int i = 0; i < wanted.Length; i++)
            {
                Assert.Equal(wanted[i], Draw(likelihood, 0, probabilities[i])[0], 3e-4);
                Assert.Equal(-wanted[i], Draw(likelihood, 0, 1 - probabilities[i])[0], 3e-4);
            }
        }
    }

    [Theory]
    [InlineData(VaeLikelihood.Gaussian)]
    [InlineData(VaeLikelihood.StudentT)]
    [InlineData(VaeLikelihood.Laplace)]
    public void Draws_are_as_fine_near_the_centre_as_single_precision_is_and_finite_at_the_ends(VaeLikelihood kind)
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = Likelihood.Create(new LikelihoodPart(kind, 1, VaeNoise.Fixed(1)), s_cpu);
        double slope = Math.Exp(-LikelihoodCase.LogDensity(kind, 0, 0, 1));
        for (double step = 1.0 / (1 << 20); step < 0.01; step *= 2)
        {
            double[] draws = Draw(likelihood, 0, 0.5 - step, 0.5, 0.5 + step);
            Assert.Equal([-1, 0, 1], draws.Select(draw => Math.Round(draw / (slope * step), 1)));
        }
        // The outermost that there are.
        const double Last = 0.5 / (1 << 23);
        Assert.All(Draw(likelihood, 0, Last, 1 - Last), draw => Assert.InRange(Math.Abs(draw), 5, 100));
    }

    [Fact]
    public void Draws_of_a_continuous_bernoulli_undo_its_distribution_function()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new ContinuousBernoulliLikelihood();
        foreach (double logit in new[] { 0, 1e-6, -1e-3, 0.05, 0.0999, 0.1001, -0.0999, -0.1001, 0.7, -3, 12, 50, -50, 500 })
        {
            double[] draws = Draw(likelihood, logit);
            AssertRises(draws, strictly: false);
            Assert.All(draws, draw => Assert.InRange(draw, 0, 1));
            double size = Math.Abs(logit);
            for (int i = 0; i < Count; i += 97)
            {
                // (exp(l x) - 1) / (exp(l) - 1) for l < 0, and from the other end for l > 0
                (double x, double u) = logit > 0 ? (1 - draws[i], 1 - s_even[i]) : (draws[i], s_even[i]);
                double found = size < 1e-5 ? x : (1 - Math.Exp(-size * x)) / (1 - Math.Exp(-size));
                Assert.Equal(u, found, Math.Max(2e-5, size * 1e-7));
            }
        }
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.1)]
    [InlineData(5)]
    [InlineData(29)]
    [InlineData(31)]
    [InlineData(1000)]
    public void Draws_of_a_poisson_have_mean_and_variance_equal_to_the_rate_and_rise(double rate)
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new PoissonLikelihood();
        double[] draws = Draw(likelihood, Math.Log(rate));
        (double mean, double variance) = Moments(draws);
        // Not nearer than one draw of all.
        Assert.Equal(rate, mean, 2e-3 * Math.Sqrt(rate) + 1.0 / Count);
        Assert.Equal(1, variance / rate, rate < 1 ? 0.05 : 0.01);
        AssertRises(draws, strictly: false);
        Assert.All(draws, draw => Assert.True(draw >= 0 && draw == Math.Floor(draw)));
    }

    [Theory]
    [InlineData(0.1, 1e-4)]
    [InlineData(5, 1e-4)]
    [InlineData(29, 1e-4)]
    [InlineData(31, 2e-3)]
    [InlineData(200, 1e-3)]
    public void Draws_of_a_poisson_have_its_probabilities(double rate, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new PoissonLikelihood();
        ILookup<double, double> draws = Draw(likelihood, Math.Log(rate)).ToLookup(draw => draw);
        double below = 0;
        double drawnBelow = 0;
        for (double count = 0; count < rate + 5 * Math.Sqrt(rate) + 5; count++)
        {
            below += Math.Exp(LikelihoodCase.LogDensity(VaeLikelihood.Poisson, count, Math.Log(rate), 1));
            drawnBelow += (double)draws[count].Count() / Count;
            Assert.Equal(below, drawnBelow, tolerance);
        }
    }

    [Fact]
    public void A_bernoulli_draws_1_as_often_as_it_says()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new BernoulliLikelihood();
        foreach (double logit in new[] { -60, -2, 0, 0.5, 60 })
        {
            double[] draws = Draw(likelihood, logit);
            Assert.Equal(1 / (1 + Math.Exp(-logit)), draws.Average(), 1.0 / Count);
            // 1 below the probability, 0 above.
            Assert.Equal(draws.OrderDescending(), draws);
            Assert.All(draws, draw => Assert.True(draw is 0 or 1));
        }
    }

    [Fact]
    public void Categories_are_drawn_one_at_a_time_and_as_often_as_they_are_probable()
    {
        using DisposeScope scope = NewDisposeScope();
        using var likelihood = new CategoricalLikelihood();
        double[] logits = [0.3, -1.2, 0, 1.5];
        double[] wanted = [.. Numbers.LogSoftmax(logits).Select(Math.Exp)];
        var random = new Random(8);
        const int Draws = 40_000;
        double[][] uniform = [.. Enumerable.Range(0, Draws).Select(_ => logits.Select(_ => (random.Next(1 << 23) + 0.5) / (1 << 23)).ToArray())];
        double[][] drawn = likelihood.Draw(Numbers.Single([logits]).expand(Draws, 4), Numbers.Single(uniform)).Rows();
        Assert.All(drawn, row => Assert.Equal((1, 1), (row.Sum(), row.Max())));
        for (int slot = 0; slot < 4; slot++)
        {
            // Four standard errors.
            Assert.Equal(wanted[slot], drawn.Average(row => row[slot]), 4 * Math.Sqrt(wanted[slot] / Draws));
        }
    }

    [Fact]
    public void A_multinomial_without_a_row_draws_counts_around_the_training_rows_mean()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using var likelihood = new MultinomialLikelihood(s_cpu);
        Tensor decoded = likelihood.OutputFor(tensor(new float[] { 6, 3, 1 }));
        double[][] draws = likelihood.Draw(decoded.unsqueeze(0).expand(Count, 3), Numbers.Single([.. s_even.Select(u => new[] { u, u, u })])).Rows();
        double[] wanted = [6, 3, 1];
        for (int slot = 0; slot < 3; slot++)
        {
            (double mean, double variance) = Moments([.. draws.Select(row => row[slot])]);
            Assert.Equal(wanted[slot], mean, 0.01);
            Assert.Equal(wanted[slot], variance, 0.05);
        }
    }

    [Fact]
    public void Parts_of_a_mixed_row_are_drawn_as_if_alone()
    {
        using DisposeScope scope = NewDisposeScope();
        LikelihoodPart[] parts = [new(VaeLikelihood.Laplace, 2, VaeNoise.Fixed(2)), new(VaeLikelihood.Poisson, 1), new(VaeLikelihood.Categorical, 3)];
        using var mixed = Likelihood.Create(parts, s_cpu);
        Tensor decoded = Numbers.Single([[0.5, -3, 1.2, 0, 0.1, -0.3]]);
        Tensor uniform = Numbers.Single([[0.2, 0.6, 0.9, 0.3, 0.25, 0.4]]);
        double[] whole = mixed.Draw(decoded, uniform).Values();
        int first = 0;
        foreach (LikelihoodPart part in parts)
        {
            using var alone = Likelihood.Create(part, s_cpu);
            Assert.Equal(alone.Draw(decoded.narrow(1, first, part.Width), uniform.narrow(1, first, part.Width)).Values(), whole[first..(first + part.Width)]);
            first += part.Width;
        }
    }

    private static double[] Draw(Likelihood likelihood, double decoded, params double[] uniform)
    {
        double[] positions = uniform.Length == 0 ? s_even : uniform;
        return likelihood.Draw(full(positions.Length, 1, decoded).@float(), Numbers.Single([.. positions.Select(u => new[] { u })])).Values();
    }

    private static (double Mean, double Variance) Moments(double[] values)
    {
        double mean = values.Average();
        return (mean, values.Average(value => (value - mean) * (value - mean)));
    }

    private static void AssertRises(double[] values, bool strictly)
    {
        for (int i = 1; i < values.Length; i++)
        {
            Assert.True(values[i] > values[i - 1] || (!strictly && values[i] == values[i - 1]), $"{values[i - 1]} to {values[i]} at {s_even[i]}");
        }
    }
}
