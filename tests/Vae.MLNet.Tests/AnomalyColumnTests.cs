using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Tests;

/// <summary>The columns that find anomalies: the score by one draw or many, and the label by a threshold that training sets.</summary>
public sealed class AnomalyColumnTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Their_types_and_order_are_known_from_the_shape_alone()
    {
        IDataView data = _ml.View(50);
        VaeEstimator estimator = _ml.Transforms.VariationalAutoencoder(TestRows.Options(options =>
        {
            options.PredictedLabelColumnName = "PredictedLabel";
            options.ImputedColumnSuffix = "Filled";
            options.NumberOfEpochs = 1;
        }));
        using VaeTransformer model = estimator.Fit(data);
        DataViewSchema schema = model.GetOutputSchema(data.Schema);
        Assert.Equal(["Latent", "LogVariance", "Draw", "Reconstruction", "Score", "PredictedLabel", "FeaturesFilled"], schema.Skip(data.Schema.Count).Select(column => column.Name));
        Assert.Equal(NumberDataViewType.Single, schema["Score"].Type);
        Assert.Equal(BooleanDataViewType.Instance, schema["PredictedLabel"].Type);
        Assert.Equal(schema.Select(column => (column.Name, column.Type)), model.Transform(data).Schema.Select(column => (column.Name, column.Type)));

        SchemaShape shape = estimator.GetOutputSchema(new SchemaShape([MLNetInternals.NewShape("Features", SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, isKey: false, null)]));
        foreach (string name in new[] { "Score", "PredictedLabel" })
        {
            SchemaShape.Column column = shape.Single(each => each.Name == name);
            Assert.Equal((SchemaShape.Column.VectorKind.Scalar, schema[name].Type, false), (column.Kind, column.ItemType, column.IsKey));
        }
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void The_contamination_is_the_part_of_the_training_rows_above_the_threshold(double contamination)
    {
        IDataView data = _ml.View(400);
        using VaeTransformer model = TestRows.Fit(_ml, data, options => (options.PredictedLabelColumnName, options.Contamination) = ("PredictedLabel", contamination));
        float[] scores = model.Transform(data).ValuesOf<float>("Score");
        Assert.Equal((int)(400 * contamination), scores.Count(score => score > model.ScoreThreshold));
        Assert.Equal(scores.Select(score => score > model.ScoreThreshold), model.Transform(data).ValuesOf<bool>("PredictedLabel"));
        // The least that does it.
        Assert.Contains(model.ScoreThreshold!.Value, scores);
    }

    [Fact]
    public void A_row_or_rows_that_are_all_the_same_have_no_anomaly()
    {
        TestRow one = TestRows.Make(1)[0];
        foreach (int count in new[] { 1, 300 })
        {
            IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Repeat(one, count));
            using VaeTransformer model = TestRows.Fit(_ml, data, options => (options.PredictedLabelColumnName, options.Contamination) = ("PredictedLabel", 0.5));
            Assert.DoesNotContain(true, model.Transform(data).ValuesOf<bool>("PredictedLabel"));
        }
    }

    [Fact]
    public void The_label_alone_is_enough_for_a_cursor_an_engine_and_a_file()
    {
        TestRow[] rows = TestRows.Make(300);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        VaeEstimator.Options Options(string? score) => new()
        {
            OutputColumnName = null,
            ScoreColumnName = score,
            PredictedLabelColumnName = "IsOdd",
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(16),
            NumberOfEpochs = 3,
            ScoreDraws = 4,
            Seed = 7,
        };
        using VaeTransformer scored = _ml.Transforms.VariationalAutoencoder(Options("Score")).Fit(data);
        bool[] expected = scored.Transform(data).ValuesOf<bool>("IsOdd");
        Assert.Equal(30, expected.Count(isOdd => isOdd));

        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(Options(null)).Fit(data);
        Assert.Equal(["IsOdd"], model.GetOutputSchema(data.Schema).Skip(data.Schema.Count).Select(column => column.Name));
        Assert.Equal(scored.ScoreThreshold, model.ScoreThreshold);
        Assert.Equal(expected, model.Transform(data).ValuesOf<bool>("IsOdd"));
        ITransformer loaded = _ml.SavedAndLoaded(model, data.Schema);
        Assert.Equal(model.ScoreThreshold, ((VaeTransformer)loaded).ScoreThreshold);
        Assert.Equal(expected, loaded.Transform(data).ValuesOf<bool>("IsOdd"));

        // One row by itself may be a last bit off, so rows at the threshold are left out.
        float[] scores = scored.Transform(data).ValuesOf<float>("Score");
        foreach (ITransformer transformer in new[] { model, loaded })
        {
            // Not disposed: it would take the transformer with it.
            var engine = _ml.Model.CreatePredictionEngine<TestRow, OnlyLabel>(transformer);
            for (int row = 0; row < rows.Length; row++)
            {
                if (Math.Abs(scores[row] - model.ScoreThreshold!.Value) > 1e-3)
                {
                    Assert.Equal(expected[row], engine.Predict(rows[row]).IsOdd);
                }
            }
        }
    }

    [Fact]
    public void Without_the_label_column_there_is_no_threshold()
    {
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(50), options => options.NumberOfEpochs = 1);
        Assert.Null(model.ScoreThreshold);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public void Every_way_of_reading_gives_a_row_the_same_score(int draws)
    {
        TestRow[] rows = TestRows.Make(600);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(_ml, data, options => (options.ScoreDraws, options.PredictedLabelColumnName) = (draws, "PredictedLabel"));
        IDataView view = model.Transform(data);
        float[] expected = view.ValuesOf<float>("Score");
        Assert.Equal(expected, view.ValuesOf<float>("Score"));
        void AssertSame(int row, float score) => Assert.True(Math.Abs(expected[row] - score) <= 1e-4 * (1 + Math.Abs(expected[row])), $"row {row}: {expected[row]} against {score}");

        var engine = _ml.Model.CreatePredictionEngine<TestRow, TestOutput>(model);
        for (int row = 0; row < rows.Length; row += 7)
        {
            AssertSame(row, engine.Predict(rows[row]).Score);
        }
        int read = 0;
        foreach (DataViewRowCursor cursor in view.GetRowCursorSet(view.Schema, 3).Append(view.GetRowCursor(view.Schema, new Random(4))))
        {
            using (cursor)
            {
                ValueGetter<float> number = cursor.GetGetter<float>(view.Schema["Number"]);
                ValueGetter<float> score = cursor.GetGetter<float>(view.Schema["Score"]);
                ValueGetter<bool> label = cursor.GetGetter<bool>(view.Schema["PredictedLabel"]);
                while (cursor.MoveNext())
                {
                    (float row, float value, bool isAnomaly) = (0, 0, false);
                    number(ref row);
                    score(ref value);
                    label(ref isAnomaly);
                    AssertSame((int)row, value);
                    Assert.Equal(value > model.ScoreThreshold, isAnomaly);
                    read++;
                }
            }
        }
        Assert.Equal(1200, read);
    }

    [Fact]
    public void More_draws_are_another_tighter_score_of_the_same_model()
    {
        IDataView data = _ml.View(500);
        float[][] scores = [.. new[] { 1, 8, 64 }.Select(draws =>
        {
            using VaeTransformer model = TestRows.Fit(_ml, data, options => (options.ScoreDraws, options.NumberOfEpochs, options.LearningRate) = (draws, 10, 0.01));
            return model.Transform(data).ValuesOf<float>("Score");
        })];
        Assert.True(scores[0].Average() > scores[1].Average() + 0.05, $"{scores[0].Average()} by 1 draw, {scores[1].Average()} by 8");
        Assert.True(scores[1].Average() > scores[2].Average() + 0.005, $"{scores[1].Average()} by 8 draws, {scores[2].Average()} by 64");
    }

    [Fact]
    public void A_missing_label_is_averaged_over_the_training_proportions_by_many_draws_too()
    {
        OddRow[] rows = [.. OddRow.Make(700).Select((row, index) =>
        {
            row.Kind = (uint)(index % 7 < 4 ? 0 : index % 7 < 6 ? 1 : 2);
            return row;
        })];
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.InputColumns = ["Number", "Other"];
            options.LabelColumnName = "Kind";
            options.ReconstructionColumnName = null;
            options.ScoreDraws = 16;
        });
        float[] Scores(uint label) => model.Transform(_ml.Data.LoadFromEnumerable(rows.Select(row => new OddRow { Number = row.Number, Other = row.Other, Kind = label }))).ValuesOf<float>("Score");
        // The last of the four labels never occurs.
        double[] proportions = [4 / 7.0, 2 / 7.0, 1 / 7.0];
        float[][] given = [.. Enumerable.Range(0, 3).Select(label => Scores((uint)label))];
        float[] missing = Scores(9);
        int undecided = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            // -log sum_y p(y) p(x|y)
            double least = given.Min(scores => scores[row]);
            double[] terms = [.. proportions.Zip(given, (proportion, scores) => proportion * Math.Exp(least - scores[row]))];
            double expected = least - Math.Log(terms.Sum());
            Assert.Equal(expected, missing[row], 1e-4 * (1 + Math.Abs(expected)));
            undecided += terms.Max() < 0.9 * terms.Sum() ? 1 : 0;
        }
        Assert.True(undecided > 100, $"{undecided} rows were undecided");
    }

    [Fact]
    public void Rows_with_holes_are_scored_by_what_is_there_with_many_draws_too()
    {
        TestRow[] rows = TestRows.Make(500);
        IDataView data = _ml.Data.LoadFromEnumerable(rows.Select((row, index) => index % 3 == 0 ? Holed(row) : row));
        using VaeTransformer model = TestRows.Fit(_ml, data, options => (options.ScoreDraws, options.PredictedLabelColumnName) = (16, "PredictedLabel"));
        float[] among = model.Transform(data).ValuesOf<float>("Score");
        Assert.All(among, score => Assert.True(float.IsFinite(score)));
        Assert.Equal(50, model.Transform(data).ValuesOf<bool>("PredictedLabel").Count(isAnomaly => isAnomaly));
        // The same by themselves; and what is in a hole does not matter, but where it is does.
        float[] whole = model.Transform(_ml.Data.LoadFromEnumerable(rows)).ValuesOf<float>("Score");
        float[] holed = model.Transform(_ml.Data.LoadFromEnumerable(rows.Select(Holed))).ValuesOf<float>("Score");
        for (int row = 0; row < rows.Length; row++)
        {
            float expected = row % 3 == 0 ? holed[row] : whole[row];
            Assert.Equal(expected, among[row], 1e-4 * (1 + Math.Abs(expected)));
        }
        Assert.NotEqual(whole[0], holed[0], 1e-2);

        static TestRow Holed(TestRow row) => new() { Features = [row.Features[0], float.NaN, row.Features[2], row.Features[3], float.NaN, row.Features[5]], Number = row.Number };
    }

    [Fact]
    public void Trimming_keeps_anomalies_among_the_training_rows_from_being_learned()
    {
        TestRow[] Contaminated(int count, int seed)
        {
            // One of twenty, all in one place where no other row is, so that there is something to learn of them.
            var random = new Random(seed);
            return [.. TestRows.Make(count, seed).Select((row, index) => index % 20 != 0 ? row : new TestRow
            {
                Features = [.. new[] { 0.5, 0.5, 1.5, 10, 0.5, 0 }.Select(value => (float)(value + 0.01 * random.NextNormal()))],
                Number = -1,
            })];
        }

        IDataView training = _ml.Data.LoadFromEnumerable(Contaminated(2000, seed: 1));
        TestRow[] held = Contaminated(2000, seed: 2);
        IDataView test = _ml.Data.LoadFromEnumerable(held);
        float[] Scores(double rate)
        {
            using VaeTransformer model = TestRows.Fit(_ml, training, options => (options.TrimmingRate, options.NumberOfEpochs, options.LearningRate) = (rate, 40, 0.01));
            return model.Transform(test).ValuesOf<float>("Score");
        }

        double plain = Separation(Scores(0), held);
        double trimmed = Separation(Scores(0.1), held);
        Assert.True(trimmed > 0.99 && trimmed > plain + 0.02, $"area under the ROC curve {trimmed} with trimming, {plain} without");
    }

    [Fact]
    public void A_trimming_rate_changes_a_fit_only_if_it_leaves_a_row_of_a_batch_out()
    {
        IDataView data = _ml.View(200);
        float[] Scores(double rate)
        {
            using VaeTransformer model = TestRows.Fit(_ml, data, options => (options.TrimmingRate, options.BatchSize) = (rate, 50));
            return model.Transform(data).ValuesOf<float>("Score");
        }

        float[] plain = Scores(0);
        Assert.Equal(plain, Scores(0.009));
        Assert.NotEqual(plain, Scores(0.02));
        Assert.NotEqual(Scores(0.02), Scores(0.2));
        Assert.All(Scores(0.499), score => Assert.True(float.IsFinite(score)));
    }

    [Theory]
    [InlineData(-0.01)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_trimming_rate_is_from_0_to_below_a_half(double rate)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.TrimmingRate = rate)));
        Assert.Equal("TrimmingRate", error.ParamName);
        Assert.Contains("at least 0 and below 0.5", error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(0.51)]
    [InlineData(double.NaN)]
    public void A_contamination_is_looked_at_only_with_a_label_and_is_then_above_0_and_at_most_a_half(double contamination)
    {
        VaeEstimator.Options options = TestRows.Options();
        options.Contamination = contamination;
        _ml.Transforms.VariationalAutoencoder(options);
        options.PredictedLabelColumnName = "PredictedLabel";
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Transforms.VariationalAutoencoder(options));
        Assert.Equal("Contamination", error.ParamName);
    }

    [Fact]
    public void The_settings_for_anomaly_detection_are_a_start_that_can_be_changed()
    {
        VaeEstimator.Options options = VaeEstimator.Options.ForAnomalyDetection("a", "b");
        Assert.Equal(["a", "b"], options.InputColumns.Select(column => column.Name));
        Assert.Equal((null, "Score", "PredictedLabel"), (options.OutputColumnName, options.ScoreColumnName, options.PredictedLabelColumnName));
        Assert.Equal((VaeLikelihood.StudentT, 2, 0.1, 64, 0.1), (options.Likelihood, options.LatentDimension, options.TrimmingRate, options.ScoreDraws, options.Contamination));
        VaeNetwork.Dense network = Assert.IsType<VaeNetwork.Dense>(options.Network);
        Assert.Equal([128, 64], network.HiddenLayerSizes);
        Assert.Equal((VaeActivation.ReLU, VaeLearningRateSchedule.Constant), (network.Activation, options.LearningRateSchedule));
        Assert.Null(options.Seed);
        // Each call gives options of its own.
        options.ScoreDraws = 1;
        Assert.Equal(64, VaeEstimator.Options.ForAnomalyDetection().ScoreDraws);
    }

    [Fact]
    public void Without_names_the_settings_for_anomaly_detection_read_features()
    {
        IDataView data = _ml.View(100);
        VaeEstimator.Options options = VaeEstimator.Options.ForAnomalyDetection();
        options.NumberOfEpochs = 2;
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(options).Fit(data);
        Assert.Equal(["Features"], model.InputColumns.Select(column => column.Name));
        Assert.Equal(["Score", "PredictedLabel"], model.GetOutputSchema(data.Schema).Skip(data.Schema.Count).Select(column => column.Name));
        Assert.Equal(10, model.Transform(data).ValuesOf<bool>("PredictedLabel").Count(isAnomaly => isAnomaly));

        options = VaeEstimator.Options.ForAnomalyDetection("Number", "Flag");
        options.NumberOfEpochs = 2;
        using VaeTransformer table = _ml.Transforms.VariationalAutoencoder(options).Fit(_ml.Data.LoadFromEnumerable(OddRow.Make(100)));
        Assert.Equal([("Number", VaeLikelihood.StudentT), ("Flag", VaeLikelihood.Bernoulli)], table.InputColumns.Select(column => (column.Name, column.Likelihood!.Value)));
    }

    // The part of pairs of an anomaly and another row in which the anomaly has the higher score.
    private static double Separation(float[] scores, TestRow[] rows)
    {
        float[] anomalies = [.. scores.Where((_, row) => rows[row].Number < 0)];
        float[] others = [.. scores.Where((_, row) => rows[row].Number >= 0)];
        return anomalies.Average(anomaly => others.Average(other => anomaly > other ? 1.0 : anomaly == other ? 0.5 : 0));
    }

    private sealed class OnlyLabel
    {
        public bool IsOdd { get; set; }
    }
}
