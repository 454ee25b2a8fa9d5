using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>What one row at a time is computed by, without libtorch, against what libtorch says of the same rows in blocks.</summary>
public sealed class DenseEncoderTests
{
    private const float Tolerance = 1e-5f;

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData(VaeActivation.ReLU)]
    [InlineData(VaeActivation.ELU)]
    [InlineData(VaeActivation.SiLU)]
    [InlineData(VaeActivation.GELU)]
    [InlineData(VaeActivation.Tanh)]
    public void Every_activation_says_the_same(VaeActivation activation)
    {
        foreach (bool layerNorm in new[] { false, true })
        {
            // Sizes that no vector of the processor divides.
            foreach (int[] sizes in new int[][] { [], [3], [64], [37, 18, 9] })
            {
                AssertSame(Table(), options => (options.Network, options.LatentDimension) = (new VaeNetwork.Dense(sizes) { Activation = activation, LayerNorm = layerNorm, Dropout = 0.1 }, sizes.Length + 1));
            }
        }
    }

    [Fact]
    public void Missing_numbers_and_categories_are_seen_as_such() => AssertSame(Table(holes: true), options => options.Network = new VaeNetwork.Dense(25));

    [Fact]
    public void The_label_is_seen_and_averaged_over_where_it_is_missing() => AssertSame(Table(holes: true, labels: true), options =>
    {
        options.InputColumns = ["Number", "Whole", "Parts"];
        options.LabelColumnName = "Kind";
    });

    [Theory]
    [InlineData(VaeLikelihood.Poisson)]
    [InlineData(VaeLikelihood.Gaussian)]
    public void Counts_are_seen_as_logarithms(VaeLikelihood likelihood) =>
        AssertSame(Table(), options => options.InputColumns = [new("Parts") { Likelihood = likelihood }, new("Whole") { Likelihood = VaeLikelihood.Poisson }, "Number", "Kind"]);

    [Fact]
    public void Words_are_seen_as_logarithms() => AssertSame(Table(), options => options.InputColumns = [new("Parts") { Likelihood = VaeLikelihood.Multinomial }]);

    [Fact]
    public void A_plain_autoencoder_s_draw_is_its_point() => AssertSame(Table(), options => (options.Objective, options.LogVarianceColumnName) = (new VaeObjective.Autoencoder(), null));

    [Fact]
    public void A_column_that_is_asked_for_in_the_middle_of_a_row_is_of_that_row()
    {
        Entry[] rows = Table();
        using VaeTransformer model = Fit(rows, options => options.ScoreColumnName = "Score");
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        IRowToRowMapper mapper = model.GetRowToRowMapper(data.Schema);
        using DataViewRowCursor source = data.GetRowCursor(data.Schema);
        using DataViewRow row = mapper.GetRow(source, mapper.OutputSchema);
        float[][] expected = model.Transform(data).VectorsOf("Latent");
        float[] scores = model.Transform(data).ValuesOf<float>("Score");
        ValueGetter<VBuffer<float>> latent = row.GetGetter<VBuffer<float>>(row.Schema["Latent"]);
        VBuffer<float> value = default;
        float score = 0;
        Assert.True(source.MoveNext());
        latent(ref value);
        TestRows.AssertClose(expected[0], [.. value.DenseValues()], Tolerance);
        // One more is asked for, in the middle of a row.
        ValueGetter<float> scored = row.GetGetter<float>(row.Schema["Score"]);
        scored(ref score);
        Assert.Equal(scores[0], score, 1e-4 * (1 + Math.Abs(scores[0])));
        latent(ref value);
        TestRows.AssertClose(expected[0], [.. value.DenseValues()], Tolerance);
    }

    [Fact]
    public void Nothing_is_allocated_per_row()
    {
        Entry[] rows = [.. Enumerable.Repeat(Table(), 20).SelectMany(each => each)];
        using VaeTransformer model = Fit(rows);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        long ofSource = Allocated(data, cursor => cursor);
        IRowToRowMapper mapper = model.GetRowToRowMapper(data.Schema);
        foreach (string column in new[] { "Latent", "LogVariance", "Draw" })
        {
            long ofOurs = Allocated(data, cursor => mapper.GetRow(cursor, mapper.OutputSchema), column);
            Assert.True(ofOurs <= ofSource + rows.Length / 2, $"{column}: {ofOurs} bytes for {rows.Length} rows, {ofSource} of them the source's");
        }
    }

    [Fact]
    public void Threads_with_engines_of_their_own_say_the_same()
    {
        Entry[] rows = Table();
        using VaeTransformer model = Fit(rows);
        var results = new float[4][][];
        Thread[] threads = [.. Enumerable.Range(0, results.Length).Select(index => new Thread(() => results[index] = [.. Predict(model, rows).Select(each => each.Latent)]))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(results, result => Assert.Equal(results[0].SelectMany(row => row), result.SelectMany(row => row)));
        Assert.Equal(results[0].SelectMany(row => row), Predict(_ml.SavedAndLoaded(model, _ml.Data.LoadFromEnumerable(rows).Schema), rows).SelectMany(each => each.Latent));
    }

    [Fact]
    public void A_disposed_transformer_says_so()
    {
        Entry[] rows = Table();
        VaeTransformer model = Fit(rows);
        var engine = _ml.Model.CreatePredictionEngine<Entry, Said>(model);
        engine.Predict(rows[0]);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => engine.Predict(rows[1]));
    }

    private void AssertSame(Entry[] rows, Action<VaeEstimator.Options>? change = null)
    {
        using VaeTransformer model = Fit(rows, change);
        IDataView view = model.Transform(_ml.Data.LoadFromEnumerable(rows));
        Said[] one = Predict(model, rows);
        float[][] latents = view.VectorsOf("Latent");
        float[][] draws = view.VectorsOf("Draw");
        float[][]? logVariances = view.Schema.GetColumnOrNull("LogVariance") is null ? null : view.VectorsOf("LogVariance");
        for (int row = 0; row < rows.Length; row++)
        {
            TestRows.AssertClose(latents[row], one[row].Latent, Tolerance);
            TestRows.AssertClose(draws[row], one[row].Draw, Tolerance);
            TestRows.AssertClose(logVariances?[row] ?? [], one[row].LogVariance, Tolerance);
        }
    }

    private Said[] Predict(ITransformer model, Entry[] rows)
    {
        var engine = _ml.Model.CreatePredictionEngine<Entry, Said>(model);
        return [.. rows.Select(engine.Predict)];
    }

    private VaeTransformer Fit(Entry[] rows, Action<VaeEstimator.Options>? change = null) => TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
    {
        options.InputColumns = ["Number", "Whole", "Kind", "Parts"];
        (options.ReconstructionColumnName, options.ScoreColumnName) = (null, null);
        (options.NumberOfEpochs, options.BatchSize, options.LearningRate) = (5, 32, 0.01);
        change?.Invoke(options);
    });

    private static long Allocated(IDataView data, Func<DataViewRowCursor, DataViewRow> map, string? column = null)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        using DataViewRow row = map(cursor);
        ValueGetter<VBuffer<float>>? getter = column is null ? null : row.GetGetter<VBuffer<float>>(row.Schema[column]);
        VBuffer<float> value = default;
        ValueGetter<float> number = cursor.GetGetter<float>(cursor.Schema[nameof(Entry.Number)]);
        ValueGetter<int> whole = cursor.GetGetter<int>(cursor.Schema[nameof(Entry.Whole)]);
        ValueGetter<uint> kind = cursor.GetGetter<uint>(cursor.Schema[nameof(Entry.Kind)]);
        ValueGetter<VBuffer<float>> parts = cursor.GetGetter<VBuffer<float>>(cursor.Schema[nameof(Entry.Parts)]);
        (float aNumber, int aWhole, uint aKind) = (0, 0, 0);
        long before = 0;
        for (int i = 0; cursor.MoveNext(); i++)
        {
            if (i == 50)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            if (getter is not null)
            {
                getter(ref value);
                continue;
            }
            // What the columns cost whoever reads them.
            number(ref aNumber);
            whole(ref aWhole);
            kind(ref aKind);
            parts(ref value);
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Entry[] Table(bool holes = false, bool labels = false)
    {
        var random = new Random(3);
        bool IsHole() => holes && random.Next(4) == 0;
        return [.. Enumerable.Range(0, 120).Select(_ => new Entry
        {
            Number = IsHole() ? float.NaN : (float)(100 + 20 * random.NextNormal()),
            Whole = random.Next(40),
            // What is no key in an object is a missing one in the view.
            Kind = (holes || labels) && random.Next(4) == 0 ? uint.MaxValue : (uint)random.Next(3),
            Parts = [.. Enumerable.Range(0, 7).Select(_ => IsHole() ? float.NaN : random.Next(100))],
        })];
    }

    /// <summary>A number, a count, a category and a vector of counts.</summary>
    private sealed class Entry
    {
        public float Number { get; set; }

        public int Whole { get; set; }

        [KeyType(3)]
        public uint Kind { get; set; }

        [VectorType(7)]
        public float[] Parts { get; set; } = new float[7];
    }

    private sealed class Said
    {
        public float[] Latent { get; set; } = [];

        public float[] LogVariance { get; set; } = [];

        public float[] Draw { get; set; } = [];
    }
}
