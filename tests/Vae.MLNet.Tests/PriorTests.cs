using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Networks;
using Vae.MLNet.Priors;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>p(z): densities and divergences by hand, and what a learned prior brings to a trained model.</summary>
public sealed class PriorTests : IDisposable
{
    private static readonly Device s_cpu = new(DeviceType.CPU);

    private readonly MLContext _ml = new(seed: 1);
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void The_standard_normal_prior_is_that_density()
    {
        using var prior = new StandardNormalPrior();
        double[][] latents = Latents(20, 3);
        double[][] marginals = prior.LogMarginals(Numbers.Single(latents)).Rows();
        double[] densities = prior.LogDensity(Numbers.Single(latents)).Values();
        for (int i = 0; i < latents.Length; i++)
        {
            Assert.All(Enumerable.Range(0, 3), d => Numbers.AssertClose(Numbers.LogNormal(latents[i][d]), marginals[i][d], 1e-5, $"dimension {d}"));
            Numbers.AssertClose(latents[i].Sum(z => Numbers.LogNormal(z)), densities[i], 1e-5, $"row {i}");
        }
    }

    [Fact]
    public void The_vamp_prior_is_the_mixture_of_the_posteriors_of_its_pseudo_inputs()
    {
        const int Components = 7;
        using var model = new SmallModel(prior: new VaePrior.Vamp { Components = Components });
        using IDisposable noGradient = no_grad();
        model.Network.eval();
        model.Network.Settle();
        Posterior components = model.Network.Encode(new RowTensors(Assert.Single(model.Network.Prior.parameters()), null, null));
        (double[][] means, double[][] logVariances) = (components.Mean.Rows(), components.LogVariance!.Rows());
        double[][] latents = Latents(20, SmallModel.Latent);
        Tensor given = Numbers.Single(latents);
        double[] densities = model.Network.Prior.LogDensity(given).Values();
        double[][] marginals = model.Network.Prior.LogMarginals(given).Rows();
        for (int i = 0; i < latents.Length; i++)
        {
            double Log(int component, int d) => Numbers.LogNormal(latents[i][d], means[component][d], logVariances[component][d]);
            double whole = Numbers.LogSumExp([.. Enumerable.Range(0, Components).Select(k => Enumerable.Range(0, SmallModel.Latent).Sum(d => Log(k, d)))]) - Math.Log(Components);
            Numbers.AssertClose(whole, densities[i], 1e-5, $"row {i}");
            for (int d = 0; d < SmallModel.Latent; d++)
            {
                double one = Numbers.LogSumExp([.. Enumerable.Range(0, Components).Select(k => Log(k, d))]) - Math.Log(Components);
                Numbers.AssertClose(one, marginals[i][d], 1e-5, $"row {i}, dimension {d}");
            }
        }
        // Rows in several groups, as importance sampling asks for them.
        Assert.Equal(densities, model.Network.Prior.LogDensity(given.view(4, 5, SmallModel.Latent)).view(-1).Values().Select(value => value), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void The_divergence_from_a_vamp_prior_is_right_on_average_over_draws()
    {
        const int Draws = 100_000;
        using VampPrior prior = Mixture(components: 3, [[-2], [0.5], [3]]);
        // The posterior of one row, and its divergence from the mixture by numeric integration.
        const double Mean = 0.8;
        const double LogVariance = -0.4;
        double[] weights = Numbers.Simpson(2000, 20);
        double divergence = weights.Select((weight, i) =>
        {
            double z = -10 + i / 100.0;
            double log = Numbers.LogNormal(z, Mean, LogVariance);
            double logPrior = Numbers.LogSumExp(Numbers.LogNormal(z, -2, -1), Numbers.LogNormal(z, 0.5, -1), Numbers.LogNormal(z, 3, -1)) - Math.Log(3);
            return weight * Math.Exp(log) * (log - logPrior);
        }).Sum();

        var posterior = new Posterior(full(Draws, 1, Mean).@float(), full(Draws, 1, LogVariance).@float());
        using var generator = new Generator(2, s_cpu);
        Tensor noise = randn(Draws, 1, generator: generator);
        double[] drawn = prior.KlDivergence(posterior, posterior.Draw(noise), noise).Values();
        Assert.Equal(divergence, drawn.Average(), 0.01);
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(5, 5)]
    [InlineData(12, 5)]
    public void Pseudo_inputs_start_as_training_rows(int components, int rows)
    {
        double[][] inputs = Latents(rows, 4);
        using VampPrior prior = Mixture(components, inputs);
        double[][] found = Assert.Single(prior.parameters()).Rows();
        Assert.Equal(components, found.Length);
        int[] uses = [.. inputs.Select(input => found.Count(each => each.SequenceEqual(input)))];
        Assert.Equal(components, uses.Sum());
        Assert.InRange(uses.Max() - uses.Min(), 0, 1);
    }

    [Fact]
    public void A_vamp_model_comes_back_from_its_file_with_the_same_scores()
    {
        IDataView data = _ml.View(200);
        using VaeTransformer model = TestRows.Fit(_ml, data, options => options.Prior = new VaePrior.Vamp { Components = 11 });
        ITransformer loaded = _ml.SavedAndLoaded(model, data.Schema);
        TestRows.AssertEqual(_ml.Outputs(model.Transform(data)), _ml.Outputs(loaded.Transform(data)), 0);
        var vae = Assert.IsType<VaeTransformer>(loaded is IEnumerable<ITransformer> chain ? Assert.Single(chain) : loaded);
        Assert.Equal(new VaePrior.Vamp { Components = 11 }, vae.Prior);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_001)]
    public void A_vamp_prior_wants_components(int components)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Prior = new VaePrior.Vamp { Components = components })));
        Assert.Contains("Components", error.Message);
        Assert.Contains("from 1 to 100000", error.Message);
    }

    [Fact]
    public void No_prior_is_refused() =>
        Assert.Contains("Prior", Assert.Throws<ArgumentNullException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Prior = null!))).Message);

    [Fact]
    public void Clusters_are_told_better_with_a_vamp_prior()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Clusters(1000));
        double Elbo(VaePrior prior)
        {
            using VaeTransformer model = TestRows.Fit(_ml, data, options =>
            {
                options.Prior = prior;
                options.NumberOfEpochs = 25;
                options.LearningRate = 3e-3;
            });
            return -_ml.Outputs(model.Transform(data)).Average(output => output.Score);
        }

        double normal = Elbo(new VaePrior.StandardNormal());
        double vamp = Elbo(new VaePrior.Vamp { Components = 20 });
        Assert.True(vamp > normal + 0.1, $"{vamp} with a VampPrior, {normal} with the standard normal");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Scores_are_minus_the_logarithm_of_a_density_of_area_1(bool isVamp)
    {
        // One number in two clusters. The mean importance weight is unbiased, so that its integral over all numbers is 1, however far training has come.
        var random = new Random(3);
        TestRow[] rows = [.. Enumerable.Range(0, 600).Select(i => new TestRow { Number = (float)(i % 2 == 0 ? 20 + random.NextNormal() : 32 + 2 * random.NextNormal()) })];
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.InputColumnName = "Number";
            options.Prior = isVamp ? new VaePrior.Vamp { Components = 10 } : new VaePrior.StandardNormal();
            options.ScoreDraws = 200;
            options.NumberOfEpochs = 10;
        });
        const int Points = 600;
        const double Width = 120;
        IDataView grid = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, Points).Select(i => new TestRow { Number = (float)(26 - Width / 2 + Width * (i + 0.5) / Points) }));
        double area = model.Transform(grid).ValuesOf<float>("Score").Sum(score => Math.Exp(-score) * Width / Points);
        Assert.Equal(1, area, 0.04);
    }

    // Of N(input, exp(-1)) in each dimension.
    private static VampPrior Mixture(int components, double[][] inputs)
    {
        var prior = new VampPrior(components, inputs[0].Length, s_cpu);
        using IDisposable noGradient = no_grad();
        using var generator = new Generator(1, s_cpu);
        prior.Initialise(() => Numbers.Single(inputs), generator);
        prior.eval();
        prior.Follow(rows => new Posterior(rows.alias(), full_like(rows, -1)));
        return prior;
    }

    private static double[][] Latents(int count, int width)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(_ => Numbers.Rounded(2 * random.NextNormal())).ToArray())];
    }

    private static TestRow[] Clusters(int count)
    {
        var random = new Random(5);
        double[][] centres = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, TestRow.FeatureCount).Select(_ => 4 * random.NextNormal()).ToArray())];
        return [.. Enumerable.Range(0, count).Select(i => new TestRow { Features = [.. centres[i % 6].Select(centre => (float)(centre + 0.3 * random.NextNormal()))] })];
    }
}
