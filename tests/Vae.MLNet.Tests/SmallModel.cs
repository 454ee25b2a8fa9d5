using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Likelihoods;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>
/// A small network with weights drawn at random, a batch of rows for it, and what encoder and decoder say of them in double precision: what an objective is recomputed from.
/// </summary>
internal sealed class SmallModel : IDisposable
{
    public const int Latent = 3;
    public const int Batch = 12;
    public const long TrainingRows = 500;

    private const ulong NoiseSeed = 99;
    private static readonly Device s_cpu = new(DeviceType.CPU);

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly RowTensors _rows;

    /// <param name="isDeterministic">A plain autoencoder.</param>
    /// <param name="prior">Default: standard normal.</param>
    /// <param name="hasHolesAndLabels">Conditional, with missing numbers.</param>
    public SmallModel(bool isDeterministic = false, VaePrior? prior = null, bool hasHolesAndLabels = false)
    {
        LikelihoodPart[] parts = [new(VaeLikelihood.Gaussian, 3, VaeNoise.PerFeature), new(VaeLikelihood.Bernoulli, 2)];
        var architecture = new VaeArchitecture(
            parts, hasHolesAndLabels, hasHolesAndLabels ? 2 : 0, Latent, isDeterministic, new VaeNetwork.Dense(6) { Activation = VaeActivation.Tanh }, prior ?? new VaePrior.StandardNormal());
        Network = new VariationalAutoencoder(architecture, s_cpu);
        var random = new Random(4);
        double[][] Drawn(int width, Func<double> value) => [.. Enumerable.Range(0, Batch).Select(_ => Enumerable.Range(0, width).Select(_ => value()).ToArray())];
        Tensor values = cat([Numbers.Single(Drawn(3, random.NextNormal)), Numbers.Single(Drawn(2, () => random.Next(2)))], 1);
        Tensor? missing = hasHolesAndLabels ? Numbers.Single(Drawn(5, () => random.Next(3) == 0 ? 1 : 0)) : null;
        Tensor? label = hasHolesAndLabels ? eye(2).index_select(0, tensor((long[])[.. Enumerable.Range(0, Batch).Select(_ => random.NextInt64(2))])) : null;
        _rows = new RowTensors(missing is null ? values : values * (1 - missing), missing, label);
        using var generator = new Generator(5, s_cpu);
        Network.Initialise(generator, full(5, 0.5).@float(), () => _rows);
        using IDisposable noGradient = no_grad();
        foreach (Parameter parameter in Network.parameters())
        {
            // Away from what initialisation makes special: biases and scales of 0.
            parameter.add_(randn(parameter.shape, generator: generator) * 0.1f);
        }
    }

    public VariationalAutoencoder Network { get; }

    public void Dispose()
    {
        Network.Dispose();
        _scope.Dispose();
    }

    /// <summary>A step's terms; the same noise each time.</summary>
    public ObjectiveTerms Evaluate(VaeObjective objective, double epoch = 0, int numberOfEpochs = 10)
    {
        using var noise = new BatchNoise();
        noise.Begin(NoiseSeed);
        Network.Settle();
        return objective.Create().Evaluate(Network, _rows, _rows, new TrainingMoment(epoch, numberOfEpochs, TrainingRows, noise));
    }

    /// <summary>The same rows as an objective with this many draws per row sees them.</summary>
    public Recomputed Recompute(int draws = 1, bool hasPriorDraws = false)
    {
        using IDisposable noGradient = no_grad();
        using var generator = new Generator(NoiseSeed, s_cpu);
        Posterior posterior = Network.Encode(_rows);
        double[][] means = posterior.Mean.Rows();
        double[][] logVariances = posterior.LogVariance?.Rows() ?? [];
        double[][] noise = randn(Batch * draws, Latent, generator: generator).Rows();
        double[][] priorDraws = hasPriorDraws ? randn(Batch, Latent, generator: generator).Rows() : [];
        double[][] latents = [.. noise.Select((each, i) => logVariances.Length == 0
            ? means[i]
            : Enumerable.Range(0, Latent).Select(d => means[i / draws][d] + Math.Exp(0.5 * logVariances[i / draws][d]) * each[d]).ToArray())];
        RowTensors repeated = _rows.Repeated(draws);
        double[] reconstruction = Network.Likelihood.LogProbability(repeated.Values, Network.Decode(Numbers.Single(latents), repeated.Label), repeated.Observed).Values();
        return new Recomputed(means, logVariances, latents, priorDraws, reconstruction);
    }
}

/// <summary>What a model says of a batch.</summary>
/// <param name="Means">Of each row's posterior.</param>
/// <param name="LogVariances">Of each row's posterior; empty of a plain autoencoder.</param>
/// <param name="Latents">All draws of a row one after the other.</param>
/// <param name="PriorDraws">From the standard normal distribution; empty if nobody asked.</param>
/// <param name="Reconstruction">log p(x|z) of each draw.</param>
internal sealed record Recomputed(double[][] Means, double[][] LogVariances, double[][] Latents, double[][] PriorDraws, double[] Reconstruction)
{
    /// <summary>KL(q(z_d|x) || N(0, 1)) of a row's dimension.</summary>
    public double Kl(int row, int dimension) =>
        0.5 * (Math.Exp(LogVariances[row][dimension]) + Means[row][dimension] * Means[row][dimension] - 1 - LogVariances[row][dimension]);

    public double Kl(int row) => Enumerable.Range(0, SmallModel.Latent).Sum(dimension => Kl(row, dimension));

    /// <summary>log q(z_d|x) of a row at a latent.</summary>
    public double LogPosterior(int row, double[] latent, int dimension) => Numbers.LogNormal(latent[dimension], Means[row][dimension], LogVariances[row][dimension]);

    public double LogPosterior(int row, double[] latent) => Enumerable.Range(0, SmallModel.Latent).Sum(dimension => LogPosterior(row, latent, dimension));

    public static double LogPrior(double[] latent) => latent.Sum(value => Numbers.LogNormal(value));
}
