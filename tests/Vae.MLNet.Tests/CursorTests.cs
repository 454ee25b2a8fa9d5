using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>The transformed view keeps ML.NET's contract: lazy, in order, right under every way of reading.</summary>
public sealed class CursorTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly VaeTransformer _model;

    public CursorTests() => _model = TestRows.Fit(_ml, _ml.View(100));

    public void Dispose() => _model.Dispose();

    [Fact]
    public void Nothing_is_read_before_rows_are_pulled_and_only_what_is_needed_then()
    {
        var source = new CountingView(_ml.View(3000));
        IDataView view = _model.Transform(source);
        Assert.Equal(0, source.CursorsOpened);

        using (DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Number"]]))
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(["Number"], source.LastColumns);
            Assert.Equal(1, source.RowsRead);
            Assert.False(cursor.IsColumnActive(view.Schema["Latent"]));
            Assert.ThrowsAny<ArgumentException>(() => cursor.GetGetter<VBuffer<float>>(view.Schema["Latent"]));
        }
        using (DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Score"]]))
        {
            Assert.Equal(["Features"], source.LastColumns);
            Assert.True(cursor.MoveNext());
            Assert.True(source.RowsRead < 3000, $"{source.RowsRead} rows were read for one");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(700)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(4097)]
    public void Every_row_comes_once_with_its_own_columns(int count)
    {
        TestRow[] rows = TestRows.Make(count, seed: 3);
        IDataView view = _model.Transform(new UncountedView(_ml.Data.LoadFromEnumerable(rows)));
        Assert.Null(view.GetRowCount());

        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<float> number = cursor.GetGetter<float>(view.Schema["Number"]);
        ValueGetter<ReadOnlyMemory<char>> name = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
        ValueGetter<VBuffer<double>> extra = cursor.GetGetter<VBuffer<double>>(view.Schema["Extra"]);
        ValueGetter<VBuffer<float>> latent = cursor.GetGetter<VBuffer<float>>(view.Schema["Latent"]);
        ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
        Assert.Equal(-1, cursor.Position);
        var latents = new List<float[]>();
        var ids = new HashSet<DataViewRowId>();
        while (cursor.MoveNext())
        {
            int row = (int)cursor.Position;
            float numberValue = 0;
            ReadOnlyMemory<char> nameValue = default;
            VBuffer<double> extraValue = default;
            VBuffer<float> latentValue = default;
            DataViewRowId idValue = default;
            // In any order, and more than once.
            latent(ref latentValue);
            extra(ref extraValue);
            number(ref numberValue);
            name(ref nameValue);
            id(ref idValue);
            number(ref numberValue);
            Assert.Equal(row, numberValue);
            Assert.Equal(rows[row].Name, nameValue.ToString());
            Assert.Equal(rows[row].Extra, extraValue.DenseValues());
            Assert.True(ids.Add(idValue));
            latents.Add([.. latentValue.DenseValues()]);
        }
        Assert.Equal(count, latents.Count);
        Assert.Equal(-1, cursor.Position);
        Assert.False(cursor.MoveNext());
        Assert.ThrowsAny<InvalidOperationException>(() =>
        {
            VBuffer<float> value = default;
            latent(ref value);
        });
        TestOutput[] expected = _ml.Outputs(_model.Transform(_ml.Data.LoadFromEnumerable(rows)));
        Assert.Equal(expected.SelectMany(output => output.Latent), latents.SelectMany(value => value));
    }

    [Fact]
    public void A_consumer_may_write_into_what_it_was_given()
    {
        IDataView view = _model.Transform(_ml.View(10));
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<VBuffer<double>> extra = cursor.GetGetter<VBuffer<double>>(view.Schema["Extra"]);
        Assert.True(cursor.MoveNext());
        VBuffer<double> first = default;
        extra(ref first);
        VBufferEditor.CreateFromBuffer(ref first).Values.Fill(99);
        VBuffer<double> again = default;
        extra(ref again);
        Assert.Equal([0, 0, 0.5], again.DenseValues());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void A_cursor_set_gives_the_same_rows_as_one_cursor(int cursors)
    {
        IDataView view = _model.Transform(_ml.Data.Cache(_ml.View(1000, seed: 5)));
        Dictionary<float, TestOutput> expected = Read(view, [view.GetRowCursor(view.Schema)]);
        Dictionary<float, TestOutput> actual = Read(view, view.GetRowCursorSet(view.Schema, cursors));
        Assert.Equal(1000, expected.Count);
        AssertSame(expected, actual);
    }

    [Fact]
    public void A_shuffled_view_gives_every_row_its_own_outputs()
    {
        IDataView source = _ml.View(600, seed: 5);
        IDataView view = _model.Transform(source);
        Dictionary<float, TestOutput> expected = Read(view, [view.GetRowCursor(view.Schema)]);
        IDataView shuffled = _model.Transform(_ml.Data.ShuffleRows(source, seed: 2));
        Dictionary<float, TestOutput> actual = Read(shuffled, [shuffled.GetRowCursor(shuffled.Schema)]);
        Assert.NotEqual(expected.Keys, actual.Keys);
        AssertSame(expected, actual);

        IDataView cached = _model.Transform(_ml.Data.Cache(source));
        Assert.True(cached.CanShuffle);
        AssertSame(expected, Read(cached, [cached.GetRowCursor(cached.Schema, new Random(4))]));
    }

    [Fact]
    public void Cursors_on_several_threads_give_the_same_rows()
    {
        IDataView view = _model.Transform(_ml.View(500));
        TestOutput[] expected = _ml.Outputs(view);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => TestRows.AssertEqual(expected, _ml.Outputs(view), 0));

        TestRow[] rows = TestRows.Make(50);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            var engine = _ml.Model.CreatePredictionEngine<TestRow, TestOutput>(_model);
            TestRows.AssertEqual(expected[..50], [.. rows.Select(engine.Predict)], 1e-5f);
        });
    }

    [Fact]
    public void Draws_differ_from_row_to_row_and_have_the_posterior_s_spread()
    {
        TestRow row = TestRows.Make(1)[0];
        TestOutput[] outputs = _ml.Outputs(_model.Transform(_ml.Data.LoadFromEnumerable(Enumerable.Repeat(row, 20000))));
        for (int slot = 0; slot < 2; slot++)
        {
            double[] standard = [.. outputs.Select(output => (output.Draw[slot] - output.Latent[slot]) / Math.Exp(output.LogVariance[slot] / 2))];
            double mean = standard.Average();
            Assert.Equal(0, mean, 0.03);
            Assert.Equal(1, standard.Average(value => (value - mean) * (value - mean)), 0.05);
            // The share within one standard deviation: it is normal, not only of the right variance.
            Assert.Equal(0.683, standard.Count(value => Math.Abs(value) < 1) / 20000.0, 0.015);
        }
        // The score is a property of the row's values.
        Assert.Single(outputs.Select(output => output.Score).Distinct());
    }

    [Fact]
    public void A_disposed_transformer_says_so_and_an_open_cursor_is_safe()
    {
        VaeTransformer model = TestRows.Fit(_ml, _ml.View(50));
        IDataView view = model.Transform(_ml.View(5000));
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<float> score = cursor.GetGetter<float>(view.Schema["Score"]);
        float value = 0;
        Assert.True(cursor.MoveNext());
        score(ref value);
        float first = value;
        model.Dispose();
        model.Dispose();
        // What has been computed is served; the next block is refused.
        score(ref value);
        Assert.Equal(first, value);
        Assert.Throws<ObjectDisposedException>(() =>
        {
            while (cursor.MoveNext())
            {
                score(ref value);
            }
        });
        Assert.Throws<ObjectDisposedException>(() => model.Transform(view));
        Assert.Throws<ObjectDisposedException>(() => model.Decode(new float[2], new float[6]));
        Assert.Throws<ObjectDisposedException>(() => _ml.Model.Save(model, view.Schema, new MemoryStream()));
    }

    [Fact]
    public void An_error_of_the_source_comes_through_and_leaves_no_current_row()
    {
        int rows = 0;
        IDataView view = _model.Transform(new ObservedView(_ml.View(600), () =>
        {
            if (++rows > 400)
            {
                throw new IOException("the disk is gone");
            }
        }));
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<float> number = cursor.GetGetter<float>(view.Schema["Number"]);
        float value = 0;
        Assert.Throws<IOException>(() =>
        {
            while (cursor.MoveNext())
            {
                number(ref value);
            }
        });
        // Every row before it is there.
        Assert.Equal(399, value);
        Assert.Throws<InvalidOperationException>(() => number(ref value));
    }

    private static Dictionary<float, TestOutput> Read(IDataView view, DataViewRowCursor[] cursors)
    {
        var rows = new Dictionary<float, TestOutput>();
        foreach (DataViewRowCursor cursor in cursors)
        {
            using (cursor)
            {
                ValueGetter<float> number = cursor.GetGetter<float>(view.Schema["Number"]);
                ValueGetter<float> score = cursor.GetGetter<float>(view.Schema["Score"]);
                Func<float[]>[] vectors = [.. new[] { "Latent", "LogVariance", "Draw", "Reconstruction" }.Select(name => VectorOf(cursor, view.Schema[name]))];
                while (cursor.MoveNext())
                {
                    float key = 0;
                    var output = new TestOutput { Latent = vectors[0](), LogVariance = vectors[1](), Draw = vectors[2](), Reconstruction = vectors[3]() };
                    float scoreValue = 0;
                    number(ref key);
                    score(ref scoreValue);
                    output.Score = scoreValue;
                    rows.Add(key, output);
                }
            }
        }
        return rows;
    }

    private static Func<float[]> VectorOf(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<VBuffer<float>> getter = row.GetGetter<VBuffer<float>>(column);
        return () =>
        {
            VBuffer<float> value = default;
            getter(ref value);
            return [.. value.DenseValues()];
        };
    }

    // A row's place in its block may change the last bits of a matrix product.
    private static void AssertSame(Dictionary<float, TestOutput> expected, Dictionary<float, TestOutput> actual) =>
        TestRows.AssertEqual([.. expected.OrderBy(each => each.Key).Select(each => each.Value)], [.. actual.OrderBy(each => each.Key).Select(each => each.Value)], 1e-5f);
}
