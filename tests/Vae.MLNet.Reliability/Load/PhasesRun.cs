using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Reliability.Faults;
using Vae.MLNet.Training;

namespace Vae.MLNet.Reliability.Load;

/// <summary>Short trainings on several threads, with and without each phase of a step, while threads give their core away at random wherever they wait for each other.</summary>
internal static class PhasesRun
{
    private static readonly int[] s_threads = [2, 3, 4];

    // Learning and updating; with a phase for the norm of the gradient; with noise on inputs and dropout; with a learned prior. Each with
    // validation rows, a phase by itself.
    private static readonly (string Name, Action<VaeEstimator.Options> Change)[] s_kinds =
    [
        ("learning and updating", _ => { }),
        ("clipped gradients", options => options.GradientClipping = 1),
        ("masked inputs and dropout", options => (options.MaskingRate, options.InputNoise, options.Network) = (0.2, 0.1, new VaeNetwork.Dense(300, 200) { Dropout = 0.2 })),
        ("a learned prior", options => options.Prior = new VaePrior.Vamp { Components = 8 }),
        ("importance weighting", options => options.Objective = new VaeObjective.ImportanceWeighted { Samples = 3 }),
    ];

    public static Run Run { get; } = new("phases", "Trains on several threads that are interrupted at random where they meet; validation values are those of one thread.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        int fits = effort.Of(12, 400);
        foreach ((string name, Action<VaeEstimator.Options> change) in s_kinds)
        {
            foreach (VaeRowCache cache in new[] { VaeRowCache.Always, VaeRowCache.Never })
            {
                yield return Repeated($"{name}, rows {(cache == VaeRowCache.Always ? "in memory" : "streamed")}", fits, cache, change, effort);
            }
        }
    }

    private static Outcome Repeated(string kind, int fits, VaeRowCache cache, Action<VaeEstimator.Options> change, Effort effort)
    {
        var ml = new MLContext(seed: effort.Seed);
        List<string> violations = [];
        double largest = 0;
        double[][] expected = [.. s_rows.Select(rows => Fitted(ml, rows, 1, cache, change))];
        try
        {
            ThreadTeam.Interruption = Interrupt;
            for (int fit = 0; fit < fits; fit++)
            {
                int which = fit % s_rows.Length;
                int threads = s_threads[fit / s_rows.Length % s_threads.Length];
                string what = string.Create(CultureInfo.InvariantCulture, $"{kind}: fit {fit}, {s_rows[which]} rows, {threads} threads, seed {effort.Seed}");
                double[] found = Watchdog.Run(what, () => Fitted(ml, s_rows[which], threads, cache, change));
                double difference = found.Zip(expected[which], (a, b) => Math.Abs(a - b) / Math.Max(1, Math.Abs(b))).Append(found.Length == expected[which].Length ? 0 : 1).Max();
                largest = Math.Max(largest, difference);
                if (!(difference < 1e-3))
                {
                    violations.Add($"{what}: {string.Join(' ', found)} and not {string.Join(' ', expected[which])}");
                }
            }
        }
        finally
        {
            ThreadTeam.Interruption = null;
        }
        return new Outcome(
            $"Validation on 2, 3 and 4 threads: {kind}", fits,
            string.Create(CultureInfo.InvariantCulture, $"none hangs; ELBO of training and validation rows as by one thread, to {largest:E1} of max(1, value)"), violations);
    }

    // Whole batches, a last one of one row, fewer validation rows than threads.
    private static readonly int[] s_rows = [400, 321, 150, 12];

    private static double[] Fitted(MLContext ml, int rows, int threads, VaeRowCache cache, Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            LatentDimension = 4,
            Network = new VaeNetwork.Dense(300, 200),
            NumberOfEpochs = 2,
            BatchSize = 160,
            ValidationFraction = 0.2,
            NumberOfThreads = threads,
            CacheRows = cache,
            Seed = 3,
        };
        change(options);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(options).Fit(ml.Data.LoadFromEnumerable(Row.Make(rows)));
        return [.. model.History.SelectMany(epoch => new[] { epoch.Elbo, epoch.ValidationElbo!.Value })];
    }

    private static void Interrupt()
    {
        switch (Random.Shared.Next(8))
        {
            case 0:
                Thread.Yield();
                break;
            case 1:
                Thread.Sleep(0);
                break;
            case 2:
                Thread.SpinWait(Random.Shared.Next(2000));
                break;
            case 3 when Random.Shared.Next(20) == 0:
                Thread.Sleep(1);
                break;
        }
    }

    /// <summary>A row.</summary>
    private sealed class Row
    {
        [VectorType(12)]
        public float[] Features { get; set; } = [];

        public static Row[] Make(int count)
        {
            var random = new Random(5);
            return [.. Enumerable.Range(0, count).Select(i => new Row { Features = [.. Enumerable.Range(0, 12).Select(j => MathF.Sin(i * 0.7f + j * (i % 3 + 1)) + 0.1f * random.NextSingle())] })];
        }
    }
}
