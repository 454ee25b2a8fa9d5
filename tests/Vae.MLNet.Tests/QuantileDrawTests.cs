using Microsoft.ML;
using Vae.MLNet.Columns;
using Vae.MLNet.Sampling;
using Vae.MLNet.Sampling.Quality;

namespace Vae.MLNet.Tests;

/// <summary>A draw from a column that is scaled by quantiles comes as often on a value as the training rows do.</summary>
public sealed class QuantileDrawTests
{
    private const int Count = 20_000;

    /// <summary>Normal scores that cover the distribution evenly.</summary>
    private static readonly float[] s_even = Drawn();

    [Theory]
    [InlineData("zeros and a tail", 1000)]
    [InlineData("zeros and a tail", 20_000)]
    [InlineData("small integers", 300)]
    [InlineData("small integers", 5000)]
    [InlineData("no ties", 500)]
    [InlineData("no ties", 20_000)]
    [InlineData("two values", 400)]
    [InlineData("spikes in a density", 10_000)]
    public void Draws_are_distributed_like_the_training_values(string kind, int rows)
    {
        double[] values = Values(kind, rows);
        double similarity = ColumnSimilarities.KolmogorovSmirnov(values, Settled(Scaling(values), s_even));
        Assert.True(similarity > 0.98, $"1 - {1 - similarity}");
    }

    [Fact]
    public void Independent_draws_are_as_near_as_chance_allows()
    {
        var random = new Random(5);
        float[] scores = [.. Enumerable.Range(0, Count).Select(_ => (float)random.NextNormal())];
        foreach (string kind in new[] { "zeros and a tail", "small integers", "no ties" })
        {
            double[] values = Values(kind, 4000);
            double similarity = ColumnSimilarities.KolmogorovSmirnov(values, Settled(Scaling(values), scores));
            Assert.True(similarity > 0.98, $"{kind}: 1 - {1 - similarity}");
        }
    }

    [Fact]
    public void A_spike_comes_back_exactly_and_as_often_as_in_training()
    {
        double[] values = Values("zeros and a tail", 2000);
        double[] drawn = Settled(Scaling(values), s_even);
        // All but one of the rows between the spike and its neighbours.
        Assert.Equal(values.Count(value => value == 0) / 2000.0, drawn.Count(value => value == 0) / (double)Count, 1.0 / 2000);
        Assert.DoesNotContain(drawn, value => value < 0);
        // Without it 0 is a value that is almost never hit.
        QuantileScaling scaling = Scaling(values);
        Assert.True(s_even.Count(score => scaling.Decode(0, score) == 0) < 0.01 * Count);
    }

    [Fact]
    public void Small_integers_stay_whole_but_for_one_row_between_two()
    {
        double[] values = Values("small integers", 1000);
        double[] drawn = Settled(Scaling(values), s_even);
        int different = values.Distinct().Count();
        Assert.InRange(drawn.Count(value => value != Math.Round(value)), 0, (different - 1) * Count / 1000 + different);
        foreach (double value in values.Distinct())
        {
            Assert.Equal(values.Count(each => each == value) / 1000.0, drawn.Count(each => each == value) / (double)Count, 1.001 / 1000);
        }
    }

    [Fact]
    public void The_ranges_of_values_are_where_their_ranks_begin_and_end()
    {
        // Ten rows: 1 four times, 2 once, 5 five times. One row of each value is the way to its neighbours.
        QuantileScaling.Knots knots = Learn([1, 5, 1, 5, 2, 5, 1, 5, 1, 5]);
        Assert.Equal([1, 2, 5], knots.Values);
        AssertClose([-0.841621, -0.125661, 0.674490], knots.Scores);
        AssertClose([-1.644854, -0.125661, 0.125661], knots.Lower);
        AssertClose([-0.385320, -0.125661, 1.644854], knots.Upper);

        QuantileScaling scaling = new([knots]);
        foreach ((double drawn, double wanted) in new[] { (-9.0, 1.0), (-1.7, 1), (-1.6, 1), (-0.39, 1), (-0.125661, 2), (0.1257, 5), (1.6, 5), (1.7, 5), (9, 5) })
        {
            Assert.Equal(wanted, Settle(scaling, (float)drawn), drawn == -0.125661 ? 1e-4 : 0);
        }
        // Halfway between two ranges is halfway between two values.
        Assert.Equal(1.5, Settle(scaling, (float)((-0.385320 - 0.125661) / 2)), 1e-4);
        Assert.Equal(3.5, Settle(scaling, 0), 1e-4);
    }

