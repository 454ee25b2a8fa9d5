using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>Something that reads rows, whose source may fail and which may be cancelled.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Do">Does it: with a context, with what stands between it and its rows, and with more settings for trainings. Gives the bits of what comes out.</param>
internal sealed record Work(string Name, Func<MLContext, Func<IDataView, IDataView>, Action<VaeEstimator.Options>, string> Do)
{
    public const int Epochs = 3;

    /// <summary>Fits of every kind.</summary>
    public static IReadOnlyList<Work> Fits { get; } =
    [
        new("Fit, rows in memory", Fitted(_ => { })),
        new("Fit, rows streamed", Fitted(options => options.CacheRows = VaeRowCache.Never)),
        new("Fit, some rows held out", Fitted(options => (options.ValidationFraction, options.EarlyStoppingPatience) = (0.25, 2))),
        new("Fit, rows streamed, some held out", Fitted(options => (options.ValidationFraction, options.CacheRows) = (0.25, VaeRowCache.Never))),
        new("Fit, learned prior, threshold of scores", Fitted(options => (options.Prior, options.ScoreColumnName, options.PredictedLabelColumnName) = (new VaePrior.Vamp { Components = 4 }, "Score", "Odd"))),
        new("Fit with validation rows", (ml, source, change) =>
        {
            using VaeTransformer model = ml.Transforms.VariationalAutoencoder(Options(change)).Fit(Rows(ml, 300, 1), source(Rows(ml, 80, 2)));
            return Bits(ml, model);
        }),
        new("Fit from an earlier model", (ml, source, change) =>
        {
            using VaeTransformer earlier = ml.Transforms.VariationalAutoencoder(Options(_ => { })).Fit(Rows(ml, 300, 1));
            using VaeTransformer model = ml.Transforms.VariationalAutoencoder(Options(change)).Fit(source(Rows(ml, 300, 3)), earlier);
            return Bits(ml, model);
        }),
    ];

    /// <summary>Uses of a trained model.</summary>
    /// <param name="model">A model of these rows.</param>
    public static IReadOnlyList<Work> UsesOf(VaeTransformer model) =>
    [
        new("Transform, a cursor", (ml, source, _) => SampleReader.RowBits.Digest(model.Transform(source(Rows(ml, 1500, 4))))),
        new("Transform, a set of cursors", (ml, source, _) =>
        {
            IDataView view = model.Transform(source(ml.Data.Cache(Rows(ml, 1500, 4))));
            DataViewRowCursor[] cursors = view.GetRowCursorSet([view.Schema["Latent"]], 3);
            try
            {
                return $"{cursors.Sum(cursor => SampleReader.RowBits.Of(cursor, "Latent").Count())} rows";
            }
            finally
            {
                Array.ForEach(cursors, cursor => cursor.Dispose());
            }
        }),
        new("Evaluation", (ml, source, _) => $"{ml.Model.EvaluateVariationalAutoencoder(model, source(Rows(ml, 400, 4)), draws: 3).LogLikelihood:R}"),
        new("Fit of a sampler", (ml, source, _) =>
        {
            using VaeSampler sampler = GaussianMixtureSampler.Fit(model, source(Rows(ml, 400, 4)), new GaussianMixtureSampler.Options { Components = 2 });
            return SampleReader.RowBits.Digest(ml.Data.SampleFromVae(model, 20, sampler, seed: 1));
        }),
        new("Latents to rows", (ml, source, _) => SampleReader.RowBits.Digest(model.Decoder.Transform(source(Cached(ml, model.Transform(Rows(ml, 600, 4))))))),
    ];

    public static IDataView Rows(MLContext ml, int count, int seed) => ml.Data.LoadFromEnumerable(Row.Make(count, seed));

    public static VaeEstimator.Options Options(Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            LabelColumnName = "Group",
            ExampleWeightColumnName = "Weight",
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(16),
            Likelihood = VaeLikelihood.Bernoulli,
            NumberOfEpochs = Epochs,
            BatchSize = 64,
            NumberOfThreads = 2,
            Seed = 7,
        };
        change(options);
        return options;
    }

    private static Func<MLContext, Func<IDataView, IDataView>, Action<VaeEstimator.Options>, string> Fitted(Action<VaeEstimator.Options> kind) => (ml, source, change) =>
    {
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder(Options(kind + change)).Fit(source(Rows(ml, 300, 1)));
        return Bits(ml, model);
    };

    // ML.NET fills a cache on a thread of its own: it has come to its end when all rows have been read.
    private static IDataView Cached(MLContext ml, IDataView view)
    {
        IDataView cached = ml.Data.Cache(view);
        using DataViewRowCursor cursor = cached.GetRowCursor(cached.Schema);
        while (cursor.MoveNext())
        {
        }
        return cached;
    }

    private static string Bits(MLContext ml, VaeTransformer model) => SampleReader.RowBits.Digest(model.Transform(Rows(ml, 20, 9)));

    /// <summary>A row with holes, a label and a weight.</summary>
    private sealed class Row
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Group { get; set; }

        public float Weight { get; set; }

        public static Row[] Make(int count, int seed)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, count).Select(row => new Row
            {
                Features = [.. Enumerable.Range(0, 6).Select(_ => random.Next(15) == 0 ? float.NaN : random.NextSingle())],
                Group = (uint)(row % 3),
                Weight = 1 + row % 2,
            })];
        }
    }
}
