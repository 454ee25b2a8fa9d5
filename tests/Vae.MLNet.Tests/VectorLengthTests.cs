using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>
/// ML.NET passes on whatever array a row has. A vector that is shorter or longer than its column's type is refused wherever rows come in:
/// its missing values would be those of another row.
/// </summary>
public sealed class VectorLengthTests
{
    private const int BadRow = 3;

    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<float[]?, int> BadArrays => new()
    {
        { null, 0 }, { [], 0 }, { [1, 2, 3, 4, 5], 5 }, { [1, 2, 3, 4, 5, 6, 7], 7 }, { new float[1000], 1000 },
    };

    [Theory]
    [MemberData(nameof(BadArrays))]
    public void Training_refuses_another_length(float[]? array, int length)
    {
        IDataView bad = Bad(array);
        AssertRefused(length, () => TestRows.Fit(_ml, bad));
        AssertRefused(length, () => TestRows.Fit(_ml, bad, options => options.CacheRows = VaeRowCache.Never));
        AssertRefused(length, () => _ml.Transforms.VariationalAutoencoder(TestRows.Options()).Fit(_ml.View(30), bad));
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(30));
        AssertRefused(length, () => _ml.Transforms.VariationalAutoencoder(TestRows.Options()).Fit(bad, model));
    }

    [Theory]
    [MemberData(nameof(BadArrays))]
    public void Cursors_refuse_another_length_after_the_rows_before_it(float[]? array, int length)
    {
        IDataView bad = Bad(array);
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(30), options => options.ImputedColumnSuffix = "Imputed");
        IDataView view = model.Transform(bad);
        foreach (DataViewSchema.Column column in view.Schema.Where(column => column.Index >= bad.Schema.Count))
        {
            using DataViewRowCursor cursor = view.GetRowCursor([column]);
            for (int row = 0; row < BadRow; row++)
            {
                Assert.True(cursor.MoveNext());
            }
            AssertRefused(length, () => cursor.MoveNext());
        }
        DataViewRowCursor[] set = view.GetRowCursorSet(view.Schema, 2);
        AssertRefused(length, () => Array.ForEach(set, cursor => ColumnValues.ValuesOf<float>(cursor, "Score")));
        Array.ForEach(set, cursor => cursor.Dispose());
    }

    [Theory]
    [InlineData("Latent")]
    [InlineData("Score")]
    [InlineData("Reconstruction")]
    [InlineData("FeaturesImputed")]
    public void A_prediction_engine_refuses_another_length_and_goes_on(string output)
    {
        TestRow[] rows = TestRows.Make(30);
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
        {
            (options.OutputColumnName, options.LogVarianceColumnName, options.DrawColumnName) = (null, null, null);
            (options.ReconstructionColumnName, options.ScoreColumnName) = (null, null);
            _ = output switch
            {
                "Latent" => options.OutputColumnName = output,
                "Score" => options.ScoreColumnName = output,
                "Reconstruction" => options.ReconstructionColumnName = output,
                _ => options.ImputedColumnSuffix = "Imputed",
            };
        });
        float[] Predicted(object engine, TestRow row) => engine switch
        {
            PredictionEngine<TestRow, Latent> latent => latent.Predict(row).Values,
            PredictionEngine<TestRow, Scored> scored => [scored.Predict(row).Value],
            PredictionEngine<TestRow, Reconstructed> reconstructed => reconstructed.Predict(row).Values,
            PredictionEngine<TestRow, Imputed> imputed => imputed.Predict(row).Values,
            _ => throw new ArgumentException("An engine of another kind.", nameof(engine)),
        };
        using IDisposable engine = output switch
        {
            "Latent" => _ml.Model.CreatePredictionEngine<TestRow, Latent>(model),
            "Score" => _ml.Model.CreatePredictionEngine<TestRow, Scored>(model),
            "Reconstruction" => _ml.Model.CreatePredictionEngine<TestRow, Reconstructed>(model),
            _ => _ml.Model.CreatePredictionEngine<TestRow, Imputed>(model),
        };
        float[] before = Predicted(engine, rows[7]);
        foreach ((float[]? array, int length) in new (float[]?, int)[] { (null, 0), ([], 0), ([1, 2, 3, 4, 5], 5), (new float[7], 7) })
        {
            var error = Assert.Throws<InvalidOperationException>(() => Predicted(engine, new TestRow { Features = array! }));
            Assert.Matches($"^Column 'Features', row [0-9]+: expected 6 values, found {length}.$", error.Message);
            Assert.Equal(before, Predicted(engine, rows[7]));
        }
    }

    [Fact]
    public void Sparse_vectors_are_of_the_length_that_they_say()
    {
        static VBuffer<float> Vector(float[] values, int row) =>
            row % 2 == 0 ? new VBuffer<float>(6, values) : new VBuffer<float>(6, 1, [values[3]], [3]);
        SparseRow[] rows = [.. TestRows.Make(30).Select((row, index) => new SparseRow { Features = Vector(row.Features, index) })];
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows));
        TestRow[] dense = [.. rows.Select(row => new TestRow { Features = [.. row.Features.DenseValues()] })];
        TestOutput[] Seen<TRow>(TRow[] of)
            where TRow : class => _ml.Outputs(model.Transform(_ml.Data.LoadFromEnumerable(of)));
        TestRows.AssertEqual(Seen(dense), Seen(rows), 0);
        rows[BadRow].Features = new VBuffer<float>(5, 1, [2f], [3]);
        AssertRefused(5, () => Seen(rows));
        rows[BadRow].Features = new VBuffer<float>(7, 0, [], []);
        AssertRefused(7, () => Seen(rows));
        AssertRefused(7, () => TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows)));
    }

    [Theory]
    [MemberData(nameof(BadArrays))]
    public void Evaluation_samplers_and_paths_refuse_another_length(float[]? array, int length)
    {
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(30));
        IDataView bad = Bad(array);
        AssertRefused(length, () => _ml.Model.EvaluateVariationalAutoencoder(model, bad, 2));
        AssertRefused(length, () => GaussianMixtureSampler.Fit(model, bad));
        AssertRefused(length, () => PosteriorSampler.Fit(model, bad));
        AssertRefused(length, () => _ml.Data.InterpolateVae(model, bad));
        AssertRefused(length, () => _ml.Data.TraverseVae(model, 0, row: bad));
        AssertRefused(length, () => _ml.Data.EvaluateVaeSamples(bad, _ml.View(10)));
        AssertRefused(length, () => _ml.Data.EvaluateVaeSamples(_ml.View(10), bad));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData(new[] { 0.5f }, 1)]
    [InlineData(new[] { 0.5f, 1, 2 }, 3)]
    public void A_decoder_refuses_another_length(float[]? array, int length)
    {
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(30));
        LatentRow[] rows = [.. Enumerable.Range(0, 6).Select(row => new LatentRow { Latent = row == BadRow ? array! : [row, -row] })];
        IDataView view = model.Decoder.Transform(_ml.Data.LoadFromEnumerable(rows));
        var error = Assert.Throws<InvalidOperationException>(() => view.VectorsOf("Features"));
        Assert.Equal($"Column 'Latent', row {BadRow}: expected 2 values, found {length}.", error.Message);
        using var engine = _ml.Model.CreatePredictionEngine<LatentRow, TestRow>(model.Decoder);
        float[] before = engine.Predict(rows[1]).Features;
        error = Assert.Throws<InvalidOperationException>(() => engine.Predict(rows[BadRow]));
        Assert.Contains($"expected 2 values, found {length}.", error.Message);
        Assert.Equal(before, engine.Predict(rows[1]).Features);
    }

    [Fact]
    public void A_vector_of_one_value_is_counted_in_the_singular()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(new[] { new NarrowRow { Features = [1] }, new NarrowRow { Features = [1, 2] } });
        var error = Assert.Throws<InvalidOperationException>(() => TestRows.Fit(_ml, data));
        Assert.Equal("Column 'Features', row 1: expected 1 value, found 2.", error.Message);
    }

    [Fact]
    public void Columns_that_are_passed_through_may_have_any_length()
    {
        using VaeTransformer model = TestRows.Fit(_ml, _ml.View(30));
        TestRow[] rows = TestRows.Make(6);
        rows[BadRow].Extra = [1];
        VBuffer<double>[] passed = model.Transform(_ml.Data.LoadFromEnumerable(rows)).ValuesOf<VBuffer<double>>("Extra");
        Assert.Equal(rows.Select(row => row.Extra), passed.Select(each => each.DenseValues().ToArray()));
    }

    [Fact]
    public void Names_and_key_values_of_another_number_than_the_column_has_are_none()
    {
        IDataView plain = _ml.Data.LoadFromEnumerable(OddRow.Make(20));
        IDataView data = new AnnotatedView(plain);
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(TestRows.Options(options =>
        {
            (options.InputColumnName, options.InputColumns, options.ReconstructionColumnName) = (null, ["Kind", "Vector"], null);
            options.LabelColumnName = null;
        })).Fit(data);
        // ML.NET does not save a schema with such names.
        ITransformer loaded = _ml.SavedAndLoaded(model, plain.Schema);
        Assert.Equal(model.Transform(data).VectorsOf("Latent"), loaded.Transform(data).VectorsOf("Latent"));
        OddRow[] rows = OddRow.Make(5);
        rows[2].Vector[1] = float.PositiveInfinity;
        IDataView bad = new AnnotatedView(_ml.Data.LoadFromEnumerable(rows));
        var error = Assert.Throws<InvalidOperationException>(() => model.Transform(bad).VectorsOf("Latent"));
        Assert.Contains("row 2, slot 1: found", error.Message);
    }

    private static void AssertRefused(int length, Action action)
    {
        var error = Assert.Throws<InvalidOperationException>(action);
        Assert.Equal($"Column 'Features', row {BadRow}: expected 6 values, found {length}.", error.Message);
    }

    private IDataView Bad(float[]? array)
    {
        TestRow[] rows = TestRows.Make(30);
        rows[BadRow].Features = array!;
        return _ml.Data.LoadFromEnumerable(rows);
    }

    /// <summary>Says two names for three slots, and two values for four keys.</summary>
    private sealed class AnnotatedView : IDataView
    {
        private readonly IDataView _source;

        public AnnotatedView(IDataView source)
        {
            _source = source;
            var schema = new DataViewSchema.Builder();
            foreach (DataViewSchema.Column column in source.Schema)
            {
                var annotations = new DataViewSchema.Annotations.Builder();
                if (column.Name is "Kind" or "Vector")
                {
                    ReadOnlyMemory<char>[] texts = ["first".AsMemory(), "second".AsMemory()];
                    annotations.Add(
                        column.Name == "Kind" ? "KeyValues" : "SlotNames",
                        new VectorDataViewType(TextDataViewType.Instance, column.Name == "Kind" ? 4 : 3),
                        (ref VBuffer<ReadOnlyMemory<char>> to) => new VBuffer<ReadOnlyMemory<char>>(texts.Length, texts).CopyTo(ref to));
                }
                schema.AddColumn(column.Name, column.Type, annotations.ToAnnotations());
            }
            Schema = schema.ToSchema();
        }

        public bool CanShuffle => false;

        public DataViewSchema Schema { get; }

        public long? GetRowCount() => _source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            _source.GetRowCursor(columnsNeeded.Select(column => _source.Schema[column.Index]));

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded)];
    }

    private sealed class Latent
    {
        [ColumnName("Latent")]
        public float[] Values { get; set; } = [];
    }

    private sealed class Scored
    {
        [ColumnName("Score")]
        public float Value { get; set; }
    }

    private sealed class Reconstructed
    {
        [ColumnName("Reconstruction")]
        public float[] Values { get; set; } = [];
    }

    private sealed class Imputed
    {
        [ColumnName("FeaturesImputed")]
        public float[] Values { get; set; } = [];
    }

    private sealed class SparseRow
    {
        [VectorType(6)]
        public VBuffer<float> Features { get; set; }
    }

    private sealed class NarrowRow
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];
    }

    private sealed class LatentRow
    {
        [VectorType(2)]
        public float[] Latent { get; set; } = [];
    }
}
