using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Report.Rows;

namespace Vae.MLNet.Report.Tests;

/// <summary>Rows are read once, and no more of them are kept than was asked for. Other tests would add to the memory that is measured.</summary>
[CollectionDefinition(nameof(KeptRowsTests), DisableParallelization = true)]
[Collection(nameof(KeptRowsTests))]
public sealed class KeptRowsTests
{
    private const int Width = 64;

    [Fact]
    public void Memory_does_not_grow_with_the_rows()
    {
        const int rows = 120_000;
        long held = 0;
        int read = 0;
        IEnumerable<Row> Made()
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            for (int index = 0; index < rows; index++)
            {
                read++;
                if (index == rows - 1)
                {
                    held = GC.GetTotalMemory(forceFullCollection: true) - before;
                }
                yield return new Row { Number = index, Values = new float[Width] };
            }
        }

        KeptRows kept = Read(new MLContext().Data.LoadFromEnumerable(Made()), 100);
        Assert.Equal((100, (long)rows, rows), (kept.Count, kept.TotalCount, read));
        // All rows would be 30 MB.
        Assert.InRange(held, long.MinValue, 3_000_000);
    }

    [Fact]
    public void Every_row_is_as_likely_as_any_other()
    {
        IDataView data = Data(1000);
        int[] counts = new int[10];
        for (int seed = 0; seed < 100; seed++)
        {
            foreach (long position in Read(data, 50, seed).Positions)
            {
                counts[position / 100]++;
            }
        }
        // 500 of each tenth are expected, give or take 21.
        Assert.All(counts, count => Assert.InRange(count, 420, 580));
    }

    [Fact]
    public void Rows_keep_their_order_values_ids_and_positions()
    {
        IDataView data = Data(300);
        KeptRows kept = Read(data, 40);
        using DataViewRowCursor cursor = kept.GetRowCursor(kept.Schema);
        ValueGetter<float> numberOf = cursor.GetGetter<float>(kept.Schema["Number"]);
        ValueGetter<ReadOnlyMemory<char>> textOf = cursor.GetGetter<ReadOnlyMemory<char>>(kept.Schema["Text"]);
        ValueGetter<VBuffer<float>> valuesOf = cursor.GetGetter<VBuffer<float>>(kept.Schema["Values"]);
        ValueGetter<DataViewRowId> idOf = cursor.GetIdGetter();
        float number = 0;
        ReadOnlyMemory<char> text = default;
        VBuffer<float> values = default;
        DataViewRowId id = default;
        int count = 0;
        for (long last = -1; cursor.MoveNext(); count++)
        {
            numberOf(ref number);
            textOf(ref text);
            valuesOf(ref values);
            idOf(ref id);
            Assert.True(cursor.Position > last);
            last = cursor.Position;
            Assert.Equal(((float)last, $"row {last}", (ulong)last), (number, text.ToString(), id.Low));
            Assert.All(values.DenseValues(), value => Assert.Equal(last, value));
        }
        Assert.Equal(40, count);
        Assert.Equal(Read(data, 40).Positions, kept.Positions);
        Assert.Equal(300, Read(data, 1000).Count);
    }

    private static KeptRows Read(IDataView data, int most, int seed = 1) => KeptRows.Read(data, [.. data.Schema], most, seed, CancellationToken.None);

    private static IDataView Data(int rows) =>
        new MLContext().Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(index => new Row { Number = index, Text = $"row {index}", Values = [.. Enumerable.Repeat((float)index, Width)] }));

    private sealed class Row
    {
        public float Number { get; set; }

        public string Text { get; set; } = "";

        [VectorType(Width)]
        public float[] Values { get; set; } = [];
    }
}
