using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Vae.MLNet.Tests;

/// <summary>A conditional VAE: encoder and decoder know the label, and a label that is missing is averaged over.</summary>
public sealed class ConditionalTests(ConditionalTests.Trained trained) : IClassFixture<ConditionalTests.Trained>
{
    private static readonly double[] s_centres = [-5, 0, 5];
    private static readonly double[] s_proportions = [0.5, 0.3, 0.2];

    private readonly MLContext _ml = trained.Context;
    private readonly VaeTransformer _model = trained.Model;

    [Fact]
    public void Latents_decode_to_rows_of_the_label_that_is_asked_for()
    {
        var random = new Random(2);
        float[] latents = [.. Enumerable.Range(0, 600).Select(_ => (float)random.NextNormal())];
        uint[] labels = [.. Enumerable.Range(0, 300).Select(row => (uint)(row % 3) + 1)];
        var rows = new float[300 * 3];
        _model.Decode(latents, labels, rows);
        for (int row = 0; row < 300; row++)
        {
            Assert.Equal(s_centres[labels[row] - 1], rows[3 * row], 1.2);
        }
        // The latent tells the rest: Y, which has nothing to do with the label.
        Assert.InRange(Enumerable.Range(0, 300).Average(row => Math.Pow(rows[3 * row + 1], 2)), 0.5, 1.5);
    }

    [Fact]
    public void Decode_wants_a_label_of_training_for_each_latent_of_a_conditional_model_only()
    {
        Assert.Contains("'Label'", Assert.Throws<InvalidOperationException>(() => _model.Decode(new float[2], new float[3])).Message);
        Assert.Contains("2 latents want 2 labels; there are 1", Assert.Throws<ArgumentException>(() => _model.Decode(new float[4], [1], new float[6])).Message);
        foreach (uint label in new uint[] { 0, 4, 5, uint.MaxValue })
        {
            Assert.Contains($"Label {label} of row 1 is not a key of 'Label'", Assert.Throws<ArgumentException>(() => _model.Decode(new float[4], [1, label], new float[6])).Message);
        }
        using VaeTransformer plain = Fit(_ml, View(Case.Make(50)), options => options.LabelColumnName = null);
        Assert.Contains("not conditional", Assert.Throws<InvalidOperationException>(() => plain.Decode(new float[2], [1], new float[3])).Message);
    }

    [Fact]
    public void The_label_is_read_but_is_no_input()
    {
        Assert.Equal("Label", _model.LabelColumnName);
        Assert.Equal(["X", "Y", "W"], _model.InputColumns.Select(column => column.Name));
        Assert.Equal(3, _model.InputSize);
        var source = new CountingView(View(Case.Make(10)));
        _model.Transform(source).ValuesOf<float>("Score");
        Assert.Equal(["Label", "W", "X", "Y"], source.LastColumns.Order(StringComparer.Ordinal));

        IDataView without = _ml.Data.LoadFromEnumerable(new[] { new Unlabelled() });
        Assert.Contains("Could not find label column 'Label'", Assert.Throws<ArgumentOutOfRangeException>(() => _model.Transform(without)).Message);
        var error = Assert.Throws<InvalidOperationException>(() => _model.Transform(View([new Case { Label = 3 }])).ValuesOf<float>("Score"));
        Assert.Contains("Column 'Label', row 0: found category 4, which no training row had", error.Message);
    }

    [Fact]
    public void A_row_with_the_wrong_label_scores_higher()
    {
        Case[] rows = Case.Make(300, seed: 3);
        float[] right = Scores(rows);
        float[] wrong = Scores([.. rows.Select(row => row with { Label = (row.Label + 1) % 3 })]);
        Assert.All(right.Zip(wrong), pair => Assert.True(pair.Second > pair.First + 5, $"{pair.First} with the right label, {pair.Second} with a wrong one"));
    }

