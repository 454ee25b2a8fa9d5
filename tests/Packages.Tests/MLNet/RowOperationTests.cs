using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class RowOperationTests
{
    private static readonly MLContext ML = new(1);

    private static IDataView Numbers(int count) => ML.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Row { A = i, Text = $"t{i % 5}", V = [i, -i] }).ToList());

    [Fact]
    public void Taking_and_skipping_rows_renumbers_positions_and_keeps_ids()
    {
        var data = ML.Data.TakeRows(ML.Data.SkipRows(Numbers(10), 3), 4);
        Assert.Equal([3f, 4f, 5f, 6f], Table.Values<float>(data, "A"));
        Assert.Equal(4, data.GetRowCount());
        Assert.False(data.CanShuffle);
        using var cursor = data.GetRowCursor(data.Schema);
        cursor.MoveNext();
        Assert.Equal(0, cursor.Position);
        DataViewRowId id = default;
        cursor.GetIdGetter()(ref id);
        Assert.Equal(new DataViewRowId(3, 0), id);
        Assert.Equal(2, ML.Data.SkipRows(Numbers(10), 8).GetRowCount());
        Assert.Equal(10, ML.Data.TakeRows(Numbers(10), 20).GetRowCount());
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Data.TakeRows(Numbers(1), 0));
    }

    [Fact]
    public void Shuffling_keeps_every_row_once_and_depends_on_the_seed_only()
    {
        var data = Numbers(50);
        var shuffled = ML.Data.ShuffleRows(data, seed: 3, shufflePoolSize: 20);
        var order = Table.Values<float>(shuffled, "A");
        Assert.NotEqual(Table.Values<float>(data, "A"), order);
        Assert.Equal(Table.Values<float>(data, "A"), order.Order());
        Assert.Equal(order, Table.Values<float>(shuffled, "A"));
        Assert.Equal(order, Table.Values<float>(ML.Data.ShuffleRows(data, seed: 3, shufflePoolSize: 20), "A"));
        Assert.NotEqual(order, Table.Values<float>(ML.Data.ShuffleRows(data, seed: 4, shufflePoolSize: 20), "A"));
        Assert.Equal(50, shuffled.GetRowCount());
    }

    [Fact]
    public void Shuffled_rows_stay_together_and_keep_their_ids()
    {
        var data = ML.Data.ShuffleRows(Numbers(30), seed: 1, shufflePoolSize: 7);
        using var cursor = data.GetRowCursor(data.Schema);
        var number = cursor.GetGetter<float>(data.Schema["A"]);
        var vector = cursor.GetGetter<VBuffer<float>>(data.Schema["V"]);
        var getId = cursor.GetIdGetter();
        float a = 0;
        VBuffer<float> v = default;
        DataViewRowId id = default;
        int rows = 0;
        for (; cursor.MoveNext(); rows++)
        {
            vector(ref v);
            number(ref a);
            getId(ref id);
            Assert.Equal(rows, cursor.Position);
            Assert.Equal([a, -a], v.DenseValues());
            Assert.Equal(new DataViewRowId((ulong)a, 0), id);
        }
        Assert.Equal(30, rows);
    }

    [Fact]
    public void A_cache_reads_a_column_once_and_only_when_it_is_wanted()
    {
        var source = new CountingView(Numbers(6));
        var cache = ML.Data.Cache(source);
        Assert.Equal(0, source.Cursors);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], Table.Values<float>(cache, "A"));
        }
        Assert.Equal(["A"], source.Columns);
        Assert.Equal([5f, -5f], Table.Vectors<float>(cache, "V")[5]);
        Assert.Equal(["A", "V"], source.Columns);
        Assert.Equal(6, cache.GetRowCount());
        Assert.True(cache.CanShuffle);
    }

    [Fact]
    public void A_shuffled_cache_keeps_the_row_ids()
    {
        var cache = ML.Data.Cache(Numbers(40));
        using var cursor = cache.GetRowCursor(cache.Schema, new Random(5));
        var number = cursor.GetGetter<float>(cache.Schema["A"]);
        var getId = cursor.GetIdGetter();
        var seen = new List<float>();
        DataViewRowId id = default;
        while (cursor.MoveNext())
        {
            float value = 0;
            number(ref value);
            getId(ref id);
            Assert.Equal((ulong)value, id.Low);
            seen.Add(value);
        }
        Assert.NotEqual(seen.Order(), seen);
        Assert.Equal(40, seen.Distinct().Count());
    }

    [Fact]
    public void A_set_of_cursors_shares_the_rows_out()
    {
        var cache = ML.Data.Cache(Numbers(500));
        Table.Values<float>(cache, "A");
        var cursors = cache.GetRowCursorSet([cache.Schema["A"]], 3);
        var rows = cursors.SelectMany(cursor => Table.Drain<float>(cursor, cache.Schema["A"])).ToList();
        Assert.Equal(Enumerable.Range(0, 500).Select(i => (float)i), rows.Order());
    }

    [Fact]
    public void A_split_takes_every_row_once()
    {
        var split = ML.Data.TrainTestSplit(Numbers(400), testFraction: 0.25);
        var train = Table.Values<float>(split.TrainSet, "A");
        var test = Table.Values<float>(split.TestSet, "A");
        Assert.Equal(400, train.Union(test).Count());
        Assert.Equal(400, train.Count + test.Count);
        Assert.InRange(test.Count, 70, 130);
        Assert.Equal(test.Order(), test);
        Assert.Equal(test, Table.Values<float>(split.TestSet, "A"));
        Assert.Null(split.TestSet.GetRowCount());
        Assert.Equal(["A", "Text", "V"], split.TestSet.Schema.Select(column => column.Name).Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Data.TrainTestSplit(Numbers(1), 1.5));
    }

    [Fact]
    public void The_split_of_a_seed_is_the_same_everywhere()
    {
        // The generator is fixed (GPU Gems 3, chapter 37), so these rows are too, whichever package runs.
        var split = new MLContext(5).Data.TrainTestSplit(Numbers(20), testFraction: 0.3);
        var seeded = ML.Data.TrainTestSplit(Numbers(20), testFraction: 0.3, seed: 5);
        Assert.Equal(Table.Values<float>(split.TestSet, "A"), Table.Values<float>(seeded.TestSet, "A"));
        Assert.Equal(ExpectedTestRows(20, 0.3, 5), Table.Values<float>(seeded.TestSet, "A"));
    }

    [Fact]
    public void Rows_with_one_sampling_key_are_on_one_side()
    {
        var split = ML.Data.TrainTestSplit(Numbers(100), testFraction: 0.4, samplingKeyColumnName: "Text", seed: 2);
        var train = Table.Texts(split.TrainSet, "Text").ToHashSet();
        var test = Table.Texts(split.TestSet, "Text").ToHashSet();
        Assert.Empty(train.Intersect(test));
        Assert.Equal(5, train.Count + test.Count);
    }

    private static List<float> ExpectedTestRows(int count, double fraction, uint seed)
    {
        uint z1 = seed, z2 = Round(z1, z1), z3 = Round(z2, z1), z4 = Round(z3, z1);
        var rows = new List<float>();
        for (int i = 0; i < count; i++)
        {
            z1 = Step(z1, 13, 19, 12, 0xFFFFFFFE);
            z2 = Step(z2, 2, 25, 4, 0xFFFFFFF8);
            z3 = Step(z3, 3, 11, 17, 0xFFFFFFF0);
            z4 = unchecked((1664525 * z4) + 1013904223);
            if (((z1 ^ z2 ^ z3 ^ z4) >> 9) / (float)(1 << 23) < fraction)
            {
                rows.Add(i);
            }
        }
        return rows;

        static uint Step(uint z, int a, int b, int c, uint mask) => ((z & mask) << c) ^ (((z << a) ^ z) >> b);

        static uint Round(uint hash, uint chunk)
        {
            chunk = uint.RotateLeft(unchecked(chunk * 0xCC9E2D51), 15);
            hash ^= unchecked(chunk * 0x1B873593);
            return unchecked((uint.RotateLeft(hash, 13) * 5) + 0xE6546B64);
        }
    }

    private sealed class Row
    {
        public float A { get; set; }

        public string? Text { get; set; }

        [VectorType(2)]
        public float[]? V { get; set; }
    }
}
