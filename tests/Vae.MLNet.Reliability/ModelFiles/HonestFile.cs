using Microsoft.ML;
using SampleReader;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.ModelFiles;

/// <summary>A file as the product writes it, and what is done with one: loaded, used, and let go.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Load">Loads what may be another file.</param>
/// <param name="Use">Does with what was loaded everything that it is for, and gives the bits of what comes out.</param>
/// <param name="Save">Writes it again; null where one does not.</param>
internal sealed record HonestFile(string Name, byte[] Content, Func<byte[], IDisposable> Load, Func<IDisposable, string> Use, Func<IDisposable, byte[]>? Save)
{
    /// <summary>What only our part of the file gives, beside parts that ML.NET writes and reads without a checksum; null if our part is not there. Default: all of it.</summary>
    public Func<IDisposable, string?> UseOurs { get; init; } = Use;

    private static readonly MLContext s_ml = new(seed: 1);

    /// <summary>One of each kind, small.</summary>
    /// <param name="folder">For files that are loaded by path.</param>
    public static IReadOnlyList<HonestFile> All(string folder)
    {
        IDataView points = s_ml.Data.LoadFromEnumerable(Point.Make(60));
        IDataView probe = s_ml.Data.LoadFromEnumerable(Point.Make(9, seed: 2));
        ITransformer chain = s_ml.Transforms.NormalizeMinMax("Features").Append(s_ml.Transforms.VariationalAutoencoder(SmallModels.Vector())).Fit(points);
        ITransformer table = SmallModels.PrepareTable(s_ml).Append(s_ml.Transforms.VariationalAutoencoder(SmallModels.Table())).Fit(points);
        VaeTransformer images = s_ml.Transforms.VariationalAutoencoder(SmallModels.Images()).Fit(points);
        VaeTransformer vector = ((IEnumerable<ITransformer>)chain).OfType<VaeTransformer>().Single();
        VaeDecoder decoder = vector.CreateDecoder("Latent", VaeDecoding.Draw, seed: 3);
        IDataView encoded = chain.Transform(probe);
        encoded = s_ml.Transforms.SelectColumns("Latent").Fit(encoded).Transform(encoded);
        VaeSampler[] samplers =
        [
            new PriorSampler(0.8),
            GaussianMixtureSampler.Fit(chain, points, new GaussianMixtureSampler.Options { Components = 2 }),
            FlowSampler.Fit(chain, points, new FlowSampler.Options { NumberOfEpochs = 1, NumberOfLayers = 2, HiddenLayerSizes = [8] }),
            TwoStageSampler.Fit(chain, points, new TwoStageSampler.Options { NumberOfEpochs = 1, HiddenLayerSizes = [8] }),
            PosteriorSampler.Fit(chain, probe),
        ];
        return
        [
            OfModel("model", chain, points.Schema, probe),
            OfModel("model of a table", table, points.Schema, probe),
            OfModel("model of images", images, points.Schema, probe),
            OfModel("decoder", decoder, encoded.Schema, encoded),
            .. samplers.Select(sampler => OfSampler(sampler, chain, folder)),
            OfCheckpoint(points, probe, folder),
        ];
    }

    private static HonestFile OfModel(string name, ITransformer model, DataViewSchema schema, IDataView probe)
    {
        // What our part reads: the rows as the parts before it make them.
        IDataView prepared = Parts(model)[..^1].Aggregate(probe, (rows, part) => part.Transform(rows));
        return new HonestFile(
            name,
            Saved(model, schema),
            content => new Loaded(s_ml.Model.LoadUntrusted(new MemoryStream(content), out _)),
            loaded => Digest(((Loaded)loaded).Model.Transform(probe), probe.Schema),
            loaded => Saved(((Loaded)loaded).Model, schema))
        {
            UseOurs = loaded => Array.Find(Parts(((Loaded)loaded).Model), part => part is VaeTransformer or VaeDecoder) is { } ours ? Digest(ours.Transform(prepared), probe.Schema) : null,
        };
    }

    private static ITransformer[] Parts(ITransformer model) => model is IEnumerable<ITransformer> chain ? [.. chain] : [model];

    private static HonestFile OfSampler(VaeSampler sampler, ITransformer model, string folder)
    {
        string path = Path.Combine(folder, "sampler.safetensors");
        sampler.Save(path);
        return new HonestFile(
            sampler.GetType().Name,
            File.ReadAllBytes(path),
            content =>
            {
                File.WriteAllBytes(path, content);
                return VaeSampler.Load(path);
            },
            loaded => string.Join('\n', RowBits.Of(s_ml.Data.SampleFromVae(model, 20, (VaeSampler)loaded, seed: 4))),
            loaded =>
            {
                ((VaeSampler)loaded).Save(path);
                return File.ReadAllBytes(path);
            });
    }

    // It is loaded by training on from it.
    private static HonestFile OfCheckpoint(IDataView points, IDataView probe, string folder)
    {
        string checkpoints = Path.Combine(folder, "checkpoints");
        string path = Path.Combine(checkpoints, "checkpoint.safetensors");
        VaeEstimator.Options options = SmallModels.Vector();
        options.CheckpointFolder = checkpoints;
        options.NumberOfEpochs = 3;
        VaeEstimator estimator = s_ml.Transforms.VariationalAutoencoder(options);
        byte[] afterTwo = [];
        options.Progress = new Told(progress => afterTwo = progress.Epoch == 3 ? File.ReadAllBytes(path) : afterTwo);
        s_ml.Transforms.VariationalAutoencoder(options).Fit(points).Dispose();
        return new HonestFile(
            "checkpoint",
            afterTwo,
            content =>
            {
                File.WriteAllBytes(path, content);
                return estimator.Fit(points);
            },
            loaded => Digest(((VaeTransformer)loaded).Transform(probe), probe.Schema),
            Save: null);
    }

    // Of the columns that the model has added.
    private static string Digest(IDataView view, DataViewSchema before) => string.Join(
        '\n', RowBits.Of(view, [.. view.Schema.Where(column => !column.IsHidden && before.GetColumnOrNull(column.Name) is null).Select(column => column.Name)]));

    private static byte[] Saved(ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        s_ml.Model.Save(model, schema, stream);
        return stream.ToArray();
    }

    /// <summary>Not every part of ML.NET can be disposed.</summary>
    private sealed class Loaded(ITransformer model) : IDisposable
    {
        public ITransformer Model => model;

        public void Dispose() => (model as IDisposable)?.Dispose();
    }

    // At once, unlike Progress<T>.
    private sealed class Told(Action<VaeProgress> told) : IProgress<VaeProgress>
    {
        public void Report(VaeProgress value) => told(value);
    }
}
