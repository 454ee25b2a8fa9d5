using Microsoft.ML;
using Microsoft.ML.Data;
using SampleReader;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>Sampled rows are drawn when they are read, and however they are read they are the same.</summary>
[Collection(nameof(SampledModels))]
public sealed class SamplingCursorTests(SampledModels models)
{
    private const int RowCount = 4500;

    private readonly MLContext _ml = models.Table.Ml;
    private readonly SampledTable _table = models.Table;

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        string[] rows = RowBits.Of(Rows());
        Assert.Equal(RowCount, rows.Length);
        Assert.Equal(RowCount, rows.Distinct().Count());
        IDataView view = Rows();
        Assert.Equal(rows, RowBits.Of(view));
        Assert.Equal(rows, RowBits.Of(view));
        Assert.Empty(RowBits.Of(_ml.Data.SampleFromVae(_table.Model, RowCount, seed: 6)).Intersect(rows));
    }

    [Fact]
    public void Without_a_seed_the_context_s_decides()
    {
        string[] Sampled(int seed) => RowBits.Of(new MLContext(seed).Data.SampleFromVae(_table.Model, 50));
        string[] rows = Sampled(3);
        Assert.Equal(rows, Sampled(3));
        Assert.Empty(Sampled(4).Intersect(rows));
        // One context draws anew each time; a view stays as it is.
        var ml = new MLContext(3);
        IDataView first = ml.Data.SampleFromVae(_table.Model, 50);
        IDataView second = ml.Data.SampleFromVae(_table.Model, 50);
        Assert.Equal(rows, RowBits.Of(first));
        Assert.Empty(RowBits.Of(second).Intersect(rows));
        Assert.Equal(rows, RowBits.Of(first));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_cursor_set_shares_out_the_same_rows(int cursors)
    {
        IDataView view = Rows();
        string[] expected = RowBits.Of(view);
        var found = new List<(long Batch, ulong Id, string Row)>();
        DataViewRowCursor[] set = view.GetRowCursorSet(view.Schema, cursors);
        Assert.InRange(set.Length, 1, cursors);
        foreach (DataViewRowCursor cursor in set)
        {
            using (cursor)
            {
                ValueGetter<DataViewRowId> id = cursor.GetIdGetter();
                long last = -1;
                foreach (string row in RowBits.Of(cursor, SampledTable.Columns))
                {
                    DataViewRowId value = default;
                    id(ref value);
                    Assert.True(cursor.Batch >= last, "batches come in order");
                    last = cursor.Batch;
                    found.Add((cursor.Batch, value.Low, row));
                }
            }
        }
        Assert.Equal(expected, found.OrderBy(each => each.Batch).Select(each => each.Row));
        Assert.Equal(expected, found.OrderBy(each => each.Id).Select(each => each.Row));
    }

    [Fact]
    public void Some_columns_are_the_same_without_the_others()
    {
        IDataView view = Rows("Z");
        foreach (string[] columns in new[] { ["Time"], ["Z"], ["Word", "Pair"], new[] { "Large", "Z", "Spike" } })
        {
            string[] alone = RowBits.Of(view, columns);
            using DataViewRowCursor all = view.GetRowCursor(view.Schema);
            Assert.Equal(RowBits.Of(all, [.. view.Schema.Select(column => column.Name).Where(columns.Contains)]), alone);
        }
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Time"]]);
        Assert.True(cursor.IsColumnActive(view.Schema["Time"]));
        Assert.False(cursor.IsColumnActive(view.Schema["Amount"]));
        Assert.True(Record.Exception(() => cursor.GetGetter<float>(view.Schema["Amount"])) is ArgumentException or InvalidOperationException);
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["Time"]));
    }

    [Fact]
    public void Values_are_the_same_in_any_order_and_with_rows_left_out()
    {
        IDataView view = Rows();
        string[] columns = [.. view.Schema.Select(column => column.Name)];
        string[] expected = RowBits.Of(view);
        var random = new Random(1);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        Dictionary<string, Func<string>> values = columns.ToDictionary(name => name, name => RowBits.Of(cursor, view.Schema[name]));
        Assert.Equal(-1, cursor.Position);
        while (cursor.MoveNext())
        {
            if (random.Next(3) > 0)
            {
                continue;
            }
            string[] shuffled = [.. columns];
            random.Shuffle(shuffled);
            Dictionary<string, string> row = shuffled.Concat(shuffled.Take(2)).DistinctBy(name => name).ToDictionary(name => name, name => values[name]());
            Assert.Equal(expected[cursor.Position], string.Join(' ', columns.Select(name => row[name])));
        }
        Assert.False(cursor.MoveNext());
        Assert.Throws<InvalidOperationException>(() => values["Time"]());
    }

    [Fact]
    public void Four_threads_read_the_same_rows()
    {
        IDataView view = Rows();
        string[] expected = RowBits.Of(view);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ => Assert.Equal(expected, RowBits.Of(view)));
    }

    [Fact]
    public void Fewer_rows_are_the_first_of_more()
    {
        float[][] more = Numbers(RowCount);
        foreach (int count in new[] { 1, 100, 256, 1025 })
        {
            float[][] fewer = Numbers(count);
            Assert.Equal(count, fewer.Length);
            // A last block of fewer rows may change the last bits of a matrix product.
            TestRows.AssertClose([.. more.Take(count).SelectMany(row => row)], [.. fewer.SelectMany(row => row)], 1e-5f);
        }
    }

    [Fact]
    public void Two_to_the_forty_rows_are_there_at_once()
    {
        IDataView view = _ml.Data.SampleFromVae(_table.Model, 1L << 40, seed: 5);
        Assert.Equal(1L << 40, view.GetRowCount());
        string[] expected = RowBits.Of(Rows())[..3000];
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        Assert.Equal(expected, RowBits.Of(cursor, SampledTable.Columns).Take(3000));
        Assert.Equal(expected[..10], RowBits.Of(_ml.Data.TakeRows(view, 10)));

        DataViewRowCursor[] set = view.GetRowCursorSet(view.Schema, 3);
        Assert.All(set.Zip(new[] { 0, 1024, 2048 }), pair => Assert.Equal(expected.Skip(pair.Second).Take(10), RowBits.Of(pair.First, SampledTable.Columns).Take(10)));
        Array.ForEach(set, each => each.Dispose());
    }

    [Fact]
    public void A_consumer_may_write_into_what_it_was_given()
    {
        IDataView view = Rows("Z");
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        foreach (string name in new[] { "Pair", "Z" })
        {
            ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(view.Schema[name]);
            Assert.True(cursor.MoveNext());
            VBuffer<float> first = default;
            getter(ref first);
            float[] expected = [.. first.DenseValues()];
            VBufferEditor.CreateFromBuffer(ref first).Values.Fill(99);
            VBuffer<float> again = default;
            getter(ref again);
            Assert.Equal(expected, again.DenseValues());
        }
    }

    [Fact]
    public void A_trainer_may_shuffle_the_rows()
    {
        IDataView view = Rows();
        string[] shuffled = RowBits.Of(_ml.Data.ShuffleRows(view, seed: 1));
        string[] expected = RowBits.Of(view);
        Assert.NotEqual(expected, shuffled);
        Assert.Equal(expected.Order(), shuffled.Order());
    }

    private IDataView Rows(string? latent = null) => _ml.Data.SampleFromVae(_table.Model, RowCount, new VaeSamplingOptions { Seed = 5, LatentColumnName = latent });

    private float[][] Numbers(int count)
    {
        IDataView view = _ml.Data.SampleFromVae(_table.Model, count, new VaeSamplingOptions { Seed = 5, LatentColumnName = "Z" });
        return [.. view.ValuesOf<float>("Amount").Zip(view.VectorsOf("Z"), view.VectorsOf("Pair")).Select(row => (float[])[row.First, .. row.Second, .. row.Third])];
    }
}