    [Fact]
    public void Single_values_at_the_ends_leave_what_lies_beyond_them_as_it_is()
    {
        double[] values = Values("no ties", 200);
        QuantileScaling scaling = Scaling(values);
        foreach (float beyond in new[] { -8, -4, -3.2f, 3.2f, 4, 8 })
        {
            float[] settled = [beyond];
            scaling.SettleDraw(settled);
            Assert.Equal(beyond, settled[0]);
            Assert.False(scaling.Decode(0, beyond) > values.Min() && scaling.Decode(0, beyond) < values.Max());
        }
    }

    [Theory]
    [InlineData("zeros and a tail")]
    [InlineData("small integers")]
    [InlineData("no ties")]
    [InlineData("spikes in a density")]
    public void Settling_rises_and_settles_once(string kind)
    {
        QuantileScaling scaling = Scaling(Values(kind, 3000));
        float[] settled = [.. s_even];
        for (int i = 0; i < settled.Length; i++)
        {
            scaling.SettleDraw(settled.AsSpan(i, 1));
            Assert.True(i == 0 || settled[i] >= settled[i - 1], $"{s_even[i]} becomes {settled[i]} after {settled[Math.Max(i - 1, 0)]}");
        }
        // What is on a value stays there.
        foreach (float score in settled.GroupBy(score => score).Where(group => group.Count() > 20).Select(group => group.Key))
        {
            float[] again = [score];
            scaling.SettleDraw(again);
            Assert.Equal(score, again[0]);
        }
    }

    [Fact]
    public void Weights_count_and_their_unit_does_not()
    {
        (double Value, double Weight)[] rows = [.. Enumerable.Range(0, 900).Select(row => ((double)(row % 3), row % 3 == 2 ? 5.0 : row % 3 + 1))];
        double[] drawn = Settled(new QuantileScaling([QuantileScaling.Learn(rows)]), s_even);
        double[] wanted = [1 / 8.0, 2 / 8.0, 5 / 8.0];
        for (int value = 0; value < 3; value++)
        {
            // Of the 300 rows one is on the way to the neighbours.
            Assert.InRange(drawn.Count(each => each == value) / (double)Count, wanted[value] * 299 / 300 - 1e-3, wanted[value] + 1e-3);
        }
        QuantileScaling.Knots knots = QuantileScaling.Learn(rows);
        QuantileScaling.Knots others = QuantileScaling.Learn(rows.Select(row => (row.Value, 1024 * row.Weight)));
        Assert.Equal(knots.Lower, others.Lower);
        Assert.Equal(knots.Upper, others.Upper);
    }

    [Fact]
    public void A_constant_and_an_empty_slot_stay_what_they_are()
    {
        QuantileScaling scaling = new([Learn([4.5, 4.5, 4.5]), Learn([]), Learn([7])]);
        foreach (float score in new[] { -6f, -0.1f, 0, 2 })
        {
            float[] settled = [score, score, score];
            scaling.SettleDraw(settled);
            Assert.Equal((4.5, 0, 7), (scaling.Decode(0, settled[0]), scaling.Decode(1, settled[1]), scaling.Decode(2, settled[2])));
        }
    }

