using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Sampling.Latents;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Mixtures;

/// <summary>A mixture of normal distributions.</summary>
/// <param name="dimension">Of a draw.</param>
/// <param name="weights">Of the components, summing to 1, <c>[components]</c>.</param>
/// <param name="means"><c>[components, dimension]</c>.</param>
/// <param name="factors">Lower Cholesky factors of the covariances, <c>[components, dimension, dimension]</c>; of diagonal ones standard deviations, <c>[components, dimension]</c>.</param>
internal sealed class GaussianMixture(int dimension, double[] weights, double[] means, double[] factors)
{
    private static readonly double s_log2Pi = Math.Log(2 * Math.PI);

    public double[] Weights => weights;

    public double[] Means => means;

    public double[] Factors => factors;

    public int Components => weights.Length;

    public bool IsDiagonal => factors.Length == means.Length;

    /// <summary>log w_k N(x; mean_k, covariance_k), <c>[rows, components]</c>.</summary>
    /// <param name="x"><c>[rows, dimension]</c>, 64-bit floats.</param>
    public Tensor LogJoint(Tensor x)
    {
        var columns = new Tensor[Components];
        for (int k = 0; k < Components; k++)
        {
            Tensor centred = x - Numbers(means, k, dimension);
            // L^-1 (x - mean), whose squares sum to the Mahalanobis distance
            Tensor white = IsDiagonal
                ? centred / Numbers(factors, k, dimension)
                : centred.mm(linalg.inv(Numbers(factors, k, dimension, dimension)).t());
            double logScale = Math.Log(weights[k]) - 0.5 * dimension * s_log2Pi - LogDeterminant(k);
            columns[k] = white.Squared().sum(dim: 1).Times(-0.5).Plus(logScale);
        }
        return stack(columns, 1);
    }

    /// <summary>A draw: a component by its weight, then mean plus factor times noise.</summary>
    /// <param name="rows">Whose noise it is.</param>
    /// <param name="row">The row among them.</param>
    /// <param name="latent">Receives the draw.</param>
    /// <param name="noise">Room for as many numbers.</param>
    public void Draw(SampledRows rows, int row, Span<float> latent, Span<float> noise)
    {
        int component = ComponentAt(rows.Uniform(row, NoiseUse.Component));
        RowNoise.Fill(rows.Key(row, NoiseUse.Latent), noise);
        for (int i = 0; i < dimension; i++)
        {
            double value = means[component * dimension + i];
            if (IsDiagonal)
            {
                value += factors[component * dimension + i] * noise[i];
            }
            else
            {
                ReadOnlySpan<double> factor = factors.AsSpan((component * dimension + i) * dimension, i + 1);
                for (int j = 0; j < factor.Length; j++)
                {
                    value += factor[j] * noise[j];
                }
            }
            latent[i] = (float)value;
        }
    }

    // Those of a component.
    private static Tensor Numbers(double[] all, int component, params long[] shape)
    {
        int count = (int)shape.Aggregate((product, size) => product * size);
        return tensor(all.AsSpan(component * count, count).ToArray(), dtype: ScalarType.Float64, device: OnDevice.Cpu).view(shape);
    }

    private int ComponentAt(double uniform)
    {
        int component = 0;
        while (component < Components - 1 && (uniform -= weights[component]) >= 0)
        {
            component++;
        }
        return component;
    }

    // Of the factor of a component: half of that of its covariance.
    private double LogDeterminant(int component)
    {
        double sum = 0;
        for (int i = 0; i < dimension; i++)
        {
            sum += Math.Log(factors[IsDiagonal ? component * dimension + i : (component * dimension + i) * dimension + i]);
        }
        return sum;
    }
}
