using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Load;

/// <summary>
/// Several threads train, transform, score and sample while garbage is collected and finalized all the time: what they get is what one thread
/// gets in quiet, bit for bit. TorchSharp 0.107.0 gives libtorch numbers in objects that a finalizer may free while libtorch reads them; done
/// like this, that shows within seconds, as an error or as other bits.
/// </summary>
internal static class ScalarsRun
{
    private const int Threads = 4;
    private const int Rows = 40;

    public static Run Run { get; } = new("scalars", "Threads train, transform, score and sample while garbage is collected all the time.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var ml = new MLContext(seed: effort.Seed);
        IDataView data = ml.Data.LoadFromEnumerable(Row.Make(effort.Seed));
        using VaeTransformer model = Fit(ml, data, options => options.Likelihood = VaeLikelihood.Poisson);
        Use[] uses = [.. UsesOf(ml, model, data)];
        string[] quiet = [.. uses.Select(use => use.Digest())];
        long[] done = new long[uses.Length];
        List<string>[] violations = [.. uses.Select(_ => new List<string>())];
        var clock = Stopwatch.StartNew();
        TimeSpan time = TimeSpan.FromSeconds(effort.Of(8, 300));

        void Collect()
        {
            while (clock.Elapsed < time)
            {
                GC.Collect(0);
                // The finalizers' turn.
                Thread.Sleep(0);
            }
        }

        void Work(int thread)
        {
            for (int use = thread; clock.Elapsed < time; use = (use + 1) % uses.Length)
            {
                string found = Found(uses[use]);
                Interlocked.Increment(ref done[use]);
                if (found != quiet[use])
                {
                    lock (violations)
                    {
                        violations[use].Add($"{found} and not {quiet[use]} (seed {effort.Seed})");
                    }
                }
            }
        }

        Thread[] threads = [new(Collect), .. Enumerable.Range(0, Threads).Select(thread => new Thread(() => Work(thread)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        for (int use = 0; use < uses.Length; use++)
        {
            string kind = $"While garbage is collected all the time: {uses[use].What}";
            yield return new Outcome(kind, done[use], "the same bits as in quiet", violations[use]);
        }
    }

    private static string Found(Use use)
    {
        try
        {
            return use.Digest();
        }
        catch (Exception error)
        {
            return error.ToString();
        }
    }

    private static IEnumerable<Use> UsesOf(MLContext ml, VaeTransformer model, IDataView data)
    {
        // Formulas of many numbers: series, a search by halves, an inverse distribution function.
        yield return Training("formulas of many numbers", options =>
            (options.InputColumnName, options.Likelihood) = (nameof(Row.Shares), VaeLikelihood.ContinuousBernoulli));
        yield return Training("an objective that compares rows", options =>
            (options.Likelihood, options.Objective) = (VaeLikelihood.StudentT, new VaeObjective.BetaTotalCorrelation()));
        yield return Training("a learned prior", options => options.Prior = new VaePrior.Vamp { Components = 4 });
        yield return new Use("a cursor over all columns", () => SampleReader.RowBits.Digest(model.Transform(data)));
        yield return new Use("sampled counts", () => SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, Rows, seed: 3)));
        yield return new Use("a mixture, fitted and sampled", () => Sampled(GaussianMixtureSampler.Fit(model, data, new() { Components = 2 })));
        yield return new Use("a flow, fitted and sampled", () => Sampled(FlowSampler.Fit(
            model, data, new() { NumberOfLayers = 2, HiddenLayerSizes = [8], NumberOfEpochs = 2, BatchSize = 20 })));

        Use Training(string what, Action<VaeEstimator.Options> change) => new($"a training, {what}", () =>
        {
            using VaeTransformer fitted = Fit(ml, data, change);
            return SampleReader.RowBits.Digest(fitted.Transform(data));
        });

        string Sampled(VaeSampler sampler)
        {
            using (sampler)
            {
                return SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, Rows, sampler, seed: 3));
            }
        }
    }

    private static VaeTransformer Fit(MLContext ml, IDataView data, Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            InputColumnName = nameof(Row.Counts),
            LogVarianceColumnName = "LogVariance",
            DrawColumnName = "Drawn",
            ReconstructionColumnName = "Again",
            ScoreColumnName = "Score",
            ScoreDraws = 2,
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(8) { LayerNorm = true, Dropout = 0.1, Activation = VaeActivation.ELU },
            NumberOfEpochs = 2,
            BatchSize = 20,
            NumberOfThreads = 1,
            Seed = 7,
        };
        change(options);
        return ml.Transforms.VariationalAutoencoder(options).Fit(data);
    }

    private sealed class Row
    {
        [VectorType(3)]
        public float[] Counts { get; set; } = [];

        [VectorType(3)]
        public float[] Shares { get; set; } = [];

        public static List<Row> Make(int seed)
        {
            var random = new Random(seed);
            float[] Numbers(Func<float> number) => [number(), number(), number()];
            Row Next() => new() { Counts = Numbers(() => random.Next(20)), Shares = Numbers(random.NextSingle) };
            return [.. Enumerable.Range(0, Rows).Select(_ => Next())];
        }
    }

    /// <summary>Something to do, and the bits that come of it.</summary>
    private sealed record Use(string What, Func<string> Digest);
}
