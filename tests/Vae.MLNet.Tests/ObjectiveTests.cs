using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Every objective is the formula of its paper: values by loops in double precision from the same noise, gradients by differences.</summary>
public sealed class ObjectiveTests
{
    private static readonly Dictionary<string, VaeObjective> s_objectives = new()
    {
        ["elbo"] = new VaeObjective.Elbo(),
        ["beta"] = new VaeObjective.Elbo { Beta = 4 },
        ["capacity"] = new VaeObjective.Elbo { Beta = 10, Capacity = 3, CapacityEpochs = 2 },
        ["free bits"] = new VaeObjective.Elbo { FreeBits = 0.3 },
        ["warm-up"] = new VaeObjective.Elbo { WarmUp = VaeKlWarmUp.Linear(3) },
        ["total correlation"] = new VaeObjective.BetaTotalCorrelation { Alpha = 0.5, Gamma = 2 },
        ["info"] = new VaeObjective.InfoVae { Lambda = 30 },
        ["importance weighted"] = new VaeObjective.ImportanceWeighted(),
        ["autoencoder"] = new VaeObjective.Autoencoder(),
    };

    public static TheoryData<string> Objectives => [.. s_objectives.Keys];

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void The_elbo_is_reconstruction_minus_beta_times_the_divergence(double beta, bool hasHolesAndLabels)
    {
        using var model = new SmallModel(hasHolesAndLabels: hasHolesAndLabels);
        Recomputed wanted = model.Recompute();
        ObjectiveTerms found = model.Evaluate(new VaeObjective.Elbo { Beta = beta });
        AssertRows([.. wanted.Reconstruction.Select((reconstruction, row) => beta * wanted.Kl(row) - reconstruction)], found.Loss);
        AssertRows(wanted.Reconstruction, found.Reconstruction);
        AssertRows([.. wanted.Reconstruction.Select((_, row) => wanted.Kl(row))], found.Kl);
        AssertRows([.. wanted.Means.SelectMany(mean => mean)], found.Mean);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.25)]
    [InlineData(2.5, 0.625)]
    [InlineData(4, 1)]
    [InlineData(9, 1)]
    public void A_linear_warm_up_raises_the_weight_once(double epoch, double weight) => AssertWeight(VaeKlWarmUp.Linear(4), epoch, 10, weight);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(3.9, 1)]
    [InlineData(4, 0)]
    [InlineData(4.5, 0.25)]
    [InlineData(7, 1)]
    public void A_cyclical_warm_up_raises_it_again_and_again(double epoch, double weight) => AssertWeight(VaeKlWarmUp.Cyclical(2), epoch, 8, weight);

    [Theory]
    [InlineData(0, null, 0)]
    [InlineData(2.5, null, 3)]
    [InlineData(5, null, 6)]
    [InlineData(10, null, 6)]
    [InlineData(2.5, 10, 1.5)]
    [InlineData(9, 2, 6)]
    public void The_divergence_is_held_at_a_capacity_that_rises(double epoch, int? epochs, double capacity)
    {
        using var model = new SmallModel();
        Recomputed wanted = model.Recompute();
        double mean = Enumerable.Range(0, SmallModel.Batch).Average(row => wanted.Kl(row));
        ObjectiveTerms found = model.Evaluate(new VaeObjective.Elbo { Beta = 20, Capacity = 6, CapacityEpochs = epochs }, epoch);
        AssertRows([.. wanted.Reconstruction.Select(reconstruction => 20 * Math.Abs(mean - capacity) - reconstruction)], found.Loss);
        AssertRows([.. wanted.Reconstruction.Select((_, row) => wanted.Kl(row))], found.Kl);
    }

    [Fact]
    public void Free_bits_charge_no_dimension_less_than_that()
    {
        using var model = new SmallModel();
        Recomputed wanted = model.Recompute();
        double[] dimensions = [.. Enumerable.Range(0, SmallModel.Latent).Select(dimension => Enumerable.Range(0, SmallModel.Batch).Average(row => wanted.Kl(row, dimension))).Order()];
        // Above the lowest only.
        double free = (dimensions[0] + dimensions[1]) / 2;
        ObjectiveTerms found = model.Evaluate(new VaeObjective.Elbo { Beta = 2, FreeBits = free });
        AssertRows([.. wanted.Reconstruction.Select(reconstruction => 2 * (free + dimensions[1] + dimensions[2]) - reconstruction)], found.Loss);
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(0.5, 6, 2, 1)]
    [InlineData(1, 6, 1, 0.25)]
    public void Total_correlation_is_what_the_paper_s_sums_over_the_batch_say(double alpha, double beta, double gamma, double warm)
    {
        using var model = new SmallModel();
        Recomputed wanted = model.Recompute();
        int count = SmallModel.Batch;
        double logCount = Math.Log(count * SmallModel.TrainingRows);
        double[] losses = new double[count];
        double[] divergences = new double[count];
        for (int i = 0; i < count; i++)
        {
            double[] latent = wanted.Latents[i];
            double logAggregate = Numbers.LogSumExp([.. Enumerable.Range(0, count).Select(j => wanted.LogPosterior(j, latent))]) - logCount;
            double logMarginals = Enumerable.Range(0, SmallModel.Latent).Sum(d => Numbers.LogSumExp([.. Enumerable.Range(0, count).Select(j => wanted.LogPosterior(j, latent, d))]) - logCount);
            double information = wanted.LogPosterior(i, latent) - logAggregate;
            double cost = alpha * information + beta * (logAggregate - logMarginals) + gamma * (logMarginals - Recomputed.LogPrior(latent));
            losses[i] = warm * cost - wanted.Reconstruction[i];
            divergences[i] = wanted.LogPosterior(i, latent) - Recomputed.LogPrior(latent);
        }
        VaeKlWarmUp? warmUp = warm == 1 ? null : VaeKlWarmUp.Linear(8);
        ObjectiveTerms found = model.Evaluate(new VaeObjective.BetaTotalCorrelation { Alpha = alpha, Beta = beta, Gamma = gamma, WarmUp = warmUp }, epoch: 2);
        AssertRows(losses, found.Loss);
        if ((alpha, beta, gamma) == (1, 1, 1))
        {
            // The three terms are the divergence, by the draw.
            AssertRows([.. divergences.Zip(wanted.Reconstruction, (divergence, reconstruction) => divergence - reconstruction)], found.Loss);
        }
    }

    [Theory]
    [InlineData(0.5, 100)]
    [InlineData(1, 10)]
    [InlineData(0, 1)]
    public void Info_trades_divergence_for_discrepancy(double alpha, double lambda)
    {
        using var model = new SmallModel();
        Recomputed wanted = model.Recompute(hasPriorDraws: true);
        double discrepancy = MeanKernel(wanted.Latents, wanted.Latents) + MeanKernel(wanted.PriorDraws, wanted.PriorDraws) - 2 * MeanKernel(wanted.Latents, wanted.PriorDraws);
        ObjectiveTerms found = model.Evaluate(new VaeObjective.InfoVae { Alpha = alpha, Lambda = lambda });
        AssertRows([.. wanted.Reconstruction.Select((reconstruction, row) => (1 - alpha) * wanted.Kl(row) + (alpha + lambda - 1) * discrepancy - reconstruction)], found.Loss);
    }

    [Fact]
    public void The_discrepancy_of_a_sample_from_itself_is_0_and_grows_with_the_distance()
    {
        using DisposeScope scope = NewDisposeScope();
        var random = new Random(6);
        Tensor Sample(double centre) => Numbers.Single([.. Enumerable.Range(0, 300).Select(_ => new[] { centre + random.NextNormal(), random.NextNormal() })]);
        Tensor first = Sample(0);
        Assert.Equal(0, InfoObjective.Discrepancy(first, first).Values()[0], 1e-6);
        double[] found = [.. new double[] { 0, 0.5, 1, 3 }.Select(centre => InfoObjective.Discrepancy(first, Sample(centre)).Values()[0])];
        Assert.Equal(found.Order(), found);
        // Its expectation: with k(a, b) = exp(-|a - b|^2 / 4) and normal a, b at a distance m, E k(a, b) = 1/2 exp(-m^2 / 8), in two dimensions.
        Assert.Equal(2 * (0.5 - 0.5 * Math.Exp(-9.0 / 8)), found[3], 0.08);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(50)]
    public void The_importance_weighted_bound_is_the_log_of_the_mean_weight(int samples)
    {
        using var model = new SmallModel();
        Recomputed wanted = model.Recompute(samples);
        double[] weights = [.. wanted.Latents.Select((latent, i) => wanted.Reconstruction[i] + Recomputed.LogPrior(latent) - wanted.LogPosterior(i / samples, latent))];
        ObjectiveTerms found = model.Evaluate(new VaeObjective.ImportanceWeighted { Samples = samples });
        AssertRows([.. weights.Chunk(samples).Select(row => Math.Log(samples) - Numbers.LogSumExp(row))], found.Loss);
        AssertRows([.. wanted.Reconstruction.Chunk(samples).Select(row => row.Average())], found.Reconstruction);
        AssertRows([.. Enumerable.Range(0, SmallModel.Batch).Select(row => wanted.Kl(row))], found.Kl);
    }

    [Fact]
    public void An_autoencoder_is_judged_at_its_point_alone()
    {
        using var model = new SmallModel(isDeterministic: true);
        Recomputed wanted = model.Recompute();
        ObjectiveTerms found = model.Evaluate(new VaeObjective.Autoencoder());
        AssertRows([.. wanted.Reconstruction.Select(reconstruction => -reconstruction)], found.Loss);
        Assert.Equal(new double[SmallModel.Batch], found.Kl.Values());
    }

    [Fact]
    public void The_divergence_in_closed_form_is_that_of_many_draws()
    {
        const int Draws = 200_000;
        using DisposeScope scope = NewDisposeScope();
        var posterior = new Posterior(Numbers.Single([[0.5, -1.5, 0, 3]]), Numbers.Single([[-2, 0.7, 0, -5]]));
        using var generator = new Generator(1, new Device(DeviceType.CPU));
        double[][] noise = randn(Draws, 4, generator: generator).Rows();
        double[] closed = posterior.KlDivergences().Values();
        (double[] means, double[] logVariances) = (posterior.Mean.Values(), posterior.LogVariance!.Values());
        for (int d = 0; d < 4; d++)
        {
            double drawn = noise.Average(row =>
            {
                double z = means[d] + Math.Exp(logVariances[d] / 2) * row[d];
                return Numbers.LogNormal(z, means[d], logVariances[d]) - Numbers.LogNormal(z);
            });
            Assert.Equal(closed[d], drawn, 0.02);
        }
        Assert.Equal(0, closed[2], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Training_follows_the_gradient(string name) => AssertGradient(s_objectives[name], new VaePrior.StandardNormal());

    [Theory]
    [InlineData("elbo")]
    [InlineData("importance weighted")]
    public void Also_through_a_learned_prior(string name) => AssertGradient(s_objectives[name], new VaePrior.Vamp { Components = 4 });

    // Of each parameter: along the gradient, the loss rises by its length.
    private static void AssertGradient(VaeObjective objective, VaePrior prior)
    {
        const double Step = 1e-2;
        using var model = new SmallModel(objective.IsDeterministic, prior);
        model.Network.train();
        Tensor Loss() => model.Evaluate(objective, epoch: 1.5).Loss.mean();

        Parameter[] parameters = [.. model.Network.parameters()];
        IList<Tensor> gradients = autograd.grad([Loss()], [.. parameters]);
        foreach ((Parameter parameter, Tensor gradient) in parameters.Zip(gradients))
        {
            double length = Math.Sqrt(gradient.Values().Sum(value => value * value));
            Assert.True(length > 1e-4, "a parameter without a gradient");
            Tensor direction = gradient / (float)length;
            double Moved(double by)
            {
                using IDisposable noGradient = no_grad();
                Tensor before = parameter.clone();
                parameter.add_(direction * (float)by);
                double loss = Loss().Values()[0];
                parameter.copy_(before);
                return loss;
            }

            Assert.Equal(length, (Moved(Step) - Moved(-Step)) / (2 * Step), 0.02 * length + 2e-4);
        }
    }

    private static void AssertWeight(VaeKlWarmUp warmUp, double epoch, int numberOfEpochs, double weight)
    {
        using var model = new SmallModel();
        Recomputed wanted = model.Recompute();
        ObjectiveTerms found = model.Evaluate(new VaeObjective.Elbo { Beta = 3, WarmUp = warmUp }, epoch, numberOfEpochs);
        AssertRows([.. wanted.Reconstruction.Select((reconstruction, row) => 3 * weight * wanted.Kl(row) - reconstruction)], found.Loss);
    }

    private static double MeanKernel(double[][] a, double[][] b) =>
        a.Average(x => b.Average(y => Math.Exp(-x.Zip(y, (p, q) => (p - q) * (p - q)).Sum() / (2 * SmallModel.Latent))));

    private static void AssertRows(double[] expected, Tensor found)
    {
        double[] values = found.Values();
        Assert.Equal(expected.Length, values.Length);
        Assert.All(Enumerable.Range(0, expected.Length), i => Numbers.AssertClose(expected[i], values[i], 2e-5, $"row {i}"));
    }
}
