using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Load;

/// <summary>Thousands of fits in one process, of several kinds, from one thread and from several: each leaves the process as it was.</summary>
internal static class FitsRun
{
    public static Run Run { get; } = new("fits", "Trains thousands of small models in one process; memory, tensors and threads stay as they are.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        yield return Repeated("Fits one after the other, in one process", effort.Of(96, 10_000), effort, inParallel: 1);
        yield return Repeated("Fits four at a time, each on a new thread", effort.Of(32, 2_000), effort, inParallel: 4);
    }

    private static Outcome Repeated(string kind, int fits, Effort effort, int inParallel)
    {
        var ml = new MLContext(seed: effort.Seed);
        IDataView data = ml.Data.LoadFromEnumerable(Row.Make(150, effort.Seed));
        // Code is compiled, and caches of the runtime, pools of libtorch and arenas of the allocator are filled by then.
        int warm = fits / 2;
        string?[] weights = new string?[s_kinds.Length];
        List<string> violations = [];
        Usage? before = null;
        for (int fit = 0; fit < fits; fit += inParallel)
        {
            if (fit >= warm)
            {
                before ??= Usage.Now();
            }
            int first = fit;
            // While tensors are counted nothing is collected: in the other rounds the garbage collector runs as it likes.
            using TensorWatch? tensors = fit / inParallel % 3 == 0 ? TensorWatch.Start() : null;
            if (inParallel == 1)
            {
                Fit(first);
            }
            else
            {
                Thread[] threads = [.. Enumerable.Range(0, inParallel).Select(index => new Thread(() => Fit(first + index)))];
                Array.ForEach(threads, thread => thread.Start());
                Array.ForEach(threads, thread => thread.Join());
            }
            if (tensors?.Left() is > 0 and var left)
            {
                violations.Add(string.Create(CultureInfo.InvariantCulture, $"fit {fit} of seed {effort.Seed} left {left} tensors"));
            }
        }
        Usage after = Usage.Now();
        violations.AddRange(after.GrownSince(before!, $"{fits - warm} fits, seed {effort.Seed}"));
        return new Outcome(kind, fits, $"each kind gave the same bits every time; after {warm} fits: {before}; after {fits}: {after}", violations);

        void Fit(int number)
        {
            int which = number % s_kinds.Length;
            string found = Fitted(ml, data, s_kinds[which]);
            if (Interlocked.CompareExchange(ref weights[which], found, null) is { } first && first != found)
            {
                lock (violations)
                {
                    violations.Add(string.Create(CultureInfo.InvariantCulture, $"fit {number} of seed {effort.Seed} gave other bits than an earlier one of the same kind"));
                }
            }
        }
    }

    private static string Fitted(MLContext ml, IDataView data, Action<VaeEstimator.Options> kind)
    {
        var options = new VaeEstimator.Options
        {
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(8),
            NumberOfEpochs = 2,
            BatchSize = 50,
            Seed = 7,
            ScoreColumnName = "Score",
        };
        kind(options);
        using var source = new CancellationTokenSource();
        if (options.CancellationToken.CanBeCanceled)
        {
            (options.CancellationToken, options.Progress) = (source.Token, new CancelAtOnce(source));
        }
        try
        {
            using VaeTransformer model = ml.Transforms.VariationalAutoencoder(options).Fit(data);
            return SampleReader.RowBits.Digest(ml.Data.TakeRows(model.Transform(data), 20));
        }
        catch (OperationCanceledException)
        {
            return "cancelled";
        }
    }

    private static readonly Action<VaeEstimator.Options>[] s_kinds =
    [
        _ => { },
        options => (options.Network, options.NumberOfThreads) = (new VaeNetwork.Dense(8) { Dropout = 0.2 }, 1),
        options => (options.ValidationFraction, options.EarlyStoppingPatience) = (0.2, 1),
        options => options.CacheRows = VaeRowCache.Never,
        options => options.Prior = new VaePrior.Vamp { Components = 4 },
        options => (options.Network, options.BatchSize) = (new VaeNetwork.Dense(600, 300), 150),
        options => options.CancellationToken = new CancellationToken(canceled: true),
        options => (options.TrimmingRate, options.GradientClipping) = (0.1, 1),
    ];

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value) => source.Cancel();
    }

    /// <summary>A row.</summary>
    private sealed class Row
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];

        public static Row[] Make(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(_ => new Row { Features = [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle())] })];
        }
    }
}
