using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using SampleReader;
using TorchSharp;
using Vae.MLNet.Persistence;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>A sampler goes through a file unchanged, into any process, and a damaged file is refused.</summary>
[Collection(nameof(SampledModels))]
public sealed class SamplerFileTests(SampledModels models) : IDisposable
{
    private static readonly string[] s_kinds = ["prior", "mixture", "diagonal mixture", "flow", "second stage", "posterior"];

    private readonly MLContext _ml = models.Kinds.Ml;
    private readonly SampledKinds _kinds = models.Kinds;
    private readonly string _folder = Directory.CreateTempSubdirectory("vae sampler ü ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_sampler_gives_the_same_rows_loaded_and_in_another_process()
    {
        const int count = 1500;
        const int seed = 9;
        var pairs = new List<string>();
        var expected = new List<string>();
        foreach ((VaeTransformer model, string name) in new[] { (_kinds.Unlabelled, "unlabelled"), (_kinds.ByKind, "by kind") })
        {
            string modelPath = Path.Combine(_folder, name + ".zip");
            _ml.Model.Save(model, _kinds.Prepared.Schema, modelPath);
            pairs.AddRange([modelPath, "-"]);
            expected.Add(RowBits.Digest(_ml.Data.SampleFromVae(model, count, seed: seed)));
            foreach (string kind in s_kinds)
            {
                string path = Path.Combine(_folder, $"{name} {kind}.sampler");
                using VaeSampler sampler = FittedSamplerTests.Fit(kind, model, _kinds.Prepared);
                sampler.Save(path);
                string digest = RowBits.Digest(_ml.Data.SampleFromVae(model, count, sampler, seed: seed));
                using VaeSampler loaded = VaeSampler.Load(path);
                Assert.Equal(sampler.GetType(), loaded.GetType());
                Assert.Equal(digest, RowBits.Digest(_ml.Data.SampleFromVae(model, count, loaded, seed: seed)));
                pairs.AddRange([modelPath, path]);
                expected.Add(digest);

                // And what is saved once more is the same file.
                loaded.Save(path + ".again");
                Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(path + ".again"));
            }
        }
        Assert.Equal(expected.Count, expected.Distinct().Count());
        Assert.Equal(expected, await InAnotherProcess(count, seed, pairs));
    }

    [Fact]
    public void A_vamp_prior_is_saved_with_its_model()
    {
        using VaeTransformer model = _kinds.Fit(options => (options.Prior, options.NumberOfEpochs) = (new VaePrior.Vamp { Components = 4 }, 3));
        using var loaded = (VaeTransformer)_ml.SavedAndLoaded(model, _kinds.Prepared.Schema);
        Assert.Equal(RowBits.Digest(_ml.Data.SampleFromVae(model, 300, seed: 5)), RowBits.Digest(_ml.Data.SampleFromVae(loaded, 300, seed: 5)));
    }

    [Fact]
    public void Settings_come_back()
    {
        using (var sampler = new PriorSampler(0.1 + 0.2))
        {
            Assert.Equal(0.1 + 0.2, ((PriorSampler)SavedAndLoaded(sampler)).Temperature);
        }
        using (PosteriorSampler sampler = PosteriorSampler.Fit(_kinds.ByKind, _kinds.Prepared, 1 / 3.0))
        {
            var loaded = (PosteriorSampler)SavedAndLoaded(sampler);
            Assert.Equal((1 / 3.0, _kinds.Rows.Length), (loaded.Temperature, loaded.RowCount));
        }
        using (GaussianMixtureSampler sampler = GaussianMixtureSampler.Fit(_kinds.ByNumber, _kinds.Prepared, new() { Components = 2 }))
        {
            Assert.Equal([2, 2, 2, 0], ((GaussianMixtureSampler)SavedAndLoaded(sampler)).Components);
        }
        using var stages = (TwoStageSampler)FittedSamplerTests.Fit("second stage", _kinds.ByKind, _kinds.Prepared);
        using var again = (TwoStageSampler)SavedAndLoaded(stages);
        Assert.Equal(15, again.SecondStage.History.Count);
        Assert.Equal(stages.SecondStage.History, again.SecondStage.History);
        Assert.Equal("Kind", again.SecondStage.LabelColumnName);
    }

    [Fact]
    public void A_loaded_sampler_still_knows_its_model()
    {
        using var sampler = SavedAndLoaded(FittedSamplerTests.Fit("mixture", _kinds.ByKind, _kinds.Prepared));
        var error = Assert.Throws<ArgumentException>(() => _ml.Data.SampleFromVae(_kinds.ByNumber, 1, sampler));
        Assert.Contains("GaussianMixtureSampler was fitted on another model", error.Message);
        using VaeSampler prior = SavedAndLoaded(new PriorSampler());
        Assert.Equal(1, _ml.Data.SampleFromVae(_kinds.ByNumber, 1, prior).GetRowCount());
    }

