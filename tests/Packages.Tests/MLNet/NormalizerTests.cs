using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Xunit;

namespace Packages.Tests.MLNet;

public class NormalizerTests
{
    private static readonly MLContext ML = new(1);

    // Slots: 1 to 4; constant; negative; sometimes zero.
    private static readonly float[][] Values = [[1, 5, -8, 0], [2, 5, -4, 0], [3, 5, -2, 0], [4, 5, -2, 4]];

    private static IDataView Data => ML.Data.LoadFromEnumerable(Values.Select(v => new Row { V = v, S = v[0], D = v[2] }));

    [Fact]
    public void MinMax_that_keeps_zero_divides_by_the_largest_magnitude()
    {
        var data = ML.Transforms.NormalizeMinMax("N", "V").Fit(Data).Transform(Data);
        Assert.Equal([0.25f, 0f, -1f, 0f], Table.Vectors<float>(data, "N")[0]);
        Assert.Equal([1f, 0f, -0.25f, 1f], Table.Vectors<float>(data, "N")[3]);
        Assert.True(data.Schema["N"].IsNormalized());
        Assert.Equal(data.Schema["V"].Type, data.Schema["N"].Type);
    }

    [Fact]
    public void MinMax_without_it_goes_from_zero_to_one()
    {
        var data = ML.Transforms.NormalizeMinMax("N", "V", fixZero: false).Fit(Data).Transform(Data);
        AssertClose([0f, 0f, 0f, 0f], Table.Vectors<float>(data, "N")[0]);
        AssertClose([1f / 3, 0f, 4f / 6, 0f], Table.Vectors<float>(data, "N")[1]);
        AssertClose([1f, 0f, 1f, 1f], Table.Vectors<float>(data, "N")[3]);
    }

    [Fact]
    public void MeanVariance_that_keeps_zero_divides_by_the_root_mean_square()
    {
        var data = ML.Transforms.NormalizeMeanVariance("N", "V").Fit(Data).Transform(Data);
        float[] scale = [1 / MathF.Sqrt(7.5f), 0, 1 / MathF.Sqrt(22), 1 / MathF.Sqrt(4)];
        AssertClose(Values[1].Zip(scale, (v, s) => v * s), Table.Vectors<float>(data, "N")[1]);
    }

    [Fact]
    public void MeanVariance_without_it_has_mean_zero_and_population_variance_one()
    {
        var data = ML.Transforms.NormalizeMeanVariance("N", "V", fixZero: false).Fit(Data).Transform(Data);
        // Means 2.5, 5, -4, 1; population variances 1.25, 0, 6, 3.
        AssertClose([(1 - 2.5f) / MathF.Sqrt(1.25f), 0, -4 / MathF.Sqrt(6), -1 / MathF.Sqrt(3)], Table.Vectors<float>(data, "N")[0]);
        AssertClose([(4 - 2.5f) / MathF.Sqrt(1.25f), 0, 2 / MathF.Sqrt(6), 3 / MathF.Sqrt(3)], Table.Vectors<float>(data, "N")[3]);
    }

    [Fact]
    public void Scalars_and_doubles_are_normalised_in_their_own_type()
    {
        var data = ML.Transforms.NormalizeMinMax([new("S"), new("D")], fixZero: false).Fit(Data).Transform(Data);
        Assert.Equal(NumberDataViewType.Single, data.Schema["S"].Type);
        Assert.Equal(NumberDataViewType.Double, data.Schema["D"].Type);
        AssertClose([0f, 1f / 3, 2f / 3, 1f], Table.Values<float>(data, "S"));
        Assert.Equal([0, 4.0 / 6, 1, 1], Table.Values<double>(data, "D").Select(value => Math.Round(value, 12)).ToArray(), new Tolerance(1e-9));
    }

