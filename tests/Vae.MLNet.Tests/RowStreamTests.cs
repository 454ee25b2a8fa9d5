using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Networks;
using Vae.MLNet.Training;

namespace Vae.MLNet.Tests;

/// <summary>Rows that are read in each epoch are the same rows as those in memory, each once, in an order that changes.</summary>
public sealed class RowStreamTests
{
    private const int RowCount = 1000;
    private const int BatchSize = 64;

    private readonly MLContext _ml = new(seed: 1);
    private readonly StreamedRow[] _rows = StreamedRow.Make(RowCount);
    private readonly RowSource _source;
    private readonly string[] _texts;

    public RowStreamTests()
    {
        _source = SourceOf(_ml.Data.LoadFromEnumerable(_rows));
        var all = new RowBuffer(_source, RowCount);
        using RowPass pass = _source.Open();
        all.Fill(pass);
        _texts = all.Texts();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1000)]
    public void Every_row_that_counts_comes_once_with_all_that_belongs_to_it(int poolSize)
    {
        Assert.Equal(_rows.Count(row => row.Counts), _texts.Length);
        poolSize += poolSize < 1 ? _texts.Length : 0;
        foreach (int batchSize in new[] { 1, BatchSize, _texts.Length, RowCount })
        {
            string[][] batches = [.. Batches(_source, batchSize, poolSize, new Random(3))];
            Assert.All(batches.SkipLast(1), batch => Assert.Equal(batchSize, batch.Length));
            Assert.InRange(batches[^1].Length, 1, batchSize);
            string[] order = [.. batches.SelectMany(batch => batch)];
            Assert.NotEqual(_texts, order);
            Assert.Equal(_texts.Order(StringComparer.Ordinal), order.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Without_a_shuffle_the_order_stays() => Assert.Equal(_texts, Batches(_source, BatchSize, poolSize: 10, null).SelectMany(batch => batch));

    [Fact]
    public void A_shuffle_is_that_of_its_seed_and_moves_rows_farther_than_the_pool_is_long()
    {
        const int poolSize = 50;
        int[] order = Order(_source, poolSize, 3);
        Assert.Equal(order, Order(_source, poolSize, 3));
        Assert.NotEqual(order, Order(_source, poolSize, 4));
        int[] delays = [.. order.Select((row, place) => place - row)];
        // A row waits for a time that is exponentially distributed, of a mean as long as the pool.
        Assert.InRange(delays.Max(), 2 * poolSize, RowCount);
        Assert.InRange(delays.Min(), -poolSize, -poolSize / 2);
        Assert.InRange(delays.Count(delay => Math.Abs(delay) > poolSize / 10), RowCount / 2, RowCount);
    }

    [Fact]
    public void A_view_that_can_shuffle_does_so_before_the_pool()
    {
        const int poolSize = 10;
        RowSource source = SourceOf(_ml.Data.Cache(_source.Input));
        Assert.True(source.Input.CanShuffle);
        int[] order = Order(source, poolSize, 3);
        Assert.Equal(Enumerable.Range(0, _texts.Length), order.Order());
        // A pool alone lets no row out that is not among the first.
        Assert.True(order.Take(poolSize).Max() > 10 * poolSize, string.Join(" ", order.Take(poolSize)));
        Assert.Equal(order, Order(source, poolSize, 3));
        Assert.NotEqual(order, Order(source, poolSize, 4));
    }

    [Fact]
    public void A_batch_stays_as_it_is_until_the_next_one_is_taken()
    {
        using var stream = new RowStream(_source, batchSize: 10, poolSize: 5, order: null, () => { });
        for (int row = 0; row < 200; row += 10)
        {
            RowBuffer batch = stream.Take()!;
            // Long enough for the reader to fill all that is free.
            Thread.Sleep(2);
            Assert.Equal(_texts[row..(row + 10)], batch.Texts());
        }
    }

    [Fact]
    public void What_reading_fails_with_comes_after_the_rows_before_it()
    {
        var failure = new FormatException("The file ends here.");
        int read = 0;
        var view = new ObservedView(_source.Input, () =>
        {
            if (++read == 500)
            {
                throw failure;
            }
        });
        using var stream = new RowStream(_source with { Input = view }, BatchSize, 100, order: null, () => { });
        int rows = 0;
        Exception? error = Record.Exception(() =>
        {
            while (stream.Take() is { } batch)
            {
                rows += batch.Count;
            }
        });
        Assert.Same(failure, error);
        Assert.Equal(_rows.Take(499).Count(row => row.Counts) / BatchSize * BatchSize, rows);
    }

    [Fact]
    public void A_stream_that_is_left_reads_no_further()
    {
        int read = 0;
        var view = new ObservedView(_source.Input, () => Interlocked.Increment(ref read));
        using (var stream = new RowStream(_source with { Input = view }, 10, 10, new Random(1), () => { }))
        {
            Assert.NotNull(stream.Take());
        }
        int after = Volatile.Read(ref read);
        Thread.Sleep(20);
        Assert.Equal(after, Volatile.Read(ref read));
        // The pool, one batch in hand, and three on the way.
        Assert.InRange(after, 20, 100);
    }

    [Fact]
    public void Rows_that_are_not_kept_are_those_that_are()
    {
        VaeEstimator.Options options = StreamedRow.NumberedOptions();
        VaeArchitecture architecture = TrainingSource.ArchitectureOf(_source, options);
        using DisposeScope scope = torch.NewDisposeScope();
        var cached = CachedRows.Read(_source, () => { });
        var streamed = new StreamedRows(_source, architecture, OnDevice.Cpu, () => { });
        Assert.Equal(cached.Count, streamed.Count);
        Assert.Equal(cached.LogSlope, streamed.LogSlope, 1e-6);
        Assert.NotEqual(0, streamed.LogSlope);
        TestRows.AssertClose(Floats(cached.Mean(architecture)), Floats(streamed.Mean(architecture)), 1e-5f);
        foreach (int some in new[] { 1, 100, 100_000 })
        {
            AssertSame(new WeightedRows(cached.Some(some), null), new WeightedRows(streamed.Some(some), null));
        }
        int rows = 0;
        foreach ((TrainingBatch expected, TrainingBatch actual) in cached.Batches(BatchSize, null).Zip(streamed.Batches(BatchSize, null)))
        {
            Assert.Equal((rows, expected.Count), (actual.First, actual.Count));
            for (int member = 0; member < 3; member++)
            {
                AssertSame(expected.Part(member, 3)!.Value.Rows, actual.Part(member, 3)!.Value.Rows);
            }
            rows += actual.Count;
        }
        Assert.Equal(cached.Count, rows);
    }

    [Fact]
    public void Each_epoch_has_an_order_of_its_own_that_is_that_of_the_generator()
    {
        StreamedRows streamed = Streamed(_source);
        int[] Epoch(ulong seed)
        {
            using var generator = new torch.Generator(seed);
            return streamed.Batches(BatchSize, generator).Ids();
        }

        int[] first = Epoch(1);
        int[] all = streamed.Batches(BatchSize, null).Ids();
        Assert.Equal(all, first.Order());
        Assert.NotEqual(all, first);
        Assert.NotEqual(first, Epoch(2));
        Assert.Equal(first, Epoch(1));
        // All fit into the pool, which makes any order as likely as any other: half of the neighbours go up.
        Assert.InRange(first.Zip(first.Skip(1)).Count(pair => pair.Second > pair.First), 0.45 * first.Length, 0.55 * first.Length);
    }

    [Fact]
    public void A_fingerprint_is_that_of_the_rows()
    {
        string Fingerprint(Action<StreamedRow> change)
        {
            StreamedRow[] rows = StreamedRow.Make(RowCount);
            change(rows[100]);
            return Streamed(_source with { Input = _ml.Data.LoadFromEnumerable(rows) }).Fingerprint();
        }

        string same = Fingerprint(_ => { });
        Assert.Equal(Streamed(_source).Fingerprint(), same);
        Assert.NotEqual(same, Fingerprint(row => row.Plain += 0.01f));
        Assert.NotEqual(same, Fingerprint(row => row.Holes = float.IsNaN(row.Holes) ? 0 : float.NaN));
        Assert.NotEqual(same, Fingerprint(row => row.Label = (row.Label + 1) % 3));
        Assert.NotEqual(same, Fingerprint(row => row.Weight *= 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_parts_of_a_split_have_no_row_in_common_and_stay(bool isShuffledView)
    {
        const double fraction = 0.3;
        RowSource source = isShuffledView ? SourceOf(_ml.Data.Cache(_source.Input)) : _source;
        VaeArchitecture architecture = TrainingSource.ArchitectureOf(source, StreamedRow.NumberedOptions());
        var reader = new TrainingDataReader(architecture, OnDevice.Cpu, VaeRowCache.Never, _ => { }, () => { });
        using DisposeScope scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(1);
        (int[] Training, int[] Validation) Parts(int seed)
        {
            (ITrainingData training, ITrainingData validation) = reader.Split(source, fraction, seed, generator);
            int[] first = [.. training.Batches(BatchSize, generator).Ids().Order()];
            // Read again, in another order.
            Assert.Equal(first, training.Batches(BatchSize, generator).Ids().Order());
            Assert.Equal(training.Count, first.Length);
            Assert.Equal(validation.Count, validation.Batches(BatchSize, null).Ids().Length);
            return (first, [.. validation.Batches(BatchSize, null).Ids().Order()]);
        }

        (int[] training, int[] validation) = Parts(5);
        Assert.Equal(_rows.Where(row => row.Counts).Select(row => (int)row.Id), training.Concat(validation).Order());
        // Three standard deviations of a binomial distribution.
        double spread = 3 * Math.Sqrt(fraction * (1 - fraction) * _texts.Length);
        Assert.InRange(validation.Length, fraction * _texts.Length - spread, fraction * _texts.Length + spread);
        (int[] again, _) = Parts(5);
        Assert.Equal(training, again);
        (int[] other, _) = Parts(6);
        Assert.NotEqual(training, other);
    }

    private static StreamedRows Streamed(RowSource source) => new(source, TrainingSource.ArchitectureOf(source, StreamedRow.NumberedOptions()), OnDevice.Cpu, () => { });

    private static RowSource SourceOf(IDataView view) => TrainingSource.Of(view, StreamedRow.NumberedOptions());

    private static IEnumerable<string[]> Batches(RowSource source, int batchSize, int poolSize, Random? order)
    {
        using var stream = new RowStream(source, batchSize, poolSize, order, () => { });
        while (stream.Take() is { } batch)
        {
            yield return batch.Texts();
        }
    }

    // Of each row that comes, where it was.
    private int[] Order(RowSource source, int poolSize, int seed)
    {
        Dictionary<string, int> places = _texts.Select((text, place) => (text, place)).ToDictionary(each => each.text, each => each.place, StringComparer.Ordinal);
        return [.. Batches(source, BatchSize, poolSize, new Random(seed)).SelectMany(batch => batch).Select(text => places[text])];
    }

    private static void AssertSame(WeightedRows expected, WeightedRows actual)
    {
        void Same(torch.Tensor? first, torch.Tensor? second, float tolerance)
        {
            Assert.Equal(first is null, second is null);
            if (first is not null)
            {
                Assert.Equal(first.shape, second!.shape);
                TestRows.AssertClose(Floats(first), Floats(second), tolerance);
            }
        }

        Same(expected.Rows.Values, actual.Rows.Values, 0);
        Same(expected.Rows.Missing, actual.Rows.Missing, 0);
        Same(expected.Rows.Label, actual.Rows.Label, 0);
        Same(expected.Weights, actual.Weights, 1e-6f);
    }

    private static float[] Floats(torch.Tensor tensor) => OnDevice.Floats(tensor).ToArray();
}
