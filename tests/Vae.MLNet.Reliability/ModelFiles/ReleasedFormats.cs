using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.ModelFiles;

/// <summary>Files that were kept when a format was released, with the numbers that came out of them then: every later version loads them and gives the same.</summary>
internal static class ReleasedFormats
{
    // Other processors sum up in another order.
    private const double Tolerance = 1e-4;
    private const string Model = ".zip";
    private const string Sampler = ".safetensors";
    private const string Numbers = ".txt";

    private static readonly MLContext s_ml = new(seed: 1);

    public static Run Run { get; } = new("formats", "files kept from every released format", Try);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "ReleasedFormats");

    /// <summary>Writes the files of the format of today, to be kept.</summary>
    public static void Keep(string folder)
    {
        Directory.CreateDirectory(folder);
        using VaeTransformer vector = s_ml.Transforms.VariationalAutoencoder(SmallModels.Vector()).Fit(Points());
        using VaeTransformer table = s_ml.Transforms.VariationalAutoencoder(SmallModels.Table()).Fit(Points());
        using VaeTransformer images = s_ml.Transforms.VariationalAutoencoder(SmallModels.Images()).Fit(Points());
        VaeSampler[] samplers =
        [
            new PriorSampler(0.8),
            GaussianMixtureSampler.Fit(vector, Points(), new GaussianMixtureSampler.Options { Components = 2 }),
            FlowSampler.Fit(vector, Points(), new FlowSampler.Options { NumberOfEpochs = 1, NumberOfLayers = 2, HiddenLayerSizes = [8] }),
            TwoStageSampler.Fit(vector, Points(), new TwoStageSampler.Options { NumberOfEpochs = 1, HiddenLayerSizes = [8] }),
            PosteriorSampler.Fit(vector, Points()),
        ];
        (string Name, ITransformer Model)[] models = [("vector", vector), ("table", table), ("images", images), ("decoder", vector.CreateDecoder("Latent"))];
        foreach ((string name, ITransformer model) in models)
        {
            // Our part alone, without ML.NET's schema.
            s_ml.Model.Save(model, null, Path.Combine(folder, name + Model));
        }
        foreach (VaeSampler sampler in samplers)
        {
            sampler.Save(Path.Combine(folder, sampler.GetType().Name + Sampler));
            sampler.Dispose();
        }
        foreach (string file in Files(folder))
        {
            File.WriteAllLines(Path.ChangeExtension(file, Numbers), NumbersOf(file).Select(number => number.ToString("R", CultureInfo.InvariantCulture)));
        }
    }

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        foreach (string format in Directory.GetDirectories(Folder).Order(StringComparer.Ordinal))
        {
            string[] files = [.. Files(format)];
            string[] violations = [.. files.SelectMany(Violations)];
            yield return new Outcome($"file kept from format {Path.GetFileName(format)}", files.Length, $"{files.Length - violations.Length} load and give the numbers of then", violations);
        }
    }

    private static IEnumerable<string> Violations(string file)
    {
        double[] wanted = [.. File.ReadLines(Path.ChangeExtension(file, Numbers)).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
        double[] found = NumbersOf(file);
        if (wanted.Length == 0 || wanted.Length != found.Length || wanted.Zip(found).Any(each => !(Math.Abs(each.First - each.Second) <= Tolerance * (1 + Math.Abs(each.First)))))
        {
            yield return $"{file}: gives other numbers than when it was written.";
        }
    }

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(folder).Where(file => Path.GetExtension(file) is Model or Sampler).Order(StringComparer.Ordinal);

    private static double[] NumbersOf(string file)
    {
        if (Path.GetExtension(file) == Sampler)
        {
            using VaeSampler sampler = VaeSampler.Load(file);
            using var model = (IDisposable)s_ml.Model.LoadUntrusted(Path.Combine(Path.GetDirectoryName(file)!, "vector" + Model), out _);
            return NumbersOf(s_ml.Data.SampleFromVae((ITransformer)model, 8, sampler, seed: 4));
        }
        var loaded = s_ml.Model.LoadUntrusted(file, out _);
        using var memory = (IDisposable)loaded;
        return NumbersOf(loaded.Transform(loaded is VaeDecoder ? s_ml.Data.LoadFromEnumerable(Latent.Make(8)) : s_ml.Data.TakeRows(Points(), 8)));
    }

    // Of all vectors and scores: those of the rows themselves are the same in every version.
    private static double[] NumbersOf(IDataView rows) => [.. rows.Schema.Where(column => !column.IsHidden).SelectMany(column => column.Type switch
    {
        VectorDataViewType { ItemType: NumberDataViewType } => rows.GetColumn<float[]>(column).SelectMany(values => values).Select(value => (double)value),
        NumberDataViewType type when type == NumberDataViewType.Single => rows.GetColumn<float>(column).Select(value => (double)value),
        _ => [],
    })];

    private static IDataView Points()
    {
        IDataView points = s_ml.Data.LoadFromEnumerable(Point.Make(60));
        return SmallModels.PrepareTable(s_ml).Fit(points).Transform(points);
    }

    private sealed class Latent
    {
        [VectorType(2)]
        [ColumnName("Latent")]
        public float[] Values { get; set; } = [];

        public static Latent[] Make(int count) => [.. Enumerable.Range(0, count).Select(row => new Latent { Values = [row / 4f - 1, 1 - row / 3f] })];
    }
}
