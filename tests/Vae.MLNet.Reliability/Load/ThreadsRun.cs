using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Load;

/// <summary>Eight threads on one transformer, each with its own cursors and prediction engines: what they get is what one thread alone gets, bit for bit, for as long as one likes.</summary>
internal static class ThreadsRun
{
    private const int Threads = 8;
    private const int Rows = 700;

    public static Run Run { get; } = new("threads", "Eight threads read, predict, decode and sample from one transformer for minutes.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var ml = new MLContext(seed: effort.Seed);
        Person[] people = Person.Make(Rows, effort.Seed);
        IDataView data = ml.Data.LoadFromEnumerable(people);
        using VaeTransformer model = Person.Fit(ml, data);
        using VaeSampler mixture = GaussianMixtureSampler.Fit(model, data);
        Use[] uses = UsesOf(ml, model, mixture, data, people);
        string[] alone = [.. uses.Select(use => use.Digest())];

        long[] done = new long[uses.Length];
        List<string> violations = [];
        // Looks at what is in use, with everybody at rest: the first when caches and pools are filled.
        TimeSpan part = effort.IsShort ? TimeSpan.FromSeconds(0.8) : TimeSpan.FromSeconds(50);
        Usage? before = null;
        Usage? last = null;
        List<string> resident = [];
        for (int look = 0; look < 6; look++)
        {
            WorkFor(part, look);
            last = Usage.Now();
            before ??= last;
            resident.Add(string.Create(CultureInfo.InvariantCulture, $"{last.Resident >> 20}"));
        }
        violations.AddRange(last!.GrownSince(before!, $"{5 * part.TotalSeconds} s of {Threads} threads, seed {effort.Seed}"));
        for (int use = 0; use < uses.Length; use++)
        {
            string memory = use > 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; in use after {part.TotalSeconds:F1} s: {before}; after {6 * part.TotalSeconds:F1} s: {last}; MiB resident at each of six looks: {string.Join(", ", resident)}");
            yield return new Outcome($"{Threads} threads at a time: {uses[use].What}", done[use], $"all as by one thread alone, bit for bit{memory}", use == 0 ? violations : []);
        }

        void WorkFor(TimeSpan time, int look)
        {
            var clock = Stopwatch.StartNew();
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
            {
                var random = new Random(effort.Seed * 1000 + look * Threads + thread);
                while (clock.Elapsed < time)
                {
                    int which = random.Next(uses.Length);
                    string found = Found(uses[which]);
                    Interlocked.Increment(ref done[which]);
                    if (found != alone[which])
                    {
                        lock (violations)
                        {
                            violations.Add(string.Create(CultureInfo.InvariantCulture, $"{uses[which].What}: {found} and not {alone[which]} (seed {effort.Seed}, thread {thread})"));
                        }
                    }
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
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

    private static Use[] UsesOf(MLContext ml, VaeTransformer model, VaeSampler mixture, IDataView data, Person[] people)
    {
        VaeDecoder decoder = model.CreateDecoder("Latent", VaeDecoding.Draw);
        float[] latents = [.. Enumerable.Range(0, 40 * model.LatentDimension).Select(i => MathF.Sin(i))];
        uint[] labels = [.. Enumerable.Range(0, 40).Select(i => (uint)(1 + i % 3))];
        return
        [
            new Use("a cursor over all columns", () => SampleReader.RowBits.Digest(model.Transform(data))),
            new Use("a cursor over one column, left after some rows", () =>
            {
                IDataView view = model.Transform(data);
                using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Latent"]]);
                return string.Join(' ', SampleReader.RowBits.Of(cursor, "Latent").Take(300));
            }),
            new Use("a prediction engine", () =>
            {
                var engine = ml.Model.CreatePredictionEngine<Person, Prediction>(model);
                return string.Join(' ', people.Take(30).Select(person => engine.Predict(person).Bits));
            }),
            new Use("latents to rows by a decoder", () => SampleReader.RowBits.Digest(decoder.Transform(ml.Data.TakeRows(model.Transform(data), 300)))),
            new Use("latents to rows by Decode", () =>
            {
                var rows = new float[40 * model.InputSize];
                model.Decode(latents, labels, rows);
                return Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(rows)));
            }),
            new Use("rows sampled from the prior", () => SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, 300, seed: 3))),
            new Use("rows sampled from a mixture", () => SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, 300, mixture, seed: 3))),
            new Use("an evaluation", () => string.Create(CultureInfo.InvariantCulture, $"{ml.Model.EvaluateVariationalAutoencoder(model, ml.Data.TakeRows(data, 200), draws: 5).LogLikelihood:R}")),
        ];
    }

    /// <summary>A way to use a model, and the bits that come of it.</summary>
    private sealed record Use(string What, Func<string> Digest);
}
