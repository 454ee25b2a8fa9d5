using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>Settings of objectives that contradict each other are refused before any row is read, and what is promised of trained objectives holds.</summary>
public sealed class ObjectiveSettingsTests
{
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<string, VaeObjective, string> BadObjectives => new()
    {
        { "Beta", new VaeObjective.Elbo { Beta = -1 }, "-1" },
        { "Beta", new VaeObjective.Elbo { Beta = double.NaN }, "finite" },
        { "FreeBits", new VaeObjective.Elbo { FreeBits = -0.5 }, "-0.5" },
        { "Capacity", new VaeObjective.Elbo { Beta = 4, Capacity = -2 }, "-2" },
        { "Capacity", new VaeObjective.Elbo { Beta = 4, Capacity = double.PositiveInfinity }, "finite" },
        { "Capacity", new VaeObjective.Elbo { Capacity = 5 }, "Beta above 1" },
        { "Capacity", new VaeObjective.Elbo { Beta = 4, Capacity = 5, WarmUp = VaeKlWarmUp.Linear(2) }, "WarmUp" },
        { "Capacity", new VaeObjective.Elbo { Beta = 4, Capacity = 5, FreeBits = 0.1 }, "FreeBits" },
        { "CapacityEpochs", new VaeObjective.Elbo { CapacityEpochs = 5 }, "Capacity is not" },
        { "CapacityEpochs", new VaeObjective.Elbo { Beta = 4, Capacity = 5, CapacityEpochs = 0 }, "at least 1" },
        { "Alpha", new VaeObjective.BetaTotalCorrelation { Alpha = -1 }, "-1" },
        { "Beta", new VaeObjective.BetaTotalCorrelation { Beta = -1 }, "-1" },
        { "Gamma", new VaeObjective.BetaTotalCorrelation { Gamma = double.NaN }, "finite" },
        { "Alpha", new VaeObjective.InfoVae { Alpha = 1.5 }, "from 0 to 1" },
        { "Alpha", new VaeObjective.InfoVae { Alpha = -0.1 }, "from 0 to 1" },
        { "Lambda", new VaeObjective.InfoVae { Lambda = -1 }, "-1" },
        { "Alpha + Lambda", new VaeObjective.InfoVae { Alpha = 0.25, Lambda = 0.5 }, "-0.25" },
        { "Samples", new VaeObjective.ImportanceWeighted { Samples = 0 }, "from 1" },
        { "Samples", new VaeObjective.ImportanceWeighted { Samples = 1001 }, "1001" },
    };

    public static TheoryData<string, VaeObjective> ForTheStandardNormalPriorOnly => new()
    {
        { "FreeBits", new VaeObjective.Elbo { FreeBits = 0.1 } },
        { "Total correlation", new VaeObjective.BetaTotalCorrelation() },
        { "InfoVae", new VaeObjective.InfoVae() },
        { "Autoencoder", new VaeObjective.Autoencoder() },
    };

    [Theory]
    [MemberData(nameof(BadObjectives))]
    public void A_bad_objective_fails_in_the_constructor(string setting, VaeObjective objective, string said)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Objective = objective)));
        Assert.Contains(setting, error.Message);
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [MemberData(nameof(ForTheStandardNormalPriorOnly))]
    public void Objectives_of_the_standard_normal_prior_refuse_another(string setting, VaeObjective objective)
    {
        VaeEstimator Make(VaePrior prior) => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options =>
        {
            options.Objective = objective;
            options.Prior = prior;
            options.LogVarianceColumnName = null;
        }));

        ArgumentException error = Assert.Throws<ArgumentException>(() => Make(new VaePrior.Vamp()));
        Assert.Contains(setting, error.Message);
        Assert.Contains("StandardNormal only; the prior is Vamp", error.Message);
        Assert.NotNull(Make(new VaePrior.StandardNormal()));
    }

    [Fact]
    public void A_warm_up_that_never_rises_is_refused()
    {
        Assert.Contains("at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => VaeKlWarmUp.Linear(0)).Message);
        Assert.Contains("at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => VaeKlWarmUp.Cyclical(0)).Message);
        foreach (double proportion in new[] { 0, -0.5, 1.01, double.NaN })
        {
            Assert.Contains("above 0 and at most 1", Assert.Throws<ArgumentOutOfRangeException>(() => VaeKlWarmUp.Cyclical(4, proportion)).Message);
        }
    }

    [Fact]
    public void A_plain_autoencoder_has_no_posterior_variance()
    {
        var error = Assert.Throws<ArgumentException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.Objective = new VaeObjective.Autoencoder())));
        Assert.Contains("LogVarianceColumnName", error.Message);
    }

    [Fact]
    public void More_draws_make_the_bound_tighter()
    {
        double[] scores = [.. new[] { 1, 5, 50 }.Select(draws => MeanScore(options => options.ScoreDraws = draws))];
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.True(scores[0] - scores[2] is > 0.01 and < 5, $"{scores[0]} to {scores[2]}");
    }

    [Fact]
    public void Training_for_several_draws_gains_on_them()
    {
        double Bound(VaeObjective objective) => MeanScore(options =>
        {
            options.Objective = objective;
            options.NumberOfEpochs = 20;
            options.ScoreDraws = 50;
        });

        double weighted = Bound(new VaeObjective.ImportanceWeighted { Samples = 10 });
        double elbo = Bound(new VaeObjective.Elbo());
        Assert.True(weighted < elbo - 0.02, $"{weighted} by importance weighting, {elbo} by the ELBO");
    }

    [Fact]
    public void A_higher_beta_carries_fewer_nats()
    {
        double Kl(double beta)
        {
            using VaeTransformer model = TestRows.Fit(_ml, _ml.View(500), options => (options.Objective, options.NumberOfEpochs) = (new VaeObjective.Elbo { Beta = beta }, 15));
            return model.History[^1].Kl;
        }

        double[] found = [Kl(0.1), Kl(1), Kl(4)];
        Assert.Equal(found.OrderDescending(), found);
    }

    [Fact]
    public void Capacity_is_where_the_divergence_ends()
    {
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(1000), options =>
        {
            options.Objective = new VaeObjective.Elbo { Beta = 50, Capacity = 2.5 };
            options.NumberOfEpochs = 20;
            options.BatchSize = 32;
        });
        Assert.Equal(2.5, model.History[^1].Kl, 0.15);
    }

    private double MeanScore(Action<VaeEstimator.Options> change)
    {
        IDataView data = _ml.View(500);
        using VaeTransformer model = TestRows.Fit(_ml, data, change);
        return _ml.Outputs(model.Transform(data)).Average(output => output.Score);
    }
}
