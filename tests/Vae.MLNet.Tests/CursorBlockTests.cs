using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Tests;

/// <summary>Cursors read and compute blocks of rows ahead: nobody is to notice.</summary>
public sealed class CursorBlockTests : IDisposable
{
    // Some blocks of rows as narrow as these.
    private const int Count = 7000;

    private readonly MLContext _ml = new(seed: 1);
    private readonly VaeTransformer _model;

    public CursorBlockTests() => _model = TestRows.Fit(_ml, _ml.View(100));

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(2500)]
    [InlineData(Count - 1)]
    public void Rows_are_right_however_rarely_somebody_asks(int step)
    {
        IDataView view = _model.Transform(_ml.View(Count));
        float[][] expected = view.VectorsOf("Latent");
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<float> number = cursor.GetGetter<float>(view.Schema["Number"]);
        ValueGetter<VBuffer<float>> latent = cursor.GetGetter<VBuffer<float>>(view.Schema["Latent"]);
        float value = 0;
        VBuffer<float> vector = default;
        for (int row = 0; row < Count; row++)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(row, cursor.Position);
            number(ref value);
            Assert.Equal(row, value);
            if (row % step == 0)
            {
                latent(ref vector);
                Assert.Equal(expected[row], vector.DenseValues());
            }
        }
        Assert.False(cursor.MoveNext());
        Assert.False(cursor.MoveNext());
        Assert.Throws<InvalidOperationException>(() => latent(ref vector));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(5000)]
    public void The_rows_before_an_error_of_the_source_are_served(int good)
    {
        int read = 0;
        IDataView view = _model.Transform(new ObservedView(_ml.View(Count), () =>
        {
            if (++read == good + 1)
            {
                throw new IOException("the disk is gone");
            }
        }));
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        ValueGetter<float> score = cursor.GetGetter<float>(view.Schema["Score"]);
        float value = 0;
        int served = 0;
        Assert.Throws<IOException>(() =>
        {
            while (cursor.MoveNext())
            {
                score(ref value);
                served++;
            }
        });
        Assert.Equal(good, served);
        Assert.Equal(good + 1, read);
        Assert.Throws<InvalidOperationException>(() => score(ref value));
    }

    [Fact]
    public void A_cursor_may_be_left_while_it_computes()
    {
        float value = 0;
        for (int rows = 1; rows < Count; rows += 600)
        {
            VaeTransformer model = TestRows.Fit(_ml, _ml.View(20), options => options.NumberOfEpochs = 1);
            IDataView own = model.Transform(_ml.View(Count));
            DataViewRowCursor cursor = own.GetRowCursor(own.Schema);
            ValueGetter<float> score = cursor.GetGetter<float>(own.Schema["Score"]);
            for (int row = 0; row < rows; row++)
            {
                Assert.True(cursor.MoveNext());
                score(ref value);
            }
            if (rows % 1200 == 1)
            {
                model.Dispose();
                cursor.Dispose();
            }
            else
            {
                cursor.Dispose();
                model.Dispose();
            }
            Assert.Throws<InvalidOperationException>(() => score(ref value));
        }
    }

    [Fact]
    public void Cursors_of_a_set_on_threads_of_their_own_give_every_row_once()
    {
        IDataView view = _model.Transform(_ml.Data.Cache(_ml.View(Count)));
        float[] expected = view.ValuesOf<float>("Score");
        var found = new float[Count];
        var times = new int[Count];
        Thread[] threads = [.. view.GetRowCursorSet(view.Schema, 3).Select(cursor => new Thread(() =>
        {
            using (cursor)
            {
                ValueGetter<float> number = cursor.GetGetter<float>(view.Schema["Number"]);
                ValueGetter<float> score = cursor.GetGetter<float>(view.Schema["Score"]);
                float row = 0;
                float value = 0;
                while (cursor.MoveNext())
                {
                    number(ref row);
                    score(ref value);
                    found[(int)row] = value;
                    Interlocked.Increment(ref times[(int)row]);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(times, each => Assert.Equal(1, each));
        TestRows.AssertClose(expected, found, 1e-5f);
    }

    [Fact]
    public void The_model_of_a_model_computes_on_the_same_threads()
    {
        IDataView first = _model.Transform(_ml.View(Count));
        using VaeTransformer second = TestRows.Fit(_ml, first, options =>
        {
            options.InputColumns = ["Latent"];
            (options.OutputColumnName, options.LogVarianceColumnName, options.DrawColumnName, options.ReconstructionColumnName, options.ScoreColumnName) = ("Again", null, null, null, null);
        });
        float[][] latents = second.Transform(first).VectorsOf("Again");
        Assert.Equal(Count, latents.Length);
        Assert.Equal(latents.SelectMany(row => row), second.Transform(first).VectorsOf("Again").SelectMany(row => row));
    }

    [Fact]
    public void All_parts_are_done_and_an_error_of_one_comes_through()
    {
        var done = new bool[5];
        ComputeWorkers.Job job = ComputeWorkers.Begin(done.Length, part => done[part] = part != 3 ? true : throw new IOException("part 3"));
        Assert.Equal("part 3", Assert.Throws<IOException>(job.Finish).Message);
        Assert.Equal([true, true, true, false, true], done);
    }
}

/// <summary>Counts bytes of the whole process: nothing else may run at the time.</summary>
[Collection(nameof(MemoryTests))]
public sealed class CursorMemoryTests
{
    [Fact]
    public void Rows_cost_no_memory()
    {
        var ml = new MLContext(seed: 1);
        using VaeTransformer model = TestRows.Fit(ml, ml.View(100));
        IDataView view = model.Transform(ml.View(200_000));
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Latent"]]);
        ValueGetter<VBuffer<float>> latent = cursor.GetGetter<VBuffer<float>>(view.Schema["Latent"]);
        VBuffer<float> value = default;
        long before = 0;
        while (cursor.MoveNext())
        {
            latent(ref value);
            if (cursor.Position == 50_000)
            {
                before = GC.GetTotalAllocatedBytes(precise: true);
            }
        }
        double perRow = (GC.GetTotalAllocatedBytes(precise: true) - before) / 150_000.0;
        Assert.True(perRow < 8, $"{perRow:F1} bytes per row");
    }
}
