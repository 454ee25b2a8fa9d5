using System.Runtime.InteropServices;
using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Mixtures;

/// <summary>Fits mixtures of normal distributions (Dempster et al., 1977).</summary>
internal static class ExpectationMaximisation
{
    private const int MostIterations = 200;
    // Of the average log density, in nats: with less nothing is gained.
    private const double SmallestGain = 1e-3;
    // Of the average variance: a component on few points stays a density.
    private const double Regularisation = 1e-4;
    private const double SmallestVariance = 1e-12;
    // Four clusters at the corners of a square are hardly better told by two components than by one.
    private const int MostRises = 2;
    // Rows per dimension and component, so that its covariance is known.
    private const int RowsPerDimension = 5;

    /// <summary>Of 1, 2, 4, ... components the number with the smallest BIC (Schwarz, 1978): the search ends where two in a row are no better.</summary>
    /// <param name="rows"><c>[rows, dimension]</c>.</param>
    /// <param name="dimension">Of a row.</param>
    /// <param name="most">Components.</param>
    /// <param name="isDiagonal">Whether covariances are diagonal.</param>
    /// <param name="seed">Of the start.</param>
    /// <param name="checkAlive">Throws when fitting is to stop.</param>
    public static GaussianMixture FitByBic(float[] rows, int dimension, int most, bool isDiagonal, int seed, Action checkAlive)
    {
        int count = rows.Length / dimension;
        int mostKnown = Math.Max(1, count / (RowsPerDimension * (isDiagonal ? 1 : dimension)));
        (GaussianMixture best, double bestBic) = Fit(rows, dimension, 1, isDiagonal, seed, checkAlive);
        int rises = 0;
        for (int components = 2; components <= Math.Min(most, mostKnown) && rises < MostRises; components *= 2)
        {
            (GaussianMixture mixture, double bic) = Fit(rows, dimension, components, isDiagonal, seed, checkAlive);
            rises = bic < bestBic ? 0 : rises + 1;
            if (rises == 0)
            {
                (best, bestBic) = (mixture, bic);
            }
        }
        return best;
    }

    /// <summary>Starts at k-means++ centres (Arthur and Vassilvitskii, 2007).</summary>
    /// <returns>The mixture, and its BIC: parameters x log rows - 2 log likelihood.</returns>
    /// <inheritdoc cref="FitByBic"/>
    public static (GaussianMixture Mixture, double Bic) Fit(float[] rows, int dimension, int components, bool isDiagonal, int seed, Action checkAlive)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        long count = rows.Length / dimension;
        Tensor x = tensor(rows, dtype: ScalarType.Float64, device: OnDevice.Cpu).view(count, dimension);
        Tensor floor = (x - x.mean([0])).Squared().mean().Times(Regularisation).Plus(SmallestVariance);
        Tensor responsibilities = NearestCentre(x, Math.Min(components, (int)count), seed);
        GaussianMixture mixture;
        double average = double.NegativeInfinity;
        double gain;
        int iteration = 0;
        do
        {
            checkAlive();
            using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
            using DisposeScope step = NewDisposeScope();
            mixture = Maximised(x, responsibilities, isDiagonal, floor);
            Tensor joint = mixture.LogJoint(x);
            Tensor density = joint.logsumexp(1);
            responsibilities.copy_((joint - density.unsqueeze(1)).exp());
            double before = average;
            average = density.mean().item<double>();
            gain = average - before;
        }
        while (gain >= SmallestGain && ++iteration < MostIterations);
        long ofCovariance = isDiagonal ? dimension : dimension * (dimension + 1L) / 2;
        long parameters = mixture.Components * (1 + dimension + ofCovariance) - 1;
        return (mixture, parameters * Math.Log(count) - 2 * average * count);
    }

    // w_k = sum_n r_nk / N, mean_k = sum_n r_nk x_n / sum_n r_nk, covariance_k = sum_n r_nk (x_n - mean_k)(x_n - mean_k)^T / sum_n r_nk
    private static GaussianMixture Maximised(Tensor x, Tensor responsibilities, bool isDiagonal, Tensor floor)
    {
        Tensor counts = responsibilities.sum(dim: 0).AtLeast(SmallestVariance);
        Tensor means = responsibilities.t().mm(x) / counts.unsqueeze(1);
        var factors = new Tensor[counts.shape[0]];
        for (int k = 0; k < factors.Length; k++)
        {
            Tensor centred = x - means[k];
            Tensor weighted = centred * responsibilities.narrow(1, k, 1) / counts[k];
            factors[k] = isDiagonal
                ? (weighted * centred).sum(dim: 0).Plus(floor).sqrt()
                : linalg.cholesky(weighted.t().mm(centred).Plus(eye(x.shape[1], dtype: ScalarType.Float64, device: OnDevice.Cpu) * floor));
        }
        return new GaussianMixture((int)x.shape[1], Numbers(counts / counts.sum()), Numbers(means), Numbers(stack(factors, 0)));
    }

    // 1 for the nearest of some rows that are far from each other: each is drawn by its squared distance to the ones before.
    private static Tensor NearestCentre(Tensor x, int components, int seed)
    {
        using var generator = new Generator((ulong)seed, OnDevice.Cpu);
        Tensor chances = ones(x.shape[0], dtype: ScalarType.Float64, device: OnDevice.Cpu);
        Tensor nearest = TensorArithmetic.Filled(double.PositiveInfinity, ScalarType.Float64, OnDevice.Cpu, x.shape[0]);
        Tensor assigned = zeros(x.shape[0], dtype: ScalarType.Int64, device: OnDevice.Cpu);
        for (int k = 0; k < components; k++)
        {
            using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
            using DisposeScope scope = NewDisposeScope();
            // The largest of log chance + Gumbel noise is a draw by chance (Gumbel, 1954).
            Tensor gumbel = -(-rand(x.shape[0], dtype: ScalarType.Float64, device: OnDevice.Cpu, generator: generator).log()).log();
            Tensor centre = x[chances.log().Plus(gumbel).argmax(0)];
            Tensor distance = (x - centre).Squared().sum(dim: 1);
            Tensor isNearer = distance < nearest;
            nearest.copy_(where(isNearer, distance, nearest));
            assigned.Replace(isNearer, k);
            chances.copy_(nearest);
        }
        return nn.functional.one_hot(assigned, components).@double();
    }

    private static double[] Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.contiguous().bytes).ToArray();
}