    [Theory]
    [InlineData("zeros and a tail", 900)]
    [InlineData("small integers", 5000)]
    [InlineData("no ties", 1000)]
    [InlineData("two values", 50)]
    public void A_training_value_comes_back_to_the_bit(string kind, int rows)
    {
        double[] values = Values(kind, rows);
        QuantileScaling scaling = Scaling(values);
        Assert.All(values, value => Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(scaling.Decode(0, scaling.Encode(0, value)))));
        // In single precision as well, in which vectors are.
        float[] singles = [.. values.Select(value => (float)value)];
        QuantileScaling ofSingles = Scaling([.. singles.Select(value => (double)value)]);
        foreach (float value in singles.Distinct())
        {
            float[] row = [value];
            ofSingles.Encode(row);
            ofSingles.SettleDraw(row);
            ofSingles.Decode(row, row);
            Assert.Equal(BitConverter.SingleToInt32Bits(value), BitConverter.SingleToInt32Bits(row[0]));
        }
    }

    [Fact]
    public void Ranges_go_through_tables_unchanged()
    {
        QuantileScaling scaling = new([Learn(Values("zeros and a tail", 700)), Learn([]), Learn([3, 3]), Learn(Values("small integers", 90))]);
        Dictionary<string, Table> saved = scaling.Tables.ToDictionary(table => table.Name);
        Assert.All(saved.Values, table => Assert.Equal((4, 0), (table.Rows, table.Values.Length % 4)));
        QuantileScaling loaded = QuantileScaling.Load(4, (name, rows, _) => rows == saved[name].Rows ? saved[name].Values : throw new FormatException(name));
        Assert.Equal(scaling.Tables.Select(table => (table.Name, Text(table.Values))), loaded.Tables.Select(table => (table.Name, Text(table.Values))));
        foreach (float score in s_even.Where((_, i) => i % 97 == 0))
        {
            float[] first = [score, score, score, score];
            float[] second = [.. first];
            scaling.SettleDraw(first);
            loaded.SettleDraw(second);
            Assert.Equal(first, second);
        }
    }

    [Theory]
    [InlineData(new double[] { 1, 2, /**/ -1, 1, /**/ -2, 0.5, /**/ 0, 2 }, true)]
    [InlineData(new double[] { 1, 2, /**/ -1, 1, /**/ -1, 1, /**/ -1, 1 }, true)]
    [InlineData(new double[] { 2, 1, /**/ -1, 1, /**/ -2, 0.5, /**/ 0, 2 }, false)]
    [InlineData(new double[] { 1, 1, /**/ -1, 1, /**/ -2, 0.5, /**/ 0, 2 }, false)]
    [InlineData(new double[] { 1, 2, /**/ 1, -1, /**/ -2, 0.5, /**/ 0, 2 }, false)]
    [InlineData(new double[] { 1, 2, /**/ 1, 1, /**/ 1, 1, /**/ 1, 1 }, false)]
    // A range that begins after its score, ends before it, or goes into the next.
    [InlineData(new double[] { 1, 2, /**/ -1, 1, /**/ -0.9, 0.5, /**/ 0, 2 }, false)]
    [InlineData(new double[] { 1, 2, /**/ -1, 1, /**/ -2, 0.5, /**/ -1.1, 2 }, false)]
    [InlineData(new double[] { 1, 2, /**/ -1, 1, /**/ -2, 0.5, /**/ 0.6, 2 }, false)]
    [InlineData(new double[] { 1, 2, /**/ -1, 1, /**/ -2, 0.5, /**/ 0, 0.9 }, false)]
    [InlineData(new double[] { 1, 2, /**/ -1, 1, /**/ double.NaN, 0.5, /**/ 0, 2 }, false)]
    public void Tables_out_of_order_are_refused(double[] table, bool isGood)
    {
        if (isGood)
        {
            QuantileScaling.Load(1, (_, _, _) => table);
            return;
        }
        var error = Assert.Throws<FormatException>(() => QuantileScaling.Load(1, (_, _, _) => table));
        Assert.Contains("quantiles.0", error.Message);
    }

    [Fact]
    public void Rows_from_a_model_have_the_spike_of_training_also_after_it_was_saved()
    {
        var random = new Random(8);
        var ml = new MLContext(seed: 1);
        IDataView data = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1500).Select(_ =>
        {
            double cause = random.NextNormal();
            return new Row { Gain = cause > 0.8 ? (float)Math.Exp(3 + random.NextNormal()) : 0, Age = (float)Math.Round(40 + 8 * cause), Parts = [(float)cause, random.Next(3)] };
        }).ToArray());
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            InputColumns = [new("Gain") { Scaling = VaeScaling.Quantile }, new("Age") { Scaling = VaeScaling.Quantile }, new("Parts") { Scaling = VaeScaling.Quantile }],
            LatentDimension = 2,
            Network = new VaeNetwork.Dense([32]) { Activation = VaeActivation.ReLU },
            NumberOfEpochs = 15,
            BatchSize = 50,
            LearningRate = 5e-3,
            Seed = 3,
        }).Fit(data);
        IDataView rows = ml.Data.SampleFromVae(model, 1500, seed: 4);
        float[] gains = rows.ValuesOf<float>("Gain");
        double zeros = data.ValuesOf<float>("Gain").Count(value => value == 0) / 1500.0;
        Assert.Equal(zeros, gains.Count(value => value == 0) / 1500.0, 0.2);
        float[] ages = rows.ValuesOf<float>("Age");
        Assert.True(ages.Count(age => age == MathF.Round(age)) > 0.95 * ages.Length);
        float[] seconds = [.. rows.VectorsOf("Parts").Select(parts => parts[1])];
        Assert.True(seconds.Count(value => value is 0 or 1 or 2) > 0.95 * seconds.Length);
        // Means are no draws: they are where they are.
        Assert.True(ml.Data.SampleFromVae(model, 300, decoding: VaeDecoding.Mean, seed: 4).ValuesOf<float>("Gain").Count(value => value == 0) < 30);

        ITransformer loaded = ml.SavedAndLoaded(model, data.Schema);
        using var memory = (IDisposable)loaded;
        IDataView again = ml.Data.SampleFromVae(loaded, 1500, seed: 4);
        Assert.Equal(gains, again.ValuesOf<float>("Gain"));
        Assert.Equal(ages, again.ValuesOf<float>("Age"));
        Assert.Equal(rows.VectorsOf("Parts"), again.VectorsOf("Parts"));
    }

    private static double[] Values(string kind, int count)
    {
        var random = new Random(11);
        double Tail() => Math.Exp(5 + 1.5 * random.NextNormal());
        return [.. Enumerable.Range(0, count).Select(i => kind switch
        {
            "zeros and a tail" => random.NextDouble() < 0.92 ? 0 : Tail(),
            "small integers" => Math.Floor(17 * Math.Pow(random.NextDouble(), 2)) - 3,
            "two values" => i % 4 == 0 ? 1 : -1,
            "spikes in a density" => random.Next(10) is var part && part == 0 ? 40 : part < 3 ? 7.5 : 30 * random.NextNormal(),
            _ => Tail(),
        })];
    }

    private static QuantileScaling.Knots Learn(IEnumerable<double> values) => QuantileScaling.Learn(values.Select(value => (value, 1.0)));

    private static QuantileScaling Scaling(IEnumerable<double> values) => new([Learn(values)]);

    private static double[] Settled(QuantileScaling scaling, float[] scores) => Array.ConvertAll(scores, score => Settle(scaling, score));

    private static double Settle(QuantileScaling scaling, float score)
    {
        float[] settled = [score];
        scaling.SettleDraw(settled);
        return scaling.Decode(0, settled[0]);
    }

    // Phi^-1 of an even grid.
    private static float[] Drawn()
    {
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        double[] places = [.. Enumerable.Range(0, Count).Select(i => 2 * (i + 0.5) / Count - 1)];
        return [.. TorchSharp.torch.tensor(places).erfinv().Values().Select(value => (float)(value * Math.Sqrt(2)))];
    }

    private static string Text(double[] values) => string.Join(' ', values.Select(value => BitConverter.DoubleToInt64Bits(value).ToString("x", System.Globalization.CultureInfo.InvariantCulture)));

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), each => Assert.Equal(each.First, each.Second, 1e-5));
    }

    private sealed class Row
    {
        public float Gain { get; set; }

        public float Age { get; set; }

        [Microsoft.ML.Data.VectorType(2)]
        public float[] Parts { get; set; } = new float[2];
    }
}