    [Fact]
    public void A_truncated_file_is_refused_at_any_length()
    {
        foreach (string kind in s_kinds)
        {
            byte[] content = Saved(kind);
            foreach (int length in Enumerable.Range(0, 25).Select(part => content.Length * part / 25).Append(content.Length - 1))
            {
                AssertRefused(content[..length], $"the first {length} of {content.Length} bytes of a {kind}");
            }
            AssertRefused([.. content, 0], $"a {kind} and a byte more");
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_refused()
    {
        foreach (string kind in s_kinds)
        {
            byte[] content = Saved(kind);
            int step = Math.Max(1, content.Length / 40);
            foreach (int position in Enumerable.Range(0, 100).Where(each => each < content.Length).Concat(Enumerable.Range(0, content.Length / step).Select(part => part * step)))
            {
                byte[] damaged = [.. content];
                damaged[position] ^= 0x04;
                AssertRefused(damaged, $"byte {position} of a {kind}");
            }
        }
    }

    public static TheoryData<string, string, string, string> Lies => new()
    {
        { "prior", "kind", "Oracle", "'Oracle', which this version does not know" },
        { "prior", "kind", "", "which this version does not know" },
        { "prior", "temperature", "0", "temperature" },
        { "prior", "temperature", "NaN", "temperature" },
        { "prior", "temperature", "1,5", "temperature" },
        { "mixture", "labels", "0", "labels" },
        { "mixture", "labels", "-3", "labels" },
        { "mixture", "labels", "99999999", "labels" },
        { "mixture", "kind", "FlowSampler", "dimension" },
        { "flow", "dimension", "0", "'0' is not a number from 1" },
        { "flow", "dimension", "1000000", "numbers are not there" },
        { "flow", "dimension", "3", "numbers are not there" },
        { "flow", "labels", "-1", "'-1' is not a number from 0" },
        { "flow", "layers", "1048576", "numbers are not there" },
        { "flow", "layers", "x", "'x' is not a number" },
        { "flow", "hidden", "", "'' is not a number" },
        { "flow", "hidden", "1048576 1048576 1048576 1048576", "numbers are not there" },
        { "second stage", "configuration", "{}", "" },
        { "second stage", "configuration", "", "" },
        { "second stage", "history", "[", "history" },
        { "posterior", "temperature", "-1", "temperature" },
        { "posterior", "kind", "GaussianMixtureSampler", "labels" },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_under_a_right_checksum_is_refused(string kind, string text, string lie, string said)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        SafetensorsBlock block = SealedBlock.Read("Vae.MLNet sampler 1", Saved(kind));
        Assert.True(block.Metadata.ContainsKey(text));
        Dictionary<string, string> texts = block.Metadata.Where(each => each.Key is not ("format" or "checksum")).ToDictionary(each => each.Key, each => each.Key == text ? lie : each.Value);
        torch.Tensor Of(Safetensors.Entry entry) => entry.Type == Safetensors.Float32 ? torch.tensor(entry.ToArray<float>()).view(entry.Shape) : torch.tensor(entry.ToArray<double>()).view(entry.Shape);
        byte[] forged = SealedBlock.Write("Vae.MLNet sampler 1", [.. block.Tensors.Select(each => (each.Key, Of(each.Value)))], texts);
        Assert.Contains(said, AssertRefused(forged, $"a {kind} with {text} '{lie}'"));
    }

    [Fact]
    public void A_file_is_the_same_in_any_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            // But for the second stage, whose history says how fast training was.
            foreach (string kind in s_kinds.Where(each => each != "second stage"))
            {
                byte[] german = Saved(kind);
                CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
                Assert.Equal(Saved(kind), german);
                CultureInfo.CurrentCulture = new CultureInfo("de-DE");
                VaeSampler.Load(Path.Combine(_folder, "whole.sampler")).Dispose();
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_foreign_file_is_refused_by_name()
    {
        string path = Path.Combine(_folder, "model.zip");
        _ml.Model.Save(_kinds.ByKind, _kinds.Prepared.Schema, path);
        foreach (byte[] content in new[] { [], File.ReadAllBytes(path), "{}"u8.ToArray(), new byte[1000], [.. BitConverter.GetBytes(2L), .. "{}"u8] })
        {
            string message = AssertRefused(content, $"{content.Length} bytes");
            Assert.Contains("foreign.sampler", message);
            Assert.Contains("is not a sampler of Vae.MLNet", message);
        }
        Assert.Throws<FileNotFoundException>(() => VaeSampler.Load(Path.Combine(_folder, "nowhere")));
        Assert.Throws<ArgumentException>(() => VaeSampler.Load(""));
        Assert.Throws<ArgumentNullException>(() => VaeSampler.Load(null!));
    }

    [Fact]
    public void An_old_file_is_replaced_whole_or_stays()
    {
        string path = Path.Combine(_folder, "s");
        File.WriteAllText(path, "old");
        using var sampler = new PriorSampler(0.5);
        // While a reader has it open, too: a new file takes its place.
        using (FileStream reader = File.OpenRead(path))
        {
            sampler.Save(path);
            Assert.Equal((byte)'o', reader.ReadByte());
        }
        Assert.Equal(0.5, ((PriorSampler)VaeSampler.Load(path)).Temperature);
        Assert.Equal([path], Directory.GetFiles(_folder));

        // The new one cannot be written: the old one is as it was.
        byte[] before = File.ReadAllBytes(path);
        Directory.CreateDirectory(path + ".new");
        using var other = new PriorSampler(2);
        Assert.ThrowsAny<Exception>(() => other.Save(path));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.ThrowsAny<IOException>(() => sampler.Save(Path.Combine(_folder, "no", "such", "folder")));
        Assert.Throws<ArgumentException>(() => sampler.Save(""));
    }

    [Fact]
    public void A_disposed_sampler_or_model_says_so()
    {
        foreach (string kind in new[] { "flow", "second stage" })
        {
            VaeSampler sampler = FittedSamplerTests.Fit(kind, _kinds.ByKind, _kinds.Prepared);
            IDataView rows = _ml.Data.SampleFromVae(_kinds.ByKind, 3000, sampler);
            using DataViewRowCursor cursor = rows.GetRowCursor(rows.Schema);
            Func<string> x = RowBits.Of(cursor, rows.Schema["X"]);
            Assert.True(cursor.MoveNext());
            string first = x();
            sampler.Dispose();
            sampler.Dispose();
            // What has been drawn is there, what has not is refused.
            Assert.Equal(first, x());
            Assert.Throws<ObjectDisposedException>(() =>
            {
                while (cursor.MoveNext())
                {
                    x();
                }
            });
            Assert.Throws<ObjectDisposedException>(() => rows.ValuesOf<float>("X"));
            Assert.Throws<ObjectDisposedException>(() => sampler.Save(Path.Combine(_folder, "s")));
            Assert.Empty(Directory.GetFiles(_folder));
        }

        VaeTransformer model = _kinds.Fit(options => options.NumberOfEpochs = 1);
        using VaeSampler fitted = FittedSamplerTests.Fit("mixture", model, _kinds.Prepared);
        IDataView view = _ml.Data.SampleFromVae(model, 10, fitted);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.ValuesOf<float>("X"));
        Assert.Throws<ObjectDisposedException>(() => _ml.Data.SampleFromVae(model, 10));
        Assert.Throws<ObjectDisposedException>(() => _ml.Data.SampleFromVae(model, 10, fitted));
        foreach (string kind in s_kinds.Skip(1))
        {
            Assert.Throws<ObjectDisposedException>(() => FittedSamplerTests.Fit(kind, model, _kinds.Prepared));
        }
    }

    private static async Task<string[]> InAnotherProcess(int count, int seed, IEnumerable<string> pairs)
    {
        string[] numbers = [count.ToString(CultureInfo.InvariantCulture), seed.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "SampleReader.dll"), .. numbers, .. pairs]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private VaeSampler SavedAndLoaded(VaeSampler sampler)
    {
        string path = Path.Combine(_folder, "through.sampler");
        sampler.Save(path);
        return VaeSampler.Load(path);
    }

    private byte[] Saved(string kind)
    {
        string path = Path.Combine(_folder, "whole.sampler");
        using VaeSampler sampler = FittedSamplerTests.Fit(kind, _kinds.ByKind, _ml.Data.TakeRows(_kinds.Prepared, 40));
        sampler.Save(path);
        return File.ReadAllBytes(path);
    }

    private string AssertRefused(byte[] content, string what)
    {
        string path = Path.Combine(_folder, "foreign.sampler");
        File.WriteAllBytes(path, content);
        Exception? error = Record.Exception(() => VaeSampler.Load(path));
        Assert.True(error is FormatException, $"{what}: {error?.ToString() ?? "was read"}");
        return error!.Message;
    }
}
