using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Samples;

/// <summary>Principal component analysis by singular value decomposition: the best that straight lines can do, to compare with.</summary>
public sealed class PrincipalComponents
{
    private readonly float[] _means;
    private readonly float[][] _axes;

    private PrincipalComponents(float[] means, float[][] axes, float[] deviations) => (_means, _axes, Deviations) = (means, axes, deviations);

    /// <summary>The standard deviation along each component, the largest first.</summary>
    public IReadOnlyList<float> Deviations { get; }

    /// <summary>Finds the components of rows.</summary>
    /// <param name="rows">As long each, without missing values.</param>
    /// <param name="count">How many components, at most as many as there are columns.</param>
    public static PrincipalComponents Fit(IReadOnlyList<float[]> rows, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor values = tensor(rows.SelectMany(row => row).ToArray()).reshape(rows.Count, rows[0].Length);
        Tensor means = values.mean([0]);
        (_, Tensor singular, Tensor axes) = linalg.svd(values - means, fullMatrices: false);
        return new PrincipalComponents(means.data<float>().ToArray(), [.. axes.data<float>().ToArray().Chunk(rows[0].Length).Take(count)], [.. singular.data<float>().ToArray().Take(count).Select(value => value / MathF.Sqrt(rows.Count))]);
    }

    /// <summary>A row's coordinates along the components.</summary>
    public float[] Encode(float[] row) => [.. _axes.Select(axis => axis.Zip(row.Zip(_means, (value, mean) => value - mean), (weight, value) => weight * value).Sum())];

    /// <summary>The row at such coordinates.</summary>
    public float[] Decode(float[] coordinates)
    {
        float[] row = [.. _means];
        for (int component = 0; component < coordinates.Length; component++)
        {
            for (int column = 0; column < row.Length; column++)
            {
                row[column] += coordinates[component] * _axes[component][column];
            }
        }
        return row;
    }
}
