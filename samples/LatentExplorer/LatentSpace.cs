using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using MathNet.Numerics.Statistics;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>A dimension of the latent.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Kl">How much it says of a row on average, in nats.</param>
/// <param name="Middle">The average of the rows.</param>
/// <param name="From">Where its slider starts.</param>
/// <param name="To">Where it ends.</param>
internal sealed record LatentDimension(int Index, double Kl, double Middle, double From, double To)
{
    // In standard deviations of the rows, and of the prior.
    private const double Reach = 3;

    // Whose slider is as the prior has it: N(0, 1).
    private const double SmallestDeviation = 0.1;

    /// <summary>All dimensions, those first that say most of a row.</summary>
    public static IReadOnlyList<LatentDimension> All(LatentRows rows, IReadOnlyList<double> kl) =>
        [.. Enumerable.Range(0, kl.Count).Select(dimension =>
        {
            double[] values = rows.Dimension(dimension);
            (double mean, double deviation) = (values.Mean(), values.PopulationStandardDeviation());
            double reach = Reach * (deviation < SmallestDeviation ? 1 : deviation);
            return (Dimension: new LatentDimension(dimension, kl[dimension], mean, Math.Min(values.Min(), mean - reach), Math.Max(values.Max(), mean + reach)), deviation);
        })
        .OrderByDescending(each => each.Dimension.Kl).ThenByDescending(each => each.deviation).Select(each => each.Dimension)];
}

/// <summary>A plane through the latent space that a map shows.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Across">A unit vector to the right.</param>
/// <param name="Upwards">One upwards, at right angles to it; zeros where the latent has one dimension.</param>
/// <param name="AcrossName">Of the axis.</param>
/// <param name="UpwardsName">Of the axis.</param>
internal sealed record MapPlane(string Name, double[] Across, double[] Upwards, string AcrossName, string UpwardsName)
{
    // Of which the pairs are offered.
    private const int MostDimensions = 4;

    /// <summary>The plane in which the rows spread most, then pairs of the dimensions that say most.</summary>
    public static IReadOnlyList<MapPlane> All(LatentRows rows, IReadOnlyList<LatentDimension> dimensions)
    {
        int size = dimensions.Count;
        if (size == 1)
        {
            return [new MapPlane("z0", [1], [0], "z0", "")];
        }
        double[] Unit(int dimension) => [.. Enumerable.Range(0, size).Select(each => each == dimension ? 1.0 : 0)];
        int[] first = [.. dimensions.Take(MostDimensions).Select(dimension => dimension.Index)];
        return
        [
            Principal(rows, dimensions),
            .. first.SelectMany((across, place) => first.Skip(place + 1).Select(upwards => new MapPlane(
                FormattableString.Invariant($"z{across} and z{upwards}"), Unit(across), Unit(upwards), FormattableString.Invariant($"z{across}"), FormattableString.Invariant($"z{upwards}")))),
        ];
    }

    private static MapPlane Principal(LatentRows rows, IReadOnlyList<LatentDimension> dimensions)
    {
        int size = dimensions.Count;
        double[] middle = [.. dimensions.OrderBy(dimension => dimension.Index).Select(dimension => dimension.Middle)];
        Matrix<double> means = Matrix<double>.Build.Dense(rows.Count, size, (row, dimension) => rows.LatentOf(row)[dimension] - middle[dimension]);
        Evd<double> axes = (means.TransposeThisAndMultiply(means) / rows.Count).Evd(Symmetricity.Symmetric);
        double total = Math.Max(axes.EigenValues.Sum(value => value.Real), double.Epsilon);
        // In ascending order; an axis has no direction of its own, so its largest part is positive.
        double[] Axis(int place) => axes.EigenVectors.Column(size - 1 - place) is var axis && axis[axis.AbsoluteMaximumIndex()] < 0 ? [.. -axis] : [.. axis];
        string Name(int place, string number) => FormattableString.Invariant($"{number} principal axis, {100 * axes.EigenValues[size - 1 - place].Real / total:F0} % of the spread");
        return new MapPlane("the principal axes", Axis(0), Axis(1), Name(0, "first"), Name(1, "second"));
    }
}
