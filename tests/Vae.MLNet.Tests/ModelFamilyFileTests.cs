using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>Every member of the model family goes through a file unchanged, with its history; files that describe impossible members are refused.</summary>
public sealed class ModelFamilyFileTests
{
    private readonly MLContext _ml = new(seed: 1);

    public static TheoryData<VaeLikelihood, VaeNoise> Likelihoods
    {
        get
        {
            var data = new TheoryData<VaeLikelihood, VaeNoise>();
            foreach (VaeLikelihood likelihood in Enum.GetValues<VaeLikelihood>().Where(each => each != VaeLikelihood.Categorical))
            {
                data.Add(likelihood, VaeNoise.PerFeature);
                if (likelihood <= VaeLikelihood.Laplace)
                {
                    data.Add(likelihood, VaeNoise.Shared);
                    data.Add(likelihood, VaeNoise.Fixed(0.3));
                }
            }
            return data;
        }
    }

    public static TheoryData<string, Action<VaeEstimator.Options>> Members => new()
    {
        { "a VampPrior", options => options.Prior = new VaePrior.Vamp { Components = 9 } },
        { "a plain autoencoder", options => options.Objective = new VaeObjective.Autoencoder() },
        { "a total correlation", options => options.Objective = new VaeObjective.BetaTotalCorrelation() },
        { "an importance-weighted bound", options => (options.Objective, options.ScoreDraws) = (new VaeObjective.ImportanceWeighted(), 5) },
        { "a linear network", options => options.Network = new VaeNetwork.Dense() },
        { "norms and dropout", options => options.Network = new VaeNetwork.Dense(8, 8) { LayerNorm = true, Dropout = 0.25, Activation = VaeActivation.GELU } },
        { "own networks", options => options.Network = new VaeNetwork.Custom(OwnNetworks.Sequential, "9") },
        { "marks of missing values", options => options.MaskingRate = 0.3 },
        { "a threshold", options => (options.PredictedLabelColumnName, options.Contamination) = ("IsOdd", 0.2) },
        { "validation", options => (options.ValidationFraction, options.EarlyStoppingPatience) = (0.2, 2) },
        { "quantiles", options => options.InputColumns = [new VaeInputColumn("Features") { Scaling = VaeScaling.Quantile }] },
    };

    [Theory]
    [MemberData(nameof(Likelihoods))]
    public void Every_likelihood_survives_a_file(VaeLikelihood likelihood, VaeNoise noise) => AssertSurvives(Rows(likelihood), options => (options.Likelihood, options.Noise) = (likelihood, noise));

    [Theory]
    [MemberData(nameof(Members))]
    public void Every_member_survives_a_file(string member, Action<VaeEstimator.Options> change)
    {
        OwnNetworks.Register();
        Assert.NotEmpty(member);
        AssertSurvives(Rows(VaeLikelihood.Gaussian), change);
    }

    [Fact]
    public void Columns_of_different_likelihoods_and_noises_survive_a_file() => AssertSurvives(Rows(VaeLikelihood.Poisson), options =>
    {
        options.InputColumns =
        [
            new("Number") { Likelihood = VaeLikelihood.Laplace, Noise = VaeNoise.Shared },
            new("Features") { Likelihood = VaeLikelihood.Multinomial, ReconstructionColumnName = "Reconstruction" },
            new("Copy") { Noise = VaeNoise.Fixed(2) },
        ];
        options.ReconstructionColumnName = null;
        options.Prior = new VaePrior.Vamp { Components = 3 };
    });