    [Fact]
    public void A_missing_label_is_averaged_over_the_training_proportions()
    {
        // Also between the clusters, where more than one label is likely.
        Case[] rows = [.. Enumerable.Range(0, 300).Select(index => new Case { X = -7 + index * 0.047f, Y = MathF.Sin(index), W = MathF.Sin(index) })];
        IDataView[] given = [.. Enumerable.Range(0, 3).Select(label => _model.Transform(View([.. rows.Select(row => row with { Label = (uint)label })])))];
        IDataView missing = _model.Transform(View([.. rows.Select(row => row with { Label = Case.NoLabel })]));
        double[] proportions = [.. Enumerable.Range(0, 3).Select(label => trained.Rows.Count(row => row.Label == label) / (double)trained.Rows.Length)];
        float[][] scores = [.. given.Select(view => view.ValuesOf<float>("Score"))];
        float[][][] means = [.. given.Select(view => view.VectorsOf("Latent"))];
        float[][][] logVariances = [.. given.Select(view => view.VectorsOf("LogVariance"))];
        float[][] backs = [.. given.Select(view => view.ValuesOf<float>("X_back"))];
        float[] score = missing.ValuesOf<float>("Score");
        float[][] mean = missing.VectorsOf("Latent");
        float[][] logVariance = missing.VectorsOf("LogVariance");
        float[] back = missing.ValuesOf<float>("X_back");
        int undecided = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            double least = scores.Min(each => each[row]);
            double[] weights = [.. Enumerable.Range(0, 3).Select(label => proportions[label] * Math.Exp(least - scores[label][row]))];
            double total = weights.Sum();
            double Averaged(Func<int, double> value) => Enumerable.Range(0, 3).Sum(label => weights[label] * value(label)) / total;
            undecided += weights.Max() < 0.99 * total ? 1 : 0;
            double expected = least - Math.Log(total);
            Assert.Equal(expected, score[row], 1e-4 * (1 + Math.Abs(expected)));
            Assert.Equal(Averaged(label => backs[label][row]), back[row], 1e-2);
            for (int slot = 0; slot < 2; slot++)
            {
                double average = Averaged(label => means[label][row][slot]);
                Assert.Equal(average, mean[row][slot], 2e-3);
                double square = Averaged(label => Math.Exp(logVariances[label][row][slot]) + Math.Pow(means[label][row][slot], 2));
                Assert.Equal(square - average * average, Math.Exp(logVariance[row][slot]), 5e-3);
            }
        }
        Assert.True(undecided >= 3, $"{undecided} rows were undecided");
    }

    [Fact]
    public void Training_leaves_rows_without_a_label_out_and_says_so()
    {
        Case[] rows = Case.Make(200);
        Case[] mixed = [.. rows.SelectMany((row, index) => index % 10 == 0 ? new[] { new Case { X = 1000, Label = Case.NoLabel }, row } : [row])];
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
            {
                warnings.Add(log.RawMessage);
            }
        };
        using VaeTransformer expected = Fit(ml, View(rows));
        Assert.Empty(warnings);
        using VaeTransformer model = Fit(ml, View(mixed));
        Assert.Equal("20 of 220 rows have no label in column 'Label' and are not trained on.", Assert.Single(warnings));
        Assert.Equal(expected.Transform(View(rows)).ValuesOf<float>("Score"), model.Transform(View(rows)).ValuesOf<float>("Score"));

        var error = Assert.Throws<InvalidOperationException>(() => Fit(ml, View([new Case { Label = Case.NoLabel }, new Case { Label = Case.NoLabel }])));
        Assert.Contains("None of the 2 rows", error.Message);
    }

    [Fact]
    public void What_the_label_tells_the_latent_need_not()
    {
        Case[] rows = Case.Make(500, seed: 4);
        // With a twin of X, so that what both tell is worth a latent.
        void Twins(VaeEstimator.Options options)
        {
            Long(options);
            options.InputColumns = ["X", "Twin", "Y", "W"];
        }

        using VaeTransformer told = Fit(_ml, View(trained.Rows), Twins);
        using VaeTransformer untold = Fit(_ml, View(trained.Rows), options =>
        {
            Twins(options);
            options.LabelColumnName = null;
        });

        // The share of the latent's variance that is between the labels.
        double Share(VaeTransformer model)
        {
            float[][] latents = model.Transform(View(rows)).VectorsOf("Latent");
            double total = 0;
            double between = 0;
            for (int slot = 0; slot < 2; slot++)
            {
                double mean = latents.Average(latent => latent[slot]);
                total += latents.Average(latent => Math.Pow(latent[slot] - mean, 2));
                between += rows.Zip(latents).GroupBy(pair => pair.First.Label).Sum(group => group.Count() * Math.Pow(group.Average(pair => pair.Second[slot]) - mean, 2)) / rows.Length;
            }
            return between / total;
        }

        double conditional = Share(told);
        double unconditional = Share(untold);
        Assert.True(conditional < 0.1 && unconditional > 0.3, $"{conditional} with the label, {unconditional} without");
    }

    [Fact]
    public void Holes_are_filled_by_the_label_or_without_it_by_all_labels()
    {
        Case[] holes = [.. Case.Make(300, seed: 5).Select(row => row with { X = float.NaN })];
        float[] known = _model.Transform(View(holes)).ValuesOf<float>("X_filled");
        Assert.True(Math.Sqrt(holes.Zip(known).Average(pair => Math.Pow(pair.Second - s_centres[pair.First.Label], 2))) < 0.5);
        float[] unknown = _model.Transform(View([.. holes.Select(row => row with { Label = Case.NoLabel })])).ValuesOf<float>("X_filled");
        double expected = s_centres.Zip(s_proportions).Sum(pair => pair.First * pair.Second);
        Assert.Equal(expected, unknown.Average(), 0.5);
    }

    [Fact]
    public void Draws_without_a_label_come_from_all_of_them_in_proportion()
    {
        using VaeTransformer model = Fit(_ml, View(trained.Rows), options =>
        {
            Long(options);
            options.Imputation = VaeImputation.Draw;
        });
        Case[] holes = [.. Enumerable.Repeat(new Case { X = float.NaN, Y = 0.5f, W = 0.5f, Label = Case.NoLabel }, 2000)];
        float[] draws = model.Transform(View(holes)).ValuesOf<float>("X_filled");
        for (int label = 0; label < 3; label++)
        {
            Assert.Equal(s_proportions[label], draws.Count(draw => Math.Abs(draw - s_centres[label]) < 2) / 2000.0, 0.08);
        }
        Assert.All(model.Transform(View([.. holes.Select(row => row with { Label = 2 })])).ValuesOf<float>("X_filled"), draw => Assert.Equal(5, draw, 2.5));
    }

    [Fact]
    public void Every_way_of_reading_and_a_loaded_model_give_a_row_the_same()
    {
        // Rows with and without labels and holes, mixed.
        Case[] rows = [.. Case.Make(600, seed: 6).Select((row, index) => row with { Index = index, Label = index % 3 == 0 ? Case.NoLabel : row.Label, X = index % 5 == 0 ? float.NaN : row.X })];
        IDataView data = View(rows);
        IDataView view = _model.Transform(data);
        IDataView loaded = _ml.SavedAndLoaded(_model, data.Schema).Transform(data);
        foreach (string column in new[] { "Score", "X_back", "X_filled" })
        {
            float[] expected = view.ValuesOf<float>(column);
            Assert.Equal(expected, loaded.ValuesOf<float>(column));
            var found = new Dictionary<int, float>();
            foreach (DataViewRowCursor cursor in view.GetRowCursorSet(view.Schema, 3).Append(view.GetRowCursor(view.Schema, new Random(4))))
            {
                using (cursor)
                {
                    ValueGetter<int> index = cursor.GetGetter<int>(view.Schema["Index"]);
                    ValueGetter<float> getter = cursor.GetGetter<float>(view.Schema[column]);
                    while (cursor.MoveNext())
                    {
                        int row = 0;
                        float value = 0;
                        index(ref row);
                        getter(ref value);
                        Assert.Equal(expected[row], value, 1e-4 * (1 + Math.Abs(expected[row])));
                        found[row] = value;
                    }
                }
            }
            Assert.Equal(600, found.Count);
        }
        Assert.Equal(view.VectorsOf("Draw").SelectMany(draw => draw), loaded.VectorsOf("Draw").SelectMany(draw => draw));
        float[] scores = view.ValuesOf<float>("Score");
        float[] filled = view.ValuesOf<float>("X_filled");
        var engine = _ml.Model.CreatePredictionEngine<Case, Prediction>(_model);
        for (int row = 0; row < 60; row++)
        {
            Prediction prediction = engine.Predict(rows[row]);
            Assert.Equal(scores[row], prediction.Score, 1e-4 * (1 + Math.Abs(scores[row])));
            Assert.Equal(filled[row], prediction.X_filled, 1e-4 * (1 + Math.Abs(filled[row])));
        }
    }

    private IDataView View(Case[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private float[] Scores(Case[] rows) => _model.Transform(View(rows)).ValuesOf<float>("Score");

    private static void Long(VaeEstimator.Options options) => (options.NumberOfEpochs, options.LearningRate, options.MaskingRate) = (30, 0.01, 0.2);

    private static VaeTransformer Fit(MLContext ml, IDataView data, Action<VaeEstimator.Options>? change = null) => TestRows.Fit(ml, data, options =>
    {
        options.InputColumns = ["X", "Y", "W"];
        options.LabelColumnName = "Label";
        options.Network = new VaeNetwork.Dense([32]);
        (options.ReconstructionColumnName, options.ReconstructionColumnSuffix, options.ImputedColumnSuffix) = (null, "_back", "_filled");
        change?.Invoke(options);
    });

    /// <summary>A model trained once for all tests.</summary>
    public sealed class Trained : IDisposable
    {
        public Trained() => Model = Fit(Context, Context.Data.LoadFromEnumerable(Rows), Long);

        public MLContext Context { get; } = new(seed: 1);

        public VaeTransformer Model { get; }

        internal Case[] Rows { get; } = Case.Make(2000);

        public void Dispose() => Model.Dispose();
    }

    private sealed class Prediction
    {
        public float Score { get; set; }

        public float X_filled { get; set; }
    }

    private sealed class Unlabelled
    {
        public float X { get; set; }

        public float Y { get; set; }

        public float W { get; set; }
    }

    /// <summary>X lies around the label's centre; Y and W are both the same hidden number with some noise. The last of four labels never occurs.</summary>
    internal sealed record Case
    {
        // Keys count from 0 in objects; what is no key there is key 0, missing, in the view.
        public const uint NoLabel = uint.MaxValue;

        [KeyType(4)]
        public uint Label { get; set; }

        public float X { get; set; }

        public float Y { get; set; }

        public float W { get; set; }

        public float Twin { get; set; }

        public int Index { get; set; }

        public static Case[] Make(int count, int seed = 1)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ =>
            {
                double hidden = random.NextNormal();
                double share = random.NextDouble();
                uint label = share < s_proportions[0] ? 0u : share < s_proportions[0] + s_proportions[1] ? 1u : 2u;
                float Near(double value) => (float)(value + 0.3 * random.NextNormal());
                return new Case { Label = label, X = Near(s_centres[label]), Y = Near(hidden), W = Near(hidden), Twin = Near(-s_centres[label]) };
            })];
        }
    }
}
