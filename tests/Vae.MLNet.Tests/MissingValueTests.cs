using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>Rows with holes are trained on and scored by what is there; rows without are treated as if there were no holes in the world.</summary>
public sealed class MissingValueTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void Rows_with_holes_train_and_every_output_is_finite()
    {
        IDataView holes = View(Holed(Mixed.Make(600), share: 0.3));
        var progress = new Epochs();
        using VaeTransformer model = Fit(holes, options =>
        {
            options.NumberOfEpochs = 10;
            options.Progress = progress;
        });
        Assert.True(progress.All[^1].Elbo > progress.All[0].Elbo + 0.5, $"{progress.All[0].Elbo} to {progress.All[^1].Elbo}");
        IDataView view = model.Transform(holes);
        foreach (string column in new[] { "Latent", "LogVariance", "Draw", "Pair.Back" })
        {
            Assert.All(view.VectorsOf(column), vector => Assert.All(vector, value => Assert.True(float.IsFinite(value), column)));
        }
        Assert.All(view.ValuesOf<float>("Score"), value => Assert.True(float.IsFinite(value)));
        Assert.All(view.ValuesOf<float>("Length.Back"), value => Assert.True(float.IsFinite(value)));
        Assert.All(view.ValuesOf<double>("Width.Back"), value => Assert.True(double.IsFinite(value)));
        Assert.All(view.ValuesOf<uint>("Kind.Back"), value => Assert.InRange(value, 1u, 3u));
    }

    [Fact]
    public void A_row_without_holes_scores_the_same_among_rows_with_holes()
    {
        Mixed[] rows = Mixed.Make(400);
        Mixed[] holed = Holed(rows, share: 0.5);
        // Every third row stays whole; the others turn its block into one with marks.
        Mixed[] mixed = [.. rows.Select((row, index) => index % 3 == 0 ? row : holed[index])];
        using VaeTransformer model = Fit(View(holed));
        IDataView whole = model.Transform(View(rows));
        IDataView among = model.Transform(View(mixed));
        int[] same = [.. Enumerable.Range(0, 400).Where(index => index % 3 == 0)];
        float[] expected = whole.ValuesOf<float>("Score");
        float[] actual = among.ValuesOf<float>("Score");
        Assert.All(same, index => Assert.Equal(expected[index], actual[index], 1e-5 * (1 + Math.Abs(expected[index]))));
        float[][] latents = whole.VectorsOf("Latent");
        float[][] latentsAmong = among.VectorsOf("Latent");
        Assert.All(same, index => TestRows.AssertClose(latents[index], latentsAmong[index], 1e-5f));
        Assert.Contains(Enumerable.Range(0, 400).Except(same), index => Math.Abs(expected[index] - actual[index]) > 0.1);
    }

    [Fact]
    public void With_no_holes_the_masked_path_trains_to_the_same_elbo_as_the_unmasked_one()
    {
        IDataView data = View(Mixed.Make(600));
        (double[] Elbos, float[] Scores) Run(double maskingRate)
        {
            var progress = new Epochs();
            using VaeTransformer model = Fit(data, options =>
            {
                options.NumberOfEpochs = 8;
                options.MaskingRate = maskingRate;
                options.Progress = progress;
            });
            return ([.. progress.All.Select(each => each.Elbo)], model.Transform(data).ValuesOf<float>("Score"));
        }

        (double[] unmasked, float[] unmaskedScores) = Run(0);
        // Masks are drawn and carried along, but hide nothing.
        (double[] masked, float[] maskedScores) = Run(1e-12);
        Assert.All(unmasked.Zip(masked), pair => Assert.Equal(pair.First, pair.Second, 1e-4 * (1 + Math.Abs(pair.First))));
        Assert.All(unmaskedScores.Zip(maskedScores), pair => Assert.Equal(pair.First, pair.Second, 1e-3 * (1 + Math.Abs(pair.First))));
        // While masks that do hide change the training.
        Assert.NotEqual(unmasked[^1], Run(0.5).Elbos[^1], 0.02);
    }

    [Fact]
    public void What_is_in_a_hole_does_not_matter()
    {
        using VaeTransformer model = Fit(View(Holed(Mixed.Make(300), share: 0.3)));
        float otherNaN = BitConverter.UInt32BitsToSingle(0x7FC12345);
        Mixed Holed1(float hole) => new() { Length = hole, Width = hole, Kind = Mixed.NoKind, Pair = [1, hole], Flag = true };
        var holes = new[] { Holed1(float.NaN), Holed1(-float.NaN), Holed1(otherNaN) };
        Assert.NotEqual(BitConverter.SingleToUInt32Bits(float.NaN), BitConverter.SingleToUInt32Bits(otherNaN));
        IDataView[] alone = [.. holes.Select(row => model.Transform(View([row])))];
        Assert.Single(alone.Select(view => view.ValuesOf<float>("Score")[0]).Distinct());
        Assert.Single(alone.Select(view => view.VectorsOf("Latent")[0][0]).Distinct());
        Assert.Single(alone.Select(view => view.ValuesOf<double>("Width.Back")[0]).Distinct());
        // While what is there does.
        Mixed other = Holed1(float.NaN);
        other.Pair[0] = 1.5f;
        Assert.NotEqual(alone[0].ValuesOf<float>("Score")[0], model.Transform(View([other])).ValuesOf<float>("Score")[0]);
    }

    [Fact]
    public void A_hole_takes_its_column_s_part_out_of_the_score()
    {
        // Independent columns have nothing to say of each other: the score is -log p(length) - log p(width).
        var random = new Random(3);
        Mixed[] rows = [.. Enumerable.Range(0, 2000).Select(_ => new Mixed { Length = (float)random.NextNormal(), Width = 5 + 2 * random.NextNormal() })];
        using VaeTransformer model = Fit(View(rows), options =>
        {
            options.InputColumns = ["Length", "Width"];
            options.LatentDimension = 1;
            options.NumberOfEpochs = 30;
            options.LearningRate = 3e-3;
            options.MaskingRate = 0.2;
        });
        float[] whole = model.Transform(View(rows)).ValuesOf<float>("Score");
        float[] holed = model.Transform(View([.. rows.Select(row => new Mixed { Length = row.Length, Width = double.NaN })])).ValuesOf<float>("Score");
        // The score is by one draw, so the rows are taken together: those with a usual width and those without, which cost about 1.1 nats more.
        foreach (bool isUsual in new[] { true, false })
        {
            int[] some = [.. Enumerable.Range(0, rows.Length).Where(row => Math.Abs(rows[row].Width - 5) < 2 == isUsual)];
            double expected = some.Average(row => 0.5 * (Math.Pow((rows[row].Width - 5) / 2, 2) + Math.Log(2 * Math.PI * 4)));
            Assert.Equal(expected, some.Average(row => whole[row] - holed[row]), 0.15);
        }
    }

    [Fact]
    public void A_model_takes_holes_if_training_had_some_or_hid_some()
    {
        Mixed[] rows = Mixed.Make(100);
        rows[60].Kind = Mixed.NoKind;
        IDataView holes = View(rows);
        IDataView whole = View(Mixed.Make(100));
        using VaeTransformer strict = Fit(whole, options => options.MaskingRate = 0);
        var error = Assert.Throws<InvalidOperationException>(() => strict.Transform(holes).ValuesOf<float>("Score"));
        Assert.Contains("Column 'Kind', row 60: found a missing value, wanted none, as in training", error.Message);
        Assert.Contains("MaskingRate", error.Message);

        using VaeTransformer prepared = Fit(whole, options => options.MaskingRate = 0.2);
        using VaeTransformer experienced = Fit(holes, options => options.MaskingRate = 0);
        Assert.True(float.IsFinite(prepared.Transform(holes).ValuesOf<float>("Score")[60]));
        Assert.True(float.IsFinite(experienced.Transform(holes).ValuesOf<float>("Score")[60]));
        // In any column, not only where training had one.
        Assert.All(experienced.Transform(View(Holed(rows, share: 0.5))).ValuesOf<float>("Score"), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void A_sparse_vector_s_holes_are_those_of_the_dense_one()
    {
        float[][] rows = [.. Enumerable.Range(0, 100).Select(index => Enumerable.Range(0, 6).Select(slot => (index + slot) % 3 != 0 ? 0 : (index + slot) % 9 == 0 ? float.NaN : slot + 1f).ToArray())];
        IDataView dense = _ml.Data.LoadFromEnumerable(rows.Select(row => new SparseRow { Values = new VBuffer<float>(6, row) }));
        IDataView sparse = _ml.Data.LoadFromEnumerable(rows.Select(row =>
        {
            int[] indices = [.. Enumerable.Range(0, 6).Where(slot => row[slot] != 0)];
            return new SparseRow { Values = new VBuffer<float>(6, indices.Length, [.. indices.Select(slot => row[slot])], indices) };
        }));
        using VaeTransformer model = Fit(sparse, options => options.InputColumns = ["Values"]);
        float[] scores = model.Transform(dense).ValuesOf<float>("Score");
        Assert.Equal(scores, model.Transform(sparse).ValuesOf<float>("Score"));
        Assert.Equal(model.Transform(dense).VectorsOf("Values.Back").SelectMany(row => row), model.Transform(sparse).VectorsOf("Values.Back").SelectMany(row => row));
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void Every_way_of_reading_gives_a_row_with_holes_the_same()
    {
        Mixed[] rows = Holed(Mixed.Make(700), share: 0.3);
        IDataView data = View(rows);
        VaeTransformer model = Fit(data);
        IDataView view = model.Transform(data);
        float[] expected = view.ValuesOf<float>("Score");
        void AssertSame(IEnumerable<(int Row, float Score)> found, int count)
        {
            (int Row, float Score)[] all = [.. found];
            Assert.Equal(count, all.Select(each => each.Row).Distinct().Count());
            Assert.All(all, each => Assert.Equal(expected[each.Row], each.Score, 1e-5 * (1 + Math.Abs(expected[each.Row]))));
        }

        static (int, float)[] Read(DataViewRowCursor cursor)
        {
            using (cursor)
            {
                ValueGetter<int> index = cursor.GetGetter<int>(cursor.Schema["Index"]);
                ValueGetter<float> score = cursor.GetGetter<float>(cursor.Schema["Score"]);
                var found = new List<(int, float)>();
                while (cursor.MoveNext())
                {
                    int row = 0;
                    float value = 0;
                    index(ref row);
                    score(ref value);
                    found.Add((row, value));
                }
                return [.. found];
            }
        }

        AssertSame(view.GetRowCursorSet(view.Schema, 3).SelectMany(Read), 700);
        AssertSame(Read(view.GetRowCursor(view.Schema, new Random(5))), 700);
        using PredictionEngine<Mixed, Scored> engine = _ml.Model.CreatePredictionEngine<Mixed, Scored>(model);
        AssertSame(rows.Take(100).Select(row => (row.Index, engine.Predict(row).Score)), 100);
    }

    [Fact]
    public void The_same_seed_and_a_loaded_model_give_the_same_bits()
    {
        IDataView holes = View(Holed(Mixed.Make(300), share: 0.3));
        void Prepare(VaeEstimator.Options options) => options.MaskingRate = 0.2;
        using VaeTransformer first = Fit(holes, Prepare);
        using VaeTransformer second = Fit(holes, Prepare);
        ITransformer loaded = _ml.SavedAndLoaded(first, holes.Schema);
        foreach (ITransformer other in new[] { second, loaded })
        {
            Assert.Equal(first.Transform(holes).ValuesOf<float>("Score"), other.Transform(holes).ValuesOf<float>("Score"));
            Assert.Equal(first.Transform(holes).VectorsOf("Draw").SelectMany(row => row), other.Transform(holes).VectorsOf("Draw").SelectMany(row => row));
            Assert.Equal(first.Transform(holes).ValuesOf<double>("Width.Back"), other.Transform(holes).ValuesOf<double>("Width.Back"));
        }
        using VaeTransformer another = Fit(holes, options => (options.MaskingRate, options.Seed) = (0.2, 8));
        Assert.NotEqual(first.Transform(holes).ValuesOf<float>("Score"), another.Transform(holes).ValuesOf<float>("Score"));
    }

    private IDataView View(Mixed[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private VaeTransformer Fit(IDataView data, Action<VaeEstimator.Options>? change = null) => TestRows.Fit(_ml, data, options =>
    {
        options.InputColumns = ["Length", "Width", "Kind", "Pair", "Flag"];
        options.ReconstructionColumnName = null;
        options.ReconstructionColumnSuffix = ".Back";
        change?.Invoke(options);
    });

    private static Mixed[] Holed(Mixed[] rows, double share)
    {
        var random = new Random(9);
        bool Hides() => random.NextDouble() < share;
        return [.. rows.Select(row => new Mixed
        {
            Length = Hides() ? float.NaN : row.Length,
            Width = Hides() ? double.NaN : row.Width,
            Kind = Hides() ? Mixed.NoKind : row.Kind,
            Pair = [Hides() ? float.NaN : row.Pair[0], Hides() ? float.NaN : row.Pair[1]],
            Flag = row.Flag,
            Index = row.Index,
        })];
    }

    private sealed class Epochs : IProgress<VaeProgress>
    {
        public List<VaeProgress> All { get; } = [];

        public void Report(VaeProgress value) => All.Add(value);
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }

    private sealed class SparseRow
    {
        [VectorType(6)]
        public VBuffer<float> Values { get; set; }
    }

    /// <summary>Everything follows from one hidden number.</summary>
    private sealed class Mixed
    {
        // Keys count from 0 in objects; what is no key there is key 0, missing, in the view.
        public const uint NoKind = uint.MaxValue;

        public float Length { get; set; }

        public double Width { get; set; }

        [KeyType(3)]
        public uint Kind { get; set; }

        [VectorType(2)]
        public float[] Pair { get; set; } = new float[2];

        public bool Flag { get; set; }

        public int Index { get; set; }

        public static Mixed[] Make(int count)
        {
            var random = new Random(1);
            return [.. Enumerable.Range(0, count).Select(index =>
            {
                double hidden = random.NextNormal();
                double Noisy(double value) => value + 0.2 * random.NextNormal();
                return new Mixed
                {
                    Length = (float)Noisy(hidden),
                    Width = Noisy(100 - 30 * hidden),
                    Kind = hidden < -0.5 ? 0u : hidden < 0.5 ? 1u : 2u,
                    Pair = [(float)Noisy(hidden / 2), (float)Noisy(-hidden)],
                    Flag = hidden > 0,
                    Index = index,
                };
            })];
        }
    }
}
