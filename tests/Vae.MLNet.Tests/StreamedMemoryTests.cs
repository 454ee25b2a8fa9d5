using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Training;

namespace Vae.MLNet.Tests;

/// <summary>Rows that are read again in each epoch take no memory of their own, and a training that ends early leaves no thread and no tensor. Counts in the whole process: nothing else may run at the time.</summary>
[Collection(nameof(MemoryTests))]
public sealed class StreamedMemoryTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Fact]
    public void A_stream_allocates_nothing_per_row()
    {
        VaeEstimator.Options options = MadeUpRows.Options();
        long Allocated(int rows)
        {
            RowSource source = TrainingSource.Of(new MadeUpRows(rows, 20), options);
            using var stream = new RowStream(source, batchSize: 100, poolSize: 1000, new Random(1), () => { });
            // By now the pool and all buffers are there.
            Assert.NotNull(stream.Take());
            long before = GC.GetTotalAllocatedBytes(precise: true);
            while (stream.Take() is not null)
            {
            }
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        Allocated(10_000);
        long few = Allocated(30_000);
        long many = Allocated(300_000);
        // Waiting for a batch of 100 rows allocates a little, and no row does.
        Assert.True(many - few < 3 * 270_000, $"{few} bytes for 30,000 rows, {many} for 300,000");
    }

    [Fact]
    public void More_rows_than_the_pool_holds_take_no_more_memory()
    {
        const int width = 1000;
        const int count = 120_000;
        long Growth(int rows)
        {
            using var process = Process.GetCurrentProcess();
            GC.Collect();
            process.Refresh();
            long before = process.WorkingSet64;
            long peak = before;
            int read = 0;
            var data = new ObservedView(new MadeUpRows(rows, width), () =>
            {
                if (++read % 1000 == 0)
                {
                    process.Refresh();
                    peak = Math.Max(peak, process.WorkingSet64);
                }
            });
            _ml.Transforms.VariationalAutoencoder(MadeUpRows.Options()).Fit(data).Dispose();
            return peak - before;
        }

        // More than the pool holds: memory that is taken once is used again.
        Growth(count / 3);
        long growth = Growth(count);
        Assert.True(growth < count * width * sizeof(float) / 2, $"{growth >> 20} MiB, of {(count * width * sizeof(float)) >> 20} that the rows would take");
    }

    [SkippableFact]
    public void A_view_that_fails_midway_says_so_and_leaves_nothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Threads are counted by their names, which Linux tells.");
        IDataView data = _ml.Data.LoadFromEnumerable(TestRows.MakeUnit(1000));
        var failure = new FormatException("The file ends here.");
        using var watch = TensorWatch.Start();
        // While the columns are learned, in the first pass over the rows, and in the first and the second epoch.
        foreach (int row in new[] { 300, 1300, 2300, 3900 })
        {
            int read = 0;
            var view = new ObservedView(data, () =>
            {
                if (++read == row)
                {
                    throw failure;
                }
            });
            Exception? error = Record.Exception(() => TestRows.Fit(_ml, view, Streamed));
            Assert.Same(failure, error);
            Assert.Equal(row, read);
            Assert.Empty(TrainingThreads());
        }
        Assert.Equal(0, watch.Left());
    }

    [SkippableTheory]
    [InlineData(1500)]
    [InlineData(2200)]
    [InlineData(3999)]
    [InlineData(4100)]
    public void Cancelling_stops_soon_and_leaves_nothing(int row)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Threads are counted by their names, which Linux tells.");
        IDataView data = _ml.Data.LoadFromEnumerable(TestRows.MakeUnit(1000));
        using var watch = TensorWatch.Start();
        using var source = new CancellationTokenSource();
        int read = 0;
        var view = new ObservedView(data, () =>
        {
            if (++read == row)
            {
                source.Cancel();
            }
            if (read >= row)
            {
                Thread.Sleep(1);
            }
        });
        Assert.ThrowsAny<OperationCanceledException>(() => TestRows.Fit(_ml, view, options =>
        {
            Streamed(options);
            options.CancellationToken = source.Token;
        }));
        // The first pass looks up after some thousand rows.
        Assert.InRange(read, row, row + 500);
        Assert.Empty(TrainingThreads());
        Assert.Equal(0, watch.Left());
    }

    [SkippableFact]
    public void A_training_leaves_no_thread_and_no_tensor_but_the_models()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Threads are counted by their names, which Linux tells.");
        IDataView data = _ml.Data.LoadFromEnumerable(TestRows.MakeUnit(1000));
        void Fit() => TestRows.Fit(_ml, data, options =>
        {
            Streamed(options);
            options.ValidationFraction = 0.2;
        }).Dispose();

        Fit();
        using var watch = TensorWatch.Start();
        Fit();
        Assert.Empty(TrainingThreads());
        Assert.Equal(0, watch.Left());
    }

    private static void Streamed(VaeEstimator.Options options) =>
        (options.CacheRows, options.BatchSize, options.Likelihood, options.NumberOfThreads) = (VaeRowCache.Never, 64, VaeLikelihood.Bernoulli, 2);

    // Not many of the names that Linux keeps are longer than 15 letters.
    private static string[] TrainingThreads()
    {
        string[] Now() => [.. Directory.EnumerateDirectories("/proc/self/task").Select(Name).Where(name => name.StartsWith("Vae rows", StringComparison.Ordinal) || name.StartsWith("Vae training", StringComparison.Ordinal))];

        // One that has been waited for may take a moment to go.
        for (int i = 0; i < 500 && Now().Length > 0; i++)
        {
            Thread.Sleep(10);
        }
        return Now();
    }

    private static string Name(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Rows of numbers that are made when they are asked for.</summary>
    private sealed class MadeUpRows : IDataView
    {
        private const string Column = "Features";

        private readonly int _count;
        private readonly float[] _numbers;
        private readonly int _width;

        public MadeUpRows(int count, int width)
        {
            (_count, _width) = (count, width);
            var random = new Random(1);
            _numbers = [.. Enumerable.Range(0, 3 * width).Select(_ => random.NextSingle())];
            var builder = new DataViewSchema.Builder();
            builder.AddColumn(Column, new VectorDataViewType(NumberDataViewType.Single, width));
            Schema = builder.ToSchema();
        }

        public bool CanShuffle => false;

        public DataViewSchema Schema { get; }

        public static VaeEstimator.Options Options() => new()
        {
            InputColumns = [new(Column) { Scaling = VaeScaling.None }],
            CacheRows = VaeRowCache.Never,
            Network = new VaeNetwork.Dense(8),
            LatentDimension = 2,
            BatchSize = 1000,
            NumberOfEpochs = 1,
            Seed = 1,
        };

        public long? GetRowCount() => _count;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) => new Cursor(this);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [new Cursor(this)];

        private sealed class Cursor(MadeUpRows rows) : DataViewRowCursor
        {
            private int _position = -1;

            public override DataViewSchema Schema => rows.Schema;

            public override long Position => _position;

            public override long Batch => 0;

            public override bool IsColumnActive(DataViewSchema.Column column) => true;

            public override bool MoveNext()
            {
                bool moves = _position < rows._count - 1;
                _position = moves ? _position + 1 : _position;
                return moves;
            }

            public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ValueGetter<TValue>)(Delegate)(ValueGetter<VBuffer<float>>)Read;

            private void Read(ref VBuffer<float> value)
            {
                VBufferEditor<float> editor = VBufferEditor.Create(ref value, rows._width);
                rows._numbers.AsSpan(_position % (2 * rows._width), rows._width).CopyTo(editor.Values);
                value = editor.Commit();
            }
        }
    }
}
