using Microsoft.ML;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Tests;

/// <summary>How numbers are scaled inside the model, and that nothing of it shows outside.</summary>
public sealed class ScalingTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(5)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(20_000)]
    public void A_quantile_scaling_is_undone_on_the_training_range(int count)
    {
        double[] values = [.. LogNormals(count, seed: 3)];
        QuantileScaling scaling = Scaling(values);
        foreach (double value in values)
        {
            double back = scaling.Decode(0, scaling.Encode(0, value));
            Assert.Equal(value, back, 1e-5 * Math.Max(1, value));
        }
        for (int i = 1; i < 100; i++)
        {
            double between = values.Min() + (values.Max() - values.Min()) * i / 100;
            Assert.Equal(between, scaling.Decode(0, scaling.Encode(0, between)), 1e-5 * Math.Max(1, between));
        }
    }

    [Fact]
    public void Ties_share_a_score_and_come_back_exactly()
    {
        double[] values = [.. LogNormals(2000, seed: 4).Select((value, i) => i % 10 == 0 ? value : 0)];
        QuantileScaling scaling = Scaling(values);
        // 90% zeros: their mid-rank is 0.45.
        Assert.Equal(-0.1257f, scaling.Encode(0, 0), 1e-3f);
        Assert.Equal(0, scaling.Decode(0, scaling.Encode(0, 0)), 1e-6);
        Assert.Equal(1.2816f, scaling.Encode(0, values.Where(value => value > 0).Min()), 5e-3f);
        Assert.All(values, value => Assert.Equal(value, scaling.Decode(0, scaling.Encode(0, value)), 1e-5 * Math.Max(1, value)));
    }

    [Fact]
    public void Scores_of_training_values_are_standard_normal()
    {
        double[] values = [.. LogNormals(5000, seed: 5)];
        QuantileScaling scaling = Scaling(values);
        double[] scores = [.. values.Select(value => (double)scaling.Encode(0, value))];
        Assert.Equal(0, scores.Average(), 0.01);
        Assert.Equal(1, scores.Average(score => score * score), 0.01);
        Assert.Equal(0.8413, scores.Count(score => score < 1) / 5000.0, 0.005);
    }

    [Fact]
    public void A_quantile_scaling_rises_everywhere_and_goes_on_beyond_the_range()
    {
        double[] values = [.. LogNormals(3000, seed: 6)];
        QuantileScaling scaling = Scaling(values);
        double[] axis = [-1e6, -10, -1, .. values.Order(), values.Max() + 1, 2 * values.Max(), 1e6, 1e30];
        float[] encoded = [.. axis.Select(value => scaling.Encode(0, value))];
        Assert.All(encoded, score => Assert.True(float.IsFinite(score)));
        for (int i = 1; i < axis.Length; i++)
        {
            // Neighbours closer than single precision tells apart may meet, but not cross.
            Assert.True(encoded[i] > encoded[i - 1] || axis[i] - axis[i - 1] < 1e-4 * axis[i], $"{axis[i - 1]} to {axis[i]}: {encoded[i - 1]} to {encoded[i]}");
        }
        foreach (double value in new[] { -10, 2 * values.Max(), 1e6 })
        {
            Assert.Equal(value, scaling.Decode(0, scaling.Encode(0, value)), 1e-4 * Math.Abs(value));
        }
        double last = double.NegativeInfinity;
        for (float score = -8; score <= 8; score += 0.05f)
        {
            double decoded = scaling.Decode(0, score);
            Assert.True(decoded > last && double.IsFinite(decoded));
            last = decoded;
        }
    }

    [Fact]
    public void The_slope_is_the_derivative_on_both_sides_of_the_ends()
    {
        double[] values = [.. LogNormals(50, seed: 7)];
        QuantileScaling scaling = Scaling(values);
        double[] sorted = [.. values.Order()];
        foreach (double value in new[] { sorted[0] - 3, (sorted[0] + sorted[1]) / 2, (sorted[20] + sorted[21]) / 2, sorted[^1] + 3 })
        {
            double step = 1e-3 * Math.Min(sorted[1] - sorted[0], sorted[21] - sorted[20]);
            double slope = (scaling.Encode(0, value + 100 * step) - scaling.Encode(0, value - 100 * step)) / (200 * step);
            Assert.Equal(Math.Log(slope), scaling.LogSlope(0, value), 0.05);
        }
    }

    [Fact]
    public void Constants_empty_slots_and_missing_values_do_no_harm()
    {
        var constant = new QuantileScaling([QuantileScaling.Learn([(4.5, 1), (4.5, 2)]), QuantileScaling.Learn([])]);
        foreach (float score in new[] { -3f, 0f, 7f })
        {
            Assert.Equal(4.5, constant.Decode(0, score));
            Assert.Equal(0, constant.Decode(1, score));
        }
        Assert.Equal(0, constant.Encode(0, 4.5));
        Assert.True(constant.Encode(0, 5) > 0);
        Assert.Equal(float.NaN, constant.Encode(0, double.NaN));
        Assert.Equal(float.NaN, constant.Encode(1, double.NaN));
        Assert.True(float.IsFinite(constant.Encode(1, 17)));
        Assert.Equal((0, 0), (constant.LogSlope(0, 4.5), constant.LogSlope(1, 2)));
    }

    [Fact]
    public void Weights_count_as_repetitions_even_where_they_are_tiny()
    {
        QuantileScaling weighted = new([QuantileScaling.Learn([(1, 3), (2, 1), (5, 2)])]);
        QuantileScaling repeated = Scaling([1, 1, 1, 2, 5, 5]);
        foreach (double value in new[] { 0, 1, 1.5, 2, 4, 5, 9 })
        {
            Assert.Equal(repeated.Encode(0, value), weighted.Encode(0, value), 1e-6f);
        }
        QuantileScaling tiny = new([QuantileScaling.Learn([(0, 1e-30), (1, 1), (2, 1e-30), (3, 1e-30), (4, 1), (5, 1e-30)])]);
        foreach (double value in new double[] { 0, 1, 2, 3, 4, 5 })
        {
            Assert.True(float.IsFinite(tiny.Encode(0, value)), $"{value} becomes {tiny.Encode(0, value)}");
            Assert.True(double.IsFinite(tiny.LogSlope(0, value)));
        }
        Assert.Equal(1, tiny.Decode(0, tiny.Encode(0, 1)), 1e-5);
        Assert.Equal(4, tiny.Decode(0, tiny.Encode(0, 4)), 1e-5);
    }

    [Fact]
    public void Quantiles_tell_more_of_a_heavy_tailed_column_than_its_standard_deviation()
    {
        Tail[] rows = Tail.Make(2000, seed: 1);
        IDataView train = _ml.Data.LoadFromEnumerable(rows);
        IDataView test = _ml.Data.LoadFromEnumerable(Tail.Make(500, seed: 2));
        (double Score, double MedianError) Judge(VaeScaling scaling)
        {
            using VaeTransformer model = Fit(train, options => options.InputColumns = [new("Income") { Scaling = scaling }, "Cause"]);
            IDataView view = model.Transform(test);
            double[] errors = [.. view.Values<float>("IncomeSeen").Zip(view.Values<float>("Income"), (seen, given) => Math.Abs(Math.Log(Math.Max(seen, 1e-6) / given))).Order()];
            return (view.Values<float>("Score").Average(), errors[errors.Length / 2]);
        }

        (double Score, double MedianError) standard = Judge(VaeScaling.Standard);
        (double Score, double MedianError) quantile = Judge(VaeScaling.Quantile);
        Assert.True(quantile.Score < standard.Score - 1, $"{quantile.Score} nats against {standard.Score}");
        Assert.True(quantile.MedianError < standard.MedianError / 2, $"median error {quantile.MedianError} against {standard.MedianError}");
    }

    [Fact]
    public void Zeros_among_a_tail_come_back_as_zeros()
    {
        Tail[] rows = Tail.Make(2000, seed: 1);
        IDataView train = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = Fit(train, options => options.InputColumns = [new("Gain") { Scaling = VaeScaling.Quantile }, "Flag"]);
        float[] seen = model.Transform(train).Values<float>("GainSeen");
        double median = rows.Where(row => row.Gain > 0).Select(row => row.Gain).Order().ElementAt(rows.Count(row => row.Gain > 0) / 2);
        Assert.True(rows.Zip(seen).Where(each => each.First.Gain == 0).Average(each => Math.Abs(each.Second)) < 0.05 * median);
        Assert.True(rows.Zip(seen).Where(each => each.First.Gain > 0).Count(each => each.Second > 0.2 * median) > 150);
    }

    [Theory]
    [InlineData(VaeScaling.Standard)]
    [InlineData(VaeScaling.Quantile)]
    public void A_column_in_other_units_scores_by_the_logarithm_of_the_unit(VaeScaling scaling)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Tail.Make(600, seed: 1));
        float[] Scores(string column)
        {
            using VaeTransformer model = Fit(data, options =>
            {
                options.InputColumns = [new(column) { Scaling = scaling }, "Cause", "Flag"];
                options.NumberOfEpochs = 3;
            });
            return model.Transform(data).Values<float>("Score");
        }

        // A density per 1,024th is a 1,024th of the density. A power of 2, so that the network sees the same to the last bit.
        Assert.All(Scores("IncomeIn1024ths").Zip(Scores("Income"), (left, right) => left - right), difference => Assert.Equal(Math.Log(1024), difference, 1e-3));
    }

    [Fact]
    public void Without_scaling_the_network_sees_the_values_as_they_are()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Tail.Make(1000, seed: 1));
        using VaeTransformer model = Fit(data, options => options.InputColumns = [new("Cause") { Scaling = VaeScaling.None }, "Flag"]);
        float[] given = data.Values<float>("Cause");
        Assert.InRange(model.Transform(data).Values<float>("CauseSeen").Zip(given, (seen, value) => Math.Abs(seen - value)).Average(), 0, 0.3);
        Assert.Equal(VaeScaling.None, model.InputColumns[0].Scaling);
    }

    [Fact]
    public void A_column_has_the_likelihood_it_asks_for()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Tail.Make(1000, seed: 1));
        using VaeTransformer model = Fit(data, options => options.InputColumns =
            [new("Share") { Likelihood = VaeLikelihood.Bernoulli }, new("Flag") { Likelihood = VaeLikelihood.Gaussian }, "Cause"]);
        Assert.Equal([VaeLikelihood.Bernoulli, VaeLikelihood.Gaussian, VaeLikelihood.Gaussian], model.InputColumns.Select(column => column.Likelihood!.Value));
        Assert.Equal([VaeScaling.None, VaeScaling.Standard, VaeScaling.Standard], model.InputColumns.Select(column => column.Scaling!.Value));
        IDataView view = model.Transform(data);
        Assert.All(view.Values<float>("ShareSeen"), value => Assert.InRange(value, 0, 1));
        Assert.InRange(view.Values<float>("ShareSeen").Zip(view.Values<float>("Share"), (seen, given) => Math.Abs(seen - given)).Average(), 0, 0.1);
        Assert.InRange(view.Values<bool>("FlagSeen").Zip(view.Values<bool>("Flag")).Count(each => each.First == each.Second), 950, 1000);
    }

    [Fact]
    public void The_likelihood_of_the_options_is_that_of_numbers_only()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Tail.Make(100, seed: 1));
        using VaeTransformer model = Fit(data, options =>
        {
            options.Likelihood = VaeLikelihood.Bernoulli;
            options.InputColumns = ["Share", "Flag", "Kind", new("Income") { Likelihood = VaeLikelihood.Gaussian, Scaling = VaeScaling.Quantile }];
            options.NumberOfEpochs = 1;
        });
        Assert.Equal(
            [VaeLikelihood.Bernoulli, VaeLikelihood.Bernoulli, VaeLikelihood.Categorical, VaeLikelihood.Gaussian], model.InputColumns.Select(column => column.Likelihood!.Value));
        Assert.Equal(VaeScaling.Quantile, model.InputColumns[3].Scaling);
    }

    private static VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            ScoreColumnName = "Score",
            ReconstructionColumnSuffix = "Seen",
            LatentDimension = 2,
            Network = new VaeNetwork.Dense([32]) { Activation = VaeActivation.ReLU },
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            NumberOfEpochs = 40,
            BatchSize = 50,
            LearningRate = 5e-3,
            Seed = 3,
        };
        change(options);
        return new MLContext(1).Transforms.VariationalAutoencoder(options).Fit(data);
    }

    private static QuantileScaling Scaling(IEnumerable<double> values) => new([QuantileScaling.Learn(values.Select(value => (value, 1.0)))]);

    private static IEnumerable<double> LogNormals(int count, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(_ => Math.Exp(2 * Tail.Normal(random)));
    }

    private sealed class Tail
    {
        public float Cause { get; set; }

        /// <summary>Follows from the cause, and has a few values that are far larger than all others.</summary>
        public float Income { get; set; }

        public float IncomeIn1024ths { get; set; }

        /// <summary>Nine in ten are 0.</summary>
        public float Gain { get; set; }

        public float Share { get; set; }

        public bool Flag { get; set; }

        [Microsoft.ML.Data.KeyType(2)]
        public uint Kind { get; set; }

        public static Tail[] Make(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ =>
            {
                double cause = Normal(random);
                double income = Math.Exp(2 * cause + 0.1 * Normal(random));
                bool flag = cause > 1.2816;
                return new Tail
                {
                    Cause = (float)cause,
                    Income = (float)income,
                    IncomeIn1024ths = 1024 * (float)income,
                    Gain = flag ? (float)Math.Exp(3 + Normal(random)) : 0,
                    Share = (float)(1 / (1 + Math.Exp(-2 * cause))),
                    Flag = flag,
                    Kind = flag ? 1u : 0,
                };
            })];
        }

        public static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