    [Theory]
    [InlineData("\"kind\": \"dense\"", "\"kind\": \"recurrent\"", "recurrent")]
    [InlineData("\"kind\": \"dense\"", "\"kind\": \"custom\"", "VaeNetwork")]
    [InlineData("\"kind\": \"dense\",", "", "VaeNetwork")]
    [InlineData("\"activation\": \"Tanh\"", "\"activation\": \"Sine\"", "activation")]
    [InlineData("\"activation\": \"Tanh\"", "\"activation\": 1", "activation")]
    [InlineData("\"dropout\": 0.25", "\"dropout\": 1", "Dropout")]
    [InlineData("\"dropout\": 0.25", "\"dropout\": 0.25, \"width\": 3", "width")]
    [InlineData("\"hiddenLayerSizes\": [\n      12\n    ]", "\"hiddenLayerSizes\": null", "iddenLayerSizes")]
    [InlineData("\"hiddenLayerSizes\": [\n      12\n    ]", "\"hiddenLayerSizes\": [0]", "HiddenLayerSizes[0]")]
    [InlineData("\"hiddenLayerSizes\": [\n      12\n    ]", "\"hiddenLayerSizes\": [1048577]", "HiddenLayerSizes[0]")]
    [InlineData("\"hiddenLayerSizes\": [\n      12\n    ]", "\"hiddenLayerSizes\": [1048576, 1048576, 1048576]", "two gigabytes")]
    [InlineData("\"hiddenLayerSizes\": [\n      12\n    ]", "\"hiddenLayerSizes\": [10000, 16000]", "wants networks of about 320")]
    [InlineData("\"hiddenLayerSizes\": [\n      12\n    ]", "\"hiddenLayerSizes\": [11]", "configuration wants")]
    [InlineData("\"layerNorm\": true", "\"layerNorm\": false", "not of its configuration")]
    [InlineData("\"kind\": \"vamp\"", "\"kind\": \"vampire\"", "vampire")]
    [InlineData("\"kind\": \"vamp\"", "\"kind\": \"standardNormal\"", "omponents")]
    [InlineData("\"components\": 7", "\"components\": 1000000000", "Vamp Components")]
    [InlineData("\"components\": 7", "\"components\": 0", "Vamp Components")]
    [InlineData("\"components\": 7", "\"components\": 8", "pseudo_inputs")]
    [InlineData("\"components\": 7", "\"components\": 100000000000", "components")]
    [InlineData("\"noiseScale\": 0.5", "\"noiseScale\": 0", "fixed noise")]
    [InlineData("\"noiseScale\": 0.5", "\"noiseScale\": -0.5", "fixed noise")]
    [InlineData("\"noiseScale\": 0.5", "\"noiseScale\": 1e400", "fixed noise")]
    [InlineData("\"noiseScale\": 0.5", "\"noiseScale\": null", "noise")]
    [InlineData("\"noise\": \"Fixed\"", "\"noise\": \"Shared\"", "noise")]
    [InlineData("\"noise\": \"Fixed\",", "", "StudentT")]
    [InlineData("\"noise\": \"Fixed\"", "\"noise\": \"Free\"", "noise")]
    [InlineData("\"likelihood\": \"StudentT\"", "\"likelihood\": \"Poisson\"", "likelihood Poisson")]
    [InlineData("\"likelihood\": \"StudentT\"", "\"likelihood\": 3", "likelihood")]
    [InlineData("\"scoreDraws\": 3", "\"scoreDraws\": 0", "ScoreDraws")]
    [InlineData("\"scoreDraws\": 3", "\"scoreDraws\": 1000000000", "ScoreDraws")]
    [InlineData("\"scoreThreshold\": ", "\"scoreThreshold\": 1e39, \"seed\": 1, \"x\": ", "")]
    [InlineData("\"scoreThreshold\": ", "\"scoreThreshold\": NaN, \"x\": ", "")]
    [InlineData("\"scoreThreshold\": ", "\"scoreThreshold\": \"NaN\", \"x\": ", "scoreThreshold")]
    [InlineData("\"scoreThreshold\": ", "\"threshold\": ", "threshold")]
    [InlineData("\"isDeterministic\": false", "\"isDeterministic\": true", "variance")]
    public void An_impossible_member_is_refused(string from, string to, string said)
    {
        byte[] model = Odd();
        string configuration = Encoding.UTF8.GetString(EntryOf(model, "config.json"));
        Assert.Contains(from, configuration);
        string message = AssertRefused(WithEntry(model, "config.json", Encoding.UTF8.GetBytes(configuration.Replace(from, to, StringComparison.Ordinal))));
        Assert.Contains(said, message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Columns_that_are_too_many_together_are_refused()
    {
        byte[] model = Odd();
        string configuration = Encoding.UTF8.GetString(EntryOf(model, "config.json"));
        int start = configuration.IndexOf('[', StringComparison.Ordinal);
        string column = configuration[(start + 1)..configuration.IndexOf(']', StringComparison.Ordinal)].Replace("\"size\": 6", "\"size\": 16777216", StringComparison.Ordinal);
        // Each for itself is possible; of two likelihoods, together more than an int can count.
        IEnumerable<string> columns = Enumerable.Range(0, 200).Select(index =>
            column.Replace("Features", $"C{index}", StringComparison.Ordinal).Replace("StudentT", index < 100 ? "StudentT" : "Laplace", StringComparison.Ordinal));
        string message = AssertRefused(WithEntry(model, "config.json", Encoding.UTF8.GetBytes(configuration.Replace(column.Replace("16777216", "6", StringComparison.Ordinal), string.Join(",", columns), StringComparison.Ordinal))));
        Assert.Contains("together have an impossible size", message);
    }

    [Fact]
    public void A_damaged_or_missing_history_is_refused()
    {
        byte[] model = Odd();
        byte[] history = EntryOf(model, "history.json");
        for (int position = 0; position < history.Length; position += 11)
        {
            byte[] damaged = [.. history];
            damaged[position] ^= 0x20;
            Assert.Contains("checksum of history.json", AssertRefused(WithEntry(model, "history.json", damaged, isChecked: false)));
        }
        Assert.Contains("no history.json", AssertRefused(WithEntry(model, "history.json", null)));
        string text = Encoding.UTF8.GetString(history);
        string[] lies =
        [
            "", "null", "{}", "[", "[null]", "[1]", "[{}]", text[..^1], text + " 1",
            text.Replace("\"kl\"", "\"kx\"", StringComparison.Ordinal),
            text.Replace("\"epoch\":1,", "\"epoch\":1.5,", StringComparison.Ordinal),
            text.Replace("\"epoch\":1,", "", StringComparison.Ordinal),
            text.Replace("\"epoch\":1,", "\"epoch\":1,\"epoch\":1,", StringComparison.Ordinal),
        ];
        Assert.All(lies, lie =>
        {
            Assert.NotEqual(text, lie);
            Assert.Contains("history.json", AssertRefused(WithEntry(model, "history.json", Encoding.UTF8.GetBytes(lie))));
        });
    }

    private static TestRow[] Rows(VaeLikelihood likelihood) => likelihood switch
    {
        VaeLikelihood.Bernoulli or VaeLikelihood.ContinuousBernoulli => TestRows.MakeUnit(150),
        VaeLikelihood.Poisson or VaeLikelihood.Multinomial => [.. TestRows.Make(150).Select(row => new TestRow { Number = row.Number, Features = [.. row.Features.Select(value => MathF.Floor(10 * Math.Abs(value)))] })],
        _ => TestRows.Make(150),
    };

    private void AssertSurvives(TestRow[] rows, Action<VaeEstimator.Options> change)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        data = _ml.Transforms.CopyColumns("Copy", "Number").Fit(data).Transform(data);
        using VaeTransformer model = TestRows.Fit(_ml, data, options =>
        {
            options.LogVarianceColumnName = null;
            change(options);
        });
        byte[] file = Saved(model, data.Schema);
        ITransformer loaded = new MLContext().Model.Load(new MemoryStream(file), out _);
        VaeTransformer vae = SavedWeights.VaeOf(loaded);

        (IDataView seen, IDataView again) = (model.Transform(data), loaded.Transform(data));
        Assert.Equal(seen.VectorsOf("Latent"), again.VectorsOf("Latent"));
        Assert.Equal(seen.VectorsOf("Draw"), again.VectorsOf("Draw"));
        Assert.Equal(seen.VectorsOf("Reconstruction"), again.VectorsOf("Reconstruction"));
        Assert.Equal(seen.ValuesOf<float>("Score"), again.ValuesOf<float>("Score"));
        Assert.Equal(model.InputColumns, vae.InputColumns);
        Assert.Equal(model.Prior, vae.Prior);
        Assert.Equal(model.ScoreThreshold, vae.ScoreThreshold);
        Assert.Equal(3, vae.History.Count);
        Assert.Equal(model.History, vae.History);
        byte[] savedAgain = Saved(loaded, data.Schema);
        Assert.All(new[] { "config.json", "weights.safetensors", "history.json", "Model.key" }, name => Assert.Equal(EntryOf(file, name), EntryOf(savedAgain, name)));
    }

    // A member with everything odd about it.
    private byte[] Odd()
    {
        IDataView data = _ml.View(60);
        using VaeTransformer model = TestRows.Fit(_ml, data, options =>
        {
            options.Likelihood = VaeLikelihood.StudentT;
            options.Noise = VaeNoise.Fixed(0.5);
            options.Network = new VaeNetwork.Dense(12) { Activation = VaeActivation.Tanh, LayerNorm = true, Dropout = 0.25 };
            options.Prior = new VaePrior.Vamp { Components = 7 };
            options.ScoreDraws = 3;
            options.PredictedLabelColumnName = "IsOdd";
        });
        return Saved(model, data.Schema);
    }

    private byte[] Saved(ITransformer model, DataViewSchema schema)
    {
        using var file = new MemoryStream();
        _ml.Model.Save(model, schema, file);
        return file.ToArray();
    }

    private static string AssertRefused(byte[] file)
    {
        Exception? error = Record.Exception(() => new MLContext().Model.Load(new MemoryStream(file), out _));
        // ML.NET wraps the errors of components, once per nesting.
        while (error is TargetInvocationException or InvalidOperationException { InnerException: TargetInvocationException })
        {
            error = error.InnerException;
        }
        return Assert.IsType<FormatException>(error).Message;
    }

    private static byte[] EntryOf(byte[] file, string name)
    {
        using var archive = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read);
        using Stream entry = archive.GetEntry(FolderOf(archive) + name)!.Open();
        using var content = new MemoryStream();
        entry.CopyTo(content);
        return content.ToArray();
    }

    // With the checksum that a forger would write, too: Model.key ends in those of the files beside it. Without content, without the entry.
    private static byte[] WithEntry(byte[] file, string name, byte[]? content, bool isChecked = true)
    {
        byte[] key = EntryOf(file, "Model.key");
        int position = key.AsSpan().IndexOf(SHA256.HashData(EntryOf(file, name)));
        Assert.True(position > 0);
        if (isChecked)
        {
            SHA256.HashData(content ?? []).CopyTo(key, position);
        }
        var copy = new MemoryStream();
        copy.Write(file);
        using (var archive = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            string folder = FolderOf(archive);
            foreach ((string entry, byte[]? bytes) in new[] { (name, content), ("Model.key", key) })
            {
                archive.GetEntry(folder + entry)!.Delete();
                if (bytes is not null)
                {
                    using Stream created = archive.CreateEntry(folder + entry).Open();
                    created.Write(bytes);
                }
            }
        }
        return copy.ToArray();
    }

    private static string FolderOf(ZipArchive archive)
    {
        const string weights = "weights.safetensors";
        return archive.Entries.Single(entry => entry.FullName.EndsWith(weights, StringComparison.Ordinal)).FullName[..^weights.Length];
    }
}