    [Fact]
    public void What_a_sparse_row_leaves_out_counts_as_zero()
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn("V", new VectorDataViewType(NumberDataViewType.Single, 4));
        var data = ML.Data.LoadFromEnumerable([new Buffer { V = new(4, 1, [2f], [1]) }, new Buffer { V = new(4, 1, [4f], [1]) }, new Buffer { V = new(4, 0, [], []) }], schema.ToSchema());
        Assert.Equal([0f, 0.5f, 0f, 0f], Table.Vectors<float>(ML.Transforms.NormalizeMinMax("V").Fit(data).Transform(data), "V")[0]);
        // Mean 2, population variance (0 + 4 + 4) / 3.
        var scaled = Table.Vectors<float>(ML.Transforms.NormalizeMeanVariance("V", fixZero: false).Fit(data).Transform(data), "V");
        AssertClose([0f, 0f, 0f, 0f], scaled[0]);
        AssertClose([0f, -2 / MathF.Sqrt(8f / 3), 0f, 0f], scaled[2]);
        var normalized = ML.Transforms.NormalizeMinMax("V").Fit(data).Transform(data);
        using var cursor = normalized.GetRowCursor(normalized.Schema);
        VBuffer<float> value = default;
        cursor.MoveNext();
        cursor.GetGetter<VBuffer<float>>(cursor.Schema["V"])(ref value);
        Assert.False(value.IsDense);
    }

    [Fact]
    public void Missing_values_are_not_learned_from_and_stay_missing()
    {
        var data = ML.Data.LoadFromEnumerable([new Row { S = 1 }, new Row { S = float.NaN }, new Row { S = 3 }]);
        AssertClose([0f, float.NaN, 1f], Table.Values<float>(ML.Transforms.NormalizeMinMax("S", fixZero: false).Fit(data).Transform(data), "S"));
        AssertClose([-1f, float.NaN, 1f], Table.Values<float>(ML.Transforms.NormalizeMeanVariance("S", fixZero: false).Fit(data).Transform(data), "S"));
    }

    [Fact]
    public void Only_so_many_examples_are_learned_from()
    {
        var data = ML.Transforms.NormalizeMinMax("S", maximumExampleCount: 2).Fit(Data).Transform(Data);
        Assert.Equal([0.5f, 1f, 1.5f, 2f], Table.Values<float>(data, "S"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Transforms.NormalizeMinMax("S", maximumExampleCount: 1));
    }

    [Fact]
    public void What_was_learned_can_be_read()
    {
        var model = ML.Transforms.NormalizeMinMax([new("S"), new("V")], fixZero: false).Fit(Data);
        var scalar = Assert.IsType<NormalizingTransformer.AffineNormalizerModelParameters<float>>(model.GetNormalizerModelParameters(0));
        Assert.Equal(1f, scalar.Offset);
        Assert.Equal(1f / 3, scalar.Scale, 6);
        var vector = Assert.IsType<NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>>>(model.GetNormalizerModelParameters(1));
        AssertClose([1f, 0f, -8f, 0f], vector.Offset);
        AssertClose([1f / 3, 0f, 1f / 6, 0.25f], vector.Scale);
    }

    [Fact]
    public void Slot_names_are_kept()
    {
        var data = ML.Transforms.Concatenate("F", "S", "S2").Append(ML.Transforms.NormalizeMinMax("F")).Fit(Data).Transform(Data);
        Assert.Equal(["S", "S2"], Table.SlotNames(data.Schema["F"]));
    }

    [Fact]
    public void Other_types_and_unknown_sizes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EstimatorChain<ITransformer>().Append(ML.Transforms.NormalizeMinMax("Text")).Fit(Data));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EstimatorChain<ITransformer>().Append(ML.Transforms.NormalizeMinMax("Any")).Fit(Data));
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Transforms.NormalizeMinMax("Nothing").Fit(Data));
    }

    private static void AssertClose(IEnumerable<float> expected, IEnumerable<float> actual)
        => Assert.Equal(expected.Select(value => (double)value), actual.Select(value => (double)value), new Tolerance(1e-6));

    private sealed class Tolerance(double distance) : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => (double.IsNaN(x) && double.IsNaN(y)) || Math.Abs(x - y) <= distance;

        public int GetHashCode(double value) => 0;
    }

    private sealed class Row
    {
        [VectorType(4)]
        public float[]? V { get; set; }

        public float S { get; set; }

        public float S2 { get; set; }

        public double D { get; set; }

        public string? Text { get; set; }

        public float[]? Any { get; set; }
    }

    private sealed class Buffer
    {
        public VBuffer<float> V { get; set; }
    }
}
