using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A row's weight says how much it counts in training, and nothing afterwards.</summary>
public sealed class WeightTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Rows_of_weight_0_have_no_influence_at_all()
    {
        Weighted[] rows = Weighted.Make(300);
        // Not even if nothing in them could be trained on.
        var impossible = new Weighted { Weight = 0, X = float.PositiveInfinity, Y = double.NaN, Kind = 2, Label = 2 };
        Weighted[] more = [.. rows.SelectMany((row, index) => index % 7 == 0 ? new[] { impossible, row } : [row])];
        foreach (string? label in new[] { null, "Label" })
        {
            using VaeTransformer expected = Fit(View(rows), options => options.LabelColumnName = label);
            using VaeTransformer model = Fit(View(more), options => options.LabelColumnName = label);
            Assert.Equal(Scores(expected, rows), Scores(model, rows));
            Assert.Contains("no training row had", Assert.Throws<InvalidOperationException>(() => Scores(model, [new Weighted { Kind = 2 }])).Message);
        }
    }

    [Fact]
    public void Equal_weights_are_no_weights()
    {
        Weighted[] rows = Weighted.Make(300);
        using VaeTransformer unweighted = Fit(View(rows), options => options.ExampleWeightColumnName = null);
        float[] expected = Scores(unweighted, rows);
        foreach (float weight in new[] { 0.25f, 1, 1024 })
        {
            using VaeTransformer model = Fit(View([.. rows.Select(row => row with { Weight = weight })]));
            Assert.Equal(expected, Scores(model, rows));
        }
        using VaeTransformer weighted = Fit(View([.. rows.Select(row => row with { Weight = row.X > 0 ? 2 : 1 })]));
        Assert.NotEqual(expected, Scores(weighted, rows));
    }

    [Fact]
    public void Weight_2_learns_the_scaling_of_a_row_that_is_there_twice()
    {
        Weighted[] rows = Weighted.Make(300);
        Weighted[] weighted = [.. rows.Select(row => row with { Weight = row.X > 0 ? 2 : 1 })];
        Weighted[] repeated = [.. rows.SelectMany(row => Enumerable.Repeat(row, row.X > 0 ? 2 : 1))];
        foreach (VaeScaling scaling in new[] { VaeScaling.Standard, VaeScaling.Quantile })
        {
            // Next to no training: what differs is what was learned of the columns.
            void Untrained(VaeEstimator.Options options) =>
                (options.LearningRate, options.NumberOfEpochs, options.InputColumns) = (1e-12, 1, [new("X") { Scaling = scaling }, new("Y") { Scaling = scaling }, "Kind"]);
            using VaeTransformer once = Fit(View(weighted), Untrained);
            using VaeTransformer twice = Fit(View(repeated), Untrained);
            using VaeTransformer ignoring = Fit(View(rows), Untrained);
            float[] expected = Scores(twice, rows);
            float tolerance = scaling == VaeScaling.Standard ? 1e-4f : 0.05f;
            float[] actual = Scores(once, rows);
            Assert.True(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Average() < tolerance, $"{scaling}: {expected.Zip(actual, (a, b) => Math.Abs(a - b)).Average()}");
            Assert.True(expected.Zip(Scores(ignoring, rows), (a, b) => Math.Abs(a - b)).Average() > 3 * tolerance);
        }
    }

    [Fact]
    public void Weight_2_trains_to_the_elbo_of_a_row_that_is_there_twice()
    {
        Weighted[] rows = Weighted.Make(600);
        double Elbo(Weighted[] of)
        {
            var progress = new Last();
            // As many steps for all.
            using VaeTransformer model = Fit(View(of), options => (options.Progress, options.NumberOfEpochs, options.LearningRate, options.BatchSize) = (progress, 60, 0.01, (of.Length + 9) / 10));
            return progress.Elbo;
        }

        double expected = Elbo([.. rows.SelectMany(row => Enumerable.Repeat(row, row.X < 0 ? 9 : 1))]);
        double weighted = Elbo([.. rows.Select(row => row with { Weight = row.X < 0 ? 9 : 1 })]);
        double unweighted = Elbo(rows);
        Assert.True(Math.Abs(weighted - expected) < 0.25 && Math.Abs(unweighted - expected) > 0.8, $"{expected} with repeated rows, {weighted} with weights, {unweighted} without");
    }

    [Fact]
    public void Means_and_majorities_are_by_weight()
    {
        // A third of the rows are of kind 2 and lie around 6, the others are of kind 1 around 0; with weight 10 the third is the most.
        var random = new Random(2);
        Weighted[] rows = [.. Enumerable.Range(0, 600).Select(index => new Weighted
        {
            X = (float)random.NextNormal(),
            Y = (index % 3 == 0 ? 6 : 0) + random.NextNormal(),
            Kind = index % 3 == 0 ? 1u : 0u,
            Weight = index % 3 == 0 ? 10 : 1,
        })];
        Weighted[] holes = [new() { X = 0, Y = double.NaN, Kind = Weighted.NoKey }];
        IDataView Filled(string? weight)
        {
            VaeTransformer model = Fit(View(rows), options =>
            {
                (options.NumberOfEpochs, options.LearningRate, options.ExampleWeightColumnName) = (30, 0.01, weight);
                (options.ImputedColumnSuffix, options.ImputationDraws) = ("_filled", 1000);
            });
            return model.Transform(View(holes));
        }

        IDataView weighted = Filled("Weight");
        Assert.Equal(2u, weighted.ValuesOf<uint>("Kind_filled")[0]);
        Assert.Equal(5, weighted.ValuesOf<double>("Y_filled")[0], 0.8);
        IDataView unweighted = Filled(null);
        Assert.Equal(1u, unweighted.ValuesOf<uint>("Kind_filled")[0]);
        Assert.Equal(2, unweighted.ValuesOf<double>("Y_filled")[0], 0.8);
    }

    [Fact]
    public void Proportions_of_labels_are_by_weight()
    {
        Weighted[] rows = [.. Weighted.Make(300).Select(row => row with { Weight = row.Label == 1 ? 5 : 0.5f })];
        using VaeTransformer model = Fit(View(rows), options => options.LabelColumnName = "Label");
        double share = rows.Where(row => row.Label == 1).Sum(row => row.Weight) / (double)rows.Sum(row => row.Weight);
        float[] first = Scores(model, [.. rows.Select(row => row with { Label = 0 })]);
        float[] second = Scores(model, [.. rows.Select(row => row with { Label = 1 })]);
        float[] missing = Scores(model, [.. rows.Select(row => row with { Label = Weighted.NoKey })]);
        Assert.InRange(share, 0.8, 0.95);
        Assert.All(missing, (score, row) => Assert.Equal(-Math.Log((1 - share) * Math.Exp(-first[row]) + share * Math.Exp(-second[row])), score, 1e-4 * (1 + Math.Abs(score))));
    }

    [Fact]
    public void Heavy_rows_are_fitted_better()
    {
        Weighted[] rows = Weighted.Make(600);
        double Left(Func<Weighted, float> weight)
        {
            using VaeTransformer model = Fit(View([.. rows.Select(row => row with { Weight = weight(row) })]), options => (options.NumberOfEpochs, options.LearningRate) = (15, 0.01));
            return Scores(model, [.. rows.Where(row => row.X < 0)]).Average();
        }

        double heavy = Left(row => row.X < 0 ? 20 : 1);
        double light = Left(row => row.X < 0 ? 1 : 20);
        Assert.True(heavy < light - 0.3, $"{heavy} where they are heavy, {light} where they are light");
    }

    [Fact]
    public void The_weight_is_not_needed_afterwards()
    {
        Weighted[] rows = Weighted.Make(100);
        IDataView data = View(rows);
        using VaeTransformer model = Fit(data);
        IDataView without = _ml.Data.LoadFromEnumerable(rows.Select(row => new Unweighted { X = row.X, Y = row.Y, Kind = row.Kind }));
        Assert.Equal(Scores(model, rows), model.Transform(without).ValuesOf<float>("Score"));
        Assert.Equal(Scores(model, rows), _ml.SavedAndLoaded(model, data.Schema).Transform(without).ValuesOf<float>("Score"));
        // Nor looked at: a weight that training would refuse is fine.
        Assert.Equal(Scores(model, rows), Scores(model, [.. rows.Select(row => row with { Weight = float.NaN })]));
    }

    [Theory]
    [InlineData(-1f, "found -1,")]
    [InlineData(float.NaN, "found NaN,")]
    [InlineData(float.PositiveInfinity, "found Infinity,")]
    public void A_weight_that_is_none_is_refused(float weight, string said)
    {
        Weighted[] rows = Weighted.Make(50);
        rows[31].Weight = weight;
        var error = Assert.Throws<InvalidOperationException>(() => Fit(View(rows)));
        Assert.Contains($"Weight column 'Weight', row 31: {said} wanted a finite number of at least 0", error.Message);
    }

    [Fact]
    public void Some_row_has_to_have_weight()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Fit(View([.. Weighted.Make(20).Select(row => row with { Weight = 0 })])));
        Assert.Contains("None of the 20 rows of the training data can be trained on", error.Message);
    }

    private IDataView View(Weighted[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private float[] Scores(VaeTransformer model, Weighted[] rows) => model.Transform(View(rows)).ValuesOf<float>("Score");

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options>? change = null) => TestRows.Fit(_ml, data, options =>
    {
        options.InputColumns = ["X", "Y", "Kind"];
        options.ExampleWeightColumnName = "Weight";
        options.ReconstructionColumnName = null;
        change?.Invoke(options);
    });

    private sealed class Last : IProgress<VaeProgress>
    {
        public double Elbo { get; private set; }

        public void Report(VaeProgress value) => Elbo = value.Elbo;
    }

    private sealed class Unweighted
    {
        public float X { get; set; }

        public double Y { get; set; }

        [KeyType(3)]
        public uint Kind { get; set; }
    }

    /// <summary>Y and the kind follow from X, more exactly where it is negative; the label does not. The last of three kinds and labels never occurs.</summary>
    private sealed record Weighted
    {
        // Keys count from 0 in objects; what is no key there is key 0, missing, in the view.
        public const uint NoKey = uint.MaxValue;

        public float X { get; set; }

        public double Y { get; set; }

        [KeyType(3)]
        public uint Kind { get; set; }

        [KeyType(3)]
        public uint Label { get; set; }

        public float Weight { get; set; } = 1;

        public static Weighted[] Make(int count)
        {
            var random = new Random(1);
            return [.. Enumerable.Range(0, count).Select(index =>
            {
                double x = random.NextNormal();
                return new Weighted { X = (float)x, Y = 50 + 10 * x + (x < 0 ? 1 : 6) * random.NextNormal(), Kind = x + 0.3 * random.NextNormal() > 0 ? 1u : 0u, Label = index % 2 == 0 ? 0u : 1u };
            })];
        }
    }
}
