using Vae.MLNet.Sampling;
using Vae.MLNet.Sampling.Latents;

namespace Vae.MLNet.Tests;

/// <summary>The way from one latent to another: where each step is.</summary>
public sealed class LatentPathTests
{
    private static readonly float[] s_quarters = [0, 0.25f, 0.5f, 0.75f, 1];

    [Fact]
    public void The_straight_line_goes_evenly_from_end_to_end()
    {
        float[] line = LatentPath.Between([0, 2, 5], [4, -2, 5], s_quarters, VaePath.Linear);
        Assert.Equal([0, 2, 5, 1, 1, 5, 2, 0, 5, 3, -1, 5, 4, -2, 5], line);
    }

    [Fact]
    public void The_sphere_turns_a_right_angle_in_thirds_of_thirty_degrees()
    {
        float[] path = LatentPath.Between([3, 0], [0, 3], [0, 1 / 3f, 2 / 3f, 1], VaePath.Spherical);
        double root = Math.Sqrt(3) / 2;
        AssertClose([3, 0, 3 * root, 1.5, 1.5, 3 * root, 0, 3], path);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.5, 4)]
    [InlineData(7, 0.01)]
    public void The_sphere_turns_evenly_and_stretches_evenly(double first, double last)
    {
        float[] from = Direction(seed: 1, first);
        float[] to = Direction(seed: 2, last);
        float[] path = LatentPath.Between(from, to, s_quarters, VaePath.Spherical);
        float[][] points = [.. path.Chunk(8)];
        Assert.Equal(from, points[0]);
        Assert.Equal(to, points[^1]);
        double whole = Angle(from, to);
        for (int step = 0; step < points.Length; step++)
        {
            double length = first + (last - first) * s_quarters[step];
            Assert.Equal(length, Norm(points[step]), 1e-5 * length);
            Assert.Equal(whole * s_quarters[step], Angle(from, points[step]), 1e-4);
            Assert.Equal(whole * (1 - s_quarters[step]), Angle(points[step], to), 1e-4);
        }
    }

    [Fact]
    public void The_line_comes_closer_to_the_centre_than_its_ends_and_the_sphere_does_not()
    {
        float[] from = Direction(seed: 1, 3);
        float[] to = Direction(seed: 2, 3);
        Assert.InRange(Norm(LatentPath.Between(from, to, [0.5f], VaePath.Linear)), 0, 2.7);
        Assert.Equal(3, Norm(LatentPath.Between(from, to, [0.5f], VaePath.Spherical)), 1e-5);
    }

    [Theory]
    [InlineData(new float[] { 1, 2, 2 }, new float[] { 2, 4, 4 })]
    [InlineData(new float[] { 1, 2, 2 }, new float[] { -1, -2, -2 })]
    [InlineData(new float[] { 1, 2, 2 }, new float[] { 1, 2, 2 })]
    [InlineData(new float[] { 0, 0, 0 }, new float[] { 1, 2, 2 })]
    [InlineData(new float[] { 1, 2, 2 }, new float[] { 0, 0, 0 })]
    [InlineData(new float[] { 0, 0, 0 }, new float[] { 0, 0, 0 })]
    public void Ends_on_one_line_with_the_centre_are_joined_by_the_line(float[] from, float[] to) =>
        Assert.Equal(LatentPath.Between(from, to, s_quarters, VaePath.Linear), LatentPath.Between(from, to, s_quarters, VaePath.Spherical));

    [Theory]
    [InlineData(1.1e-3)]
    [InlineData(0.9e-3)]
    [InlineData(Math.PI - 1.1e-3)]
    [InlineData(Math.PI - 0.9e-3)]
    public void Where_the_sphere_gives_way_to_the_line_all_points_are_finite_and_between_the_ends(double angle)
    {
        float[] path = LatentPath.Between([1, 0], [(float)Math.Cos(angle), (float)Math.Sin(angle)], s_quarters, VaePath.Spherical);
        Assert.All(path, value => Assert.InRange(value, -1.0001f, 1.0001f));
        if (angle < 1)
        {
            // So small an angle is as good as straight.
            Assert.All(path.Chunk(2).Zip(s_quarters), each => Assert.Equal(angle * each.Second, each.First[1], 1e-6));
        }
    }

    [Fact]
    public void One_dimension_has_only_the_line() =>
        Assert.Equal([-2, -0.5f, 1, 2.5f, 4], LatentPath.Between([-2], [4], s_quarters, VaePath.Spherical));

    [Fact]
    public void Steps_are_even_and_end_at_the_ends()
    {
        Assert.Equal([-3, -2, -1, 0, 1, 2, 3], LatentPath.Steps(-3, 3, 7));
        Assert.Equal([0, 1], LatentPath.Steps(0, 1, 2));
        Assert.Equal([2.5f, 0.5f, -1.5f], LatentPath.Steps(2.5, -1.5, 3));
        Assert.Equal([4, 4, 4], LatentPath.Steps(4, 4, 3));
        float[] tenths = LatentPath.Steps(0.1, 0.7, 1000);
        Assert.Equal((0.1f, 0.7f, 1000), (tenths[0], tenths[^1], tenths.Length));
        Assert.Equal(tenths.Order(), tenths);
    }

    private static float[] Direction(int seed, double norm)
    {
        var random = new Random(seed);
        double[] direction = [.. Enumerable.Range(0, 8).Select(_ => random.NextNormal())];
        double length = Math.Sqrt(direction.Sum(value => value * value));
        return [.. direction.Select(value => (float)(value / length * norm))];
    }

    private static double Norm(float[] latent) => Math.Sqrt(latent.Sum(value => (double)value * value));

    private static double Angle(float[] from, float[] to)
    {
        // Half the angle by sine and cosine: exact also where it is 0.
        double[] first = [.. from.Select(value => value / Norm(from))];
        double[] second = [.. to.Select(value => value / Norm(to))];
        double apart = Math.Sqrt(first.Zip(second, (left, right) => (left - right) * (left - right)).Sum());
        double together = Math.Sqrt(first.Zip(second, (left, right) => (left + right) * (left + right)).Sum());
        return 2 * Math.Atan2(apart, together);
    }

    private static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), each => Assert.Equal(each.First, each.Second, 1e-6));
    }
}
