using System.Globalization;
using Microsoft.ML;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Load;

/// <summary>Models are disposed while others work with them, at any moment: those get all that they would have got, or an ObjectDisposedException.</summary>
internal static class DisposeRun
{
    public static Run Run { get; } = new("dispose", "Disposes models while threads read, predict, decode, sample, evaluate and save; and uses them afterwards.", Try);

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        var ml = new MLContext(seed: effort.Seed);
        Person[] people = Person.Make(900, effort.Seed);
        IDataView data = ml.Data.LoadFromEnumerable(people);
        byte[] file;
        using (VaeTransformer trained = Person.Fit(ml, data))
        using (var stream = new MemoryStream())
        {
            ml.Model.Save(trained, data.Schema, stream);
            file = stream.ToArray();
        }
        string[] expected;
        using (VaeTransformer model = Load(ml, file))
        using (VaeSampler sampler = GaussianMixtureSampler.Fit(model, data))
        {
            expected = [.. UsesOf(ml, model, sampler, data, people).Select(use => use.Bits())];
        }
        yield return Meanwhile(ml, file, data, people, expected, effort);
        yield return Afterwards(ml, file, data, people);
    }

    private static Outcome Meanwhile(MLContext ml, byte[] file, IDataView data, Person[] people, string[] expected, Effort effort)
    {
        var random = new Random(effort.Seed);
        List<string> violations = [];
        int tries = effort.Of(60, 3000);
        long finished = 0;
        long refused = 0;
        for (int i = 0; i < tries; i++)
        {
            // While tensors are counted nothing is collected: in the other tries the garbage collector runs as it likes.
            using TensorWatch? tensors = i % 4 == 0 ? TensorWatch.Start() : null;
            VaeTransformer model = Load(ml, file);
            VaeSampler sampler = GaussianMixtureSampler.Fit(model, ml.Data.TakeRows(data, 100), new GaussianMixtureSampler.Options { Components = 1 });
            Use[] uses = UsesOf(ml, model, sampler, data, people);
            int[] chosen = [.. Enumerable.Range(0, 3).Select(_ => random.Next(uses.Length))];
            TimeSpan wait = TimeSpan.FromMicroseconds(random.Next(0, 8000));
            bool isSamplerFirst = random.Next(2) == 0;
            int attempt = i;
            Thread[] threads = [.. chosen.Select(which => new Thread(() =>
            {
                try
                {
                    string bits = uses[which].Bits();
                    Interlocked.Increment(ref finished);
                    if (bits != expected[which] && !uses[which].DependsOnSampler)
                    {
                        Tell($"{uses[which].What} gave other bits");
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
                catch (Exception error)
                {
                    Tell($"{uses[which].What}: {error}");
                }

                void Tell(string what)
                {
                    lock (violations)
                    {
                        violations.Add(string.Create(CultureInfo.InvariantCulture, $"{what} (seed {effort.Seed}, try {attempt})"));
                    }
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Thread.Sleep(wait);
            foreach (IDisposable owner in isSamplerFirst ? new IDisposable[] { sampler, model } : [model, sampler])
            {
                owner.Dispose();
            }
            Array.ForEach(threads, thread => thread.Join());
            if (tensors?.Left() is > 0 and var left)
            {
                violations.Add(string.Create(CultureInfo.InvariantCulture, $"{left} tensors are left (seed {effort.Seed}, try {attempt})"));
            }
        }
        return new Outcome("A model and a sampler are disposed while three threads use them", tries, $"{finished} uses came to their end with the right bits, {refused} to an ObjectDisposedException; no tensor left", violations);
    }

    private static Outcome Afterwards(MLContext ml, byte[] file, IDataView data, Person[] people)
    {
        VaeTransformer model = Load(ml, file);
        VaeSampler sampler = FlowSampler.Fit(model, data, new FlowSampler.Options { NumberOfLayers = 1, HiddenLayerSizes = [4], NumberOfEpochs = 1 });
        IDataView view = model.Transform(data);
        VaeDecoder decoder = model.Decoder;
        IDataView decoded = decoder.Transform(ml.Data.Cache(view, "Latent", "Group"));
        IDataView sampled = ml.Data.SampleFromVae(model, 50, sampler);
        PredictionEngine<Person, Prediction> fresh = ml.Model.CreatePredictionEngine<Person, Prediction>(model);
        PredictionEngine<Person, LatentAlone> freshOfLatent = ml.Model.CreatePredictionEngine<Person, LatentAlone>(model);
        PredictionEngine<Person, Prediction> used = ml.Model.CreatePredictionEngine<Person, Prediction>(model);
        used.Predict(people[0]);
        model.Dispose();
        sampler.Dispose();

        List<string> violations = [];
        int tried = 0;
        void Refuses(string what, Action use)
        {
            tried++;
            try
            {
                use();
                violations.Add($"{what} works on a disposed model");
            }
            catch (ObjectDisposedException)
            {
            }
            // From the thread that fills a cache of ML.NET's.
            catch (InvalidOperationException error) when (error.InnerException is ObjectDisposedException)
            {
            }
            catch (Exception error)
            {
                violations.Add($"{what}: {error}");
            }
        }

        foreach (Use use in UsesOf(ml, model, sampler, data, people))
        {
            Refuses(use.What, () => use.Bits());
        }
        Refuses("a view that was made before", () => SampleReader.RowBits.Digest(view));
        Refuses("decoded rows of before", () => SampleReader.RowBits.Digest(decoded));
        Refuses("sampled rows of before", () => SampleReader.RowBits.Digest(sampled));
        Refuses("a prediction engine of before", () => used.Predict(people[1]));
        Refuses("a prediction engine of before that was never asked", () => fresh.Predict(people[1]));
        Refuses("a prediction engine of the latent that was never asked", () => freshOfLatent.Predict(people[1]));
        Refuses("a decoder of before", () => decoder.Transform(view));
        Refuses("the decoder", () => model.Decoder.GetOutputSchema(view.Schema));
        Refuses("a mapper", () => model.GetRowToRowMapper(data.Schema));
        Refuses("fitting on", () => Person.FitOn(ml, data, model));
        Refuses("saving the sampler", () => sampler.Save(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())));
        return new Outcome("A model is used after Dispose", tried, "ObjectDisposedException each time", violations);
    }

    private static VaeTransformer Load(MLContext ml, byte[] file) => (VaeTransformer)ml.Model.Load(new MemoryStream(file), out _);

    private static Use[] UsesOf(MLContext ml, VaeTransformer model, VaeSampler sampler, IDataView data, Person[] people) =>
    [
        new("a cursor over all columns", () => SampleReader.RowBits.Digest(model.Transform(data))),
        new("a cursor over the score", () => string.Join(' ', SampleReader.RowBits.Of(model.Transform(data), "Score"))),
        new("a prediction engine", () =>
        {
            var engine = ml.Model.CreatePredictionEngine<Person, Prediction>(model);
            return string.Join(' ', people.Take(40).Select(person => engine.Predict(person).Bits));
        }),
        new("a prediction engine of the latent alone", () =>
        {
            var engine = ml.Model.CreatePredictionEngine<Person, LatentAlone>(model);
            return string.Join(' ', people.Take(40).SelectMany(person => engine.Predict(person).Latent));
        }),
        new("Decode", () =>
        {
            var rows = new float[30 * model.InputSize];
            model.Decode(new float[30 * model.LatentDimension], [.. Enumerable.Repeat(1u, 30)], rows);
            return string.Join(' ', rows);
        }),
        new("rows sampled from the prior", () => SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, 200, seed: 3))),
        new("rows sampled from a mixture", () => SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, 200, sampler, seed: 3)), DependsOnSampler: true),
        new("fitting a sampler", () => GaussianMixtureSampler.Fit(model, ml.Data.TakeRows(data, 100)).GetType().Name),
        new("an evaluation", () => string.Create(CultureInfo.InvariantCulture, $"{ml.Model.EvaluateVariationalAutoencoder(model, ml.Data.TakeRows(data, 100), draws: 3).LogLikelihood:R}")),
        new("saving", () =>
        {
            using var stream = new MemoryStream();
            ml.Model.Save(model, data.Schema, stream);
            return $"{stream.Length} bytes";
        }),
    ];

    private sealed class LatentAlone
    {
        public float[] Latent { get; set; } = [];
    }

    private sealed record Use(string What, Func<string> Bits, bool DependsOnSampler = false);
}
