using System.Diagnostics;
using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Load;

/// <summary>
/// Several threads train, transform, score and sample while garbage is collected and finalized all the time: what they get is what one thread
/// gets in quiet, bit for bit. TorchSharp 0.107.0 gives libtorch numbers in objects that a finalizer may free while libtorch reads them; done
/// like this, that shows within seconds, as an error or as other bits.
/// </summary>
internal static class ScalarsRun
{
    private const int Threads = 3;
    private const int Rows = 300;

    public static Run Run { get; } = new("scalars", "Threads train, transform, score and sample while garbage is collected all the time.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var ml = new MLContext(seed: effort.Seed);
        IDataView data = ml.Data.LoadFromEnumerable(Person.Make(Rows, effort.Seed));
        using VaeTransformer model = Person.Fit(ml, data);
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
        foreach ((string what, Action<VaeEstimator.Options> change) in Kinds())
        {
            yield return new Use(what, () =>
            {
                using VaeTransformer fitted = Fit(ml, data, change);
                return SampleReader.RowBits.Digest(fitted.Transform(data));
            });
        }
        yield return new Use("a cursor over all columns", () => SampleReader.RowBits.Digest(model.Transform(data)));
        yield return new Use("a mixture, fitted and sampled", () => Sampled(GaussianMixtureSampler.Fit(model, data, new() { Components = 2 })));
        yield return new Use("a flow, fitted and sampled", () => Sampled(FlowSampler.Fit(
            model, data, new() { NumberOfLayers = 2, HiddenLayerSizes = [16], NumberOfEpochs = 2, BatchSize = 50 })));

        string Sampled(VaeSampler sampler)
        {
            using (sampler)
            {
                return SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, Rows, sampler, seed: 3));
            }
        }
    }

    private static IEnumerable<(string What, Action<VaeEstimator.Options> Change)> Kinds()
    {
        yield return ("a training", options => options.GradientClipping = 0.1);
        yield return ("a training with other formulas", options =>
            (options.Likelihood, options.Objective) = (VaeLikelihood.StudentT, new VaeObjective.BetaTotalCorrelation()));
        yield return ("a training with a learned prior", options =>
            (options.Likelihood, options.Prior) = (VaeLikelihood.Laplace, new VaePrior.Vamp { Components = 4 }));
    }

    private static VaeTransformer Fit(MLContext ml, IDataView data, Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            InputColumnName = nameof(Person.Habits),
            LogVarianceColumnName = "LogVariance",
            DrawColumnName = "Drawn",
            ReconstructionColumnName = "Again",
            ScoreColumnName = "Score",
            ScoreDraws = 2,
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(16) { LayerNorm = true, Dropout = 0.1, Activation = VaeActivation.ELU },
            NumberOfEpochs = 4,
            BatchSize = 20,
            Seed = 7,
        };
        change(options);
        return ml.Transforms.VariationalAutoencoder(options).Fit(data);
    }

    /// <summary>Something to do, and the bits that come of it.</summary>
    private sealed record Use(string What, Func<string> Digest);
}
