using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>A model goes through a file unchanged, and a damaged file is refused.</summary>
public sealed class ModelFileTests : IDisposable
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("vae model ü ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(VaeLikelihood.Gaussian)]
    [InlineData(VaeLikelihood.Bernoulli)]
    public void A_loaded_chain_gives_the_same_bits(VaeLikelihood likelihood)
    {
        IDataView data = _ml.View(300);
        IDataView unit = likelihood == VaeLikelihood.Gaussian ? data : _ml.Data.LoadFromEnumerable(TestRows.MakeUnit(300));
        var chain = _ml.Transforms.CopyColumns("Copy", "Features").Append(_ml.Transforms.VariationalAutoencoder(TestRows.Options(options =>
        {
            options.InputColumnName = "Copy";
            options.Likelihood = likelihood;
        })));
        using var model = chain.Fit(unit);
        string path = Path.Combine(_folder, "model.zip");
        _ml.Model.Save(model, unit.Schema, path);

        var other = new MLContext();
        ITransformer loaded = other.Model.Load(path, out DataViewSchema schema);
        Assert.Equal(unit.Schema.Select(column => column.Name), schema.Select(column => column.Name));
        TestRows.AssertEqual(_ml.Outputs(model.Transform(unit)), other.Outputs(loaded.Transform(unit)), 0);
        VaeTransformer vae = Assert.IsType<VaeTransformer>(((IEnumerable<ITransformer>)loaded).Last());
        VaeInputColumn column = Assert.Single(vae.InputColumns);
        Assert.Equal((6, 2, likelihood, "Copy"), (vae.InputSize, vae.LatentDimension, column.Likelihood, column.Name));
        Assert.Equal([16], Assert.IsType<VaeNetwork.Dense>(vae.Network).HiddenLayerSizes);

        // And once more, through what was loaded.
        Assert.Equal(Entries(path), Entries(Save(loaded, schema, "again.zip")));
    }

    [Fact]
    public async Task Another_process_that_registers_nothing_gives_the_same_bits()
    {
        TestRow[] rows = TestRows.Make(300);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(_ml, data);
        string modelPath = Save(model, data.Schema, "model.zip");
        string rowsPath = Path.Combine(_folder, "rows.f32");
        File.WriteAllBytes(rowsPath, MemoryMarshal.AsBytes<float>([.. rows.SelectMany(row => row.Features)]).ToArray());

        static string Bits(string how, TestOutput output) =>
            $"{how} {Convert.ToHexString(MemoryMarshal.AsBytes<float>([.. output.Latent, .. output.LogVariance, .. output.Draw, .. output.Reconstruction, output.Score]))}";
        var engine = _ml.Model.CreatePredictionEngine<TestRow, TestOutput>(model);
        string[] expected = [.. _ml.Outputs(model.Transform(data)).Select(output => Bits("transform", output)), .. rows.Select(row => Bits("engine", engine.Predict(row)))];

        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ModelReader.dll"));
        start.ArgumentList.Add(modelPath);
        start.ArgumentList.Add(rowsPath);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_same_seed_gives_identical_files_and_another_does_not()
    {
        string Trained(int seed, string file)
        {
            var ml = new MLContext(seed);
            IDataView data = ml.View(300);
            using VaeTransformer model = TestRows.Fit(ml, data, options => options.Seed = null);
            return Entries(Save(model, data.Schema, file));
        }

        string first = Trained(1, "a.zip");
        Assert.Equal(first, Trained(1, "b.zip"));
        Assert.NotEqual(first, Trained(2, "c.zip"));
    }

    [Fact]
    public void A_truncated_file_is_refused()
    {
        byte[] content = File.ReadAllBytes(SmallModel());
        foreach (int length in Enumerable.Range(0, 40).Select(part => content.Length * part / 40).Append(content.Length - 1))
        {
            AssertRefused(content[..length], $"the first {length} of {content.Length} bytes");
        }
    }

    [Fact]
    public void A_flipped_byte_anywhere_in_our_entries_is_refused()
    {
        string path = SmallModel();
        foreach (string name in new[] { "Model.key", "config.json", "weights.safetensors" })
        {
            byte[] entry = EntryOf(path, name);
            int step = Math.Max(1, entry.Length / 60);
            for (int position = 0; position < entry.Length; position += step)
            {
                byte[] damaged = [.. entry];
                damaged[position] ^= 0x20;
                if (name == "Model.key" && LoadsToTheSameModel(path, name, damaged))
                {
                    // ML.NET's own header has bytes that it does not read.
                    continue;
                }
                AssertRefused(WithEntry(path, name, damaged), $"byte {position} of {name}");
            }
        }
    }

    [Theory]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 3", "format version 3")]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 0", "format version 0")]
    [InlineData("\"size\": 6", "\"size\": 6, \"dimensions\": [2, 3]", "format 1 does not have")]
    [InlineData("\"size\": 6", "\"size\": 16777216", "two gigabytes")]
    [InlineData("\"size\": 6", "\"size\": 2147483647", "impossible size")]
    [InlineData("\"size\": 6", "\"size\": 6, \"categories\": 6", "impossible size")]
    [InlineData("\"type\": \"Single\"", "\"type\": \"Decimal\"", "Decimal")]
    [InlineData("\"scaling\": \"Standard\"", "\"scaling\": \"Quantile\"", "quantiles.0")]
    [InlineData("\"likelihood\": \"Gaussian\"", "\"likelihood\": \"Categorical\"", "Categorical")]
    [InlineData("\"input\": 0", "\"input\": 1", "not there")]
    [InlineData("\"draws\": 64", "\"draws\": -1", "ImputationDraws")]
    [InlineData("\"latentDimension\": 2", "\"latentDimension\": 65536", "configuration wants")]
    [InlineData("\"latentDimension\": 2", "\"latentDimension\": -1", "LatentDimension")]
    [InlineData("\"likelihood\": \"Gaussian\"", "\"likelihood\": \"Cauchy\"", "likelihood")]
    [InlineData("\"likelihood\": \"Gaussian\"", "\"likelihood\": \"Gaussian\", \"likelihood\": \"Gaussian\"", "uplicate")]
    [InlineData("\"seed\"", "\"sead\"", "sead")]
    [InlineData("16", "1048576, 1048576", "two gigabytes")]
    public void A_configuration_that_does_not_fit_is_refused_even_with_a_right_checksum(string from, string to, string said)
    {
        string path = SmallModel();
        string configuration = Encoding.UTF8.GetString(EntryOf(path, "config.json"));
        Assert.Contains(from, configuration);
        Exception error = AssertRefused(WithCheckedEntry(path, "config.json", Encoding.UTF8.GetBytes(configuration.Replace(from, to, StringComparison.Ordinal))), to);
        Assert.Contains(said, error.Message);
    }

    [Theory]
    [InlineData("[2, 3]", null)]
    [InlineData("[1, 6, 1]", null)]
    [InlineData("[6]", "dimensions for another number")]
    [InlineData("[]", "dimensions for another number")]
    [InlineData("[2, 4]", "dimensions for another number")]
    [InlineData("[-2, -3]", "dimensions for another number")]
    [InlineData("[0, 6]", "dimensions for another number")]
    [InlineData("[65536, 65536, 6]", "dimensions for another number")]
    [InlineData("[2, 1.5]", "dimensions")]
    public void Dimensions_are_those_of_the_vector_or_refused(string dimensions, string? said)
    {
        string path = SmallModel();
        string configuration = Encoding.UTF8.GetString(EntryOf(path, "config.json"))
            .Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal)
            .Replace("\"size\": 6", $"\"size\": 6, \"dimensions\": {dimensions}", StringComparison.Ordinal);
        byte[] content = WithCheckedEntry(path, "config.json", Encoding.UTF8.GetBytes(configuration));
        if (said is not null)
        {
            Assert.Contains(said, AssertRefused(content, dimensions).Message);
            return;
        }
        IDataView data = _ml.View(5);
        IDataView loaded = _ml.Model.Load(new MemoryStream(content), out _).Transform(data);
        Assert.Equal($"Vector<Single, {dimensions.Trim('[', ']')}>", loaded.Schema["Reconstruction"].Type.ToString());
        TestRows.AssertEqual(_ml.Outputs(_ml.Model.Load(path, out _).Transform(data)), _ml.Outputs(loaded), 0);
    }

    [Fact]
    public void Weights_that_lie_about_their_lengths_are_refused_even_with_a_right_checksum()
    {
        string path = SmallModel();
        byte[] weights = EntryOf(path, "weights.safetensors");
        int header = BitConverter.ToInt32(weights, 0);
        string text = Encoding.UTF8.GetString(weights, 8, header);

        byte[] With(string changed) => [.. BitConverter.GetBytes((long)changed.Length), .. Encoding.UTF8.GetBytes(changed), .. weights[(8 + header)..]];
        byte[] LongHeader() => [.. BitConverter.GetBytes(long.MaxValue), .. weights[8..]];
        byte[] WithValue(string tensor, double value)
        {
            byte[] changed = [.. weights];
            int offset = System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty(tensor).GetProperty("data_offsets")[0].GetInt32();
            (tensor.StartsWith("columns", StringComparison.Ordinal) ? BitConverter.GetBytes(value) : BitConverter.GetBytes((float)value)).CopyTo(changed, 8 + header + offset);
            return changed;
        }

        byte[][] lies =
        [
            [],
            weights[..7],
            LongHeader(),
            weights[..^4],
            [.. weights, 0, 0, 0, 0],
            With(text.Replace("F32", "F16", StringComparison.Ordinal)),
            With(text.Replace("\"shape\":[6]", "\"shape\":[3,2]", StringComparison.Ordinal)),
            With(text.Replace("\"shape\":[6]", "\"shape\":[9223372036854775807,2]", StringComparison.Ordinal)),
            With(text.Replace("\"shape\":[6]", "\"shape\":[-6]", StringComparison.Ordinal)),
            With(text.Replace("encoder.output.bias", "encoder.output.bios", StringComparison.Ordinal)),
            With(text.Replace("data_offsets\":[0,", "data_offsets\":[4,", StringComparison.Ordinal)),
            With(text.Replace("data_offsets\":[0,", "data_offsets\":[-4,", StringComparison.Ordinal)),
            WithValue("encoder.output.bias", double.NaN),
            WithValue("columns.0.centre", double.PositiveInfinity),
            WithValue("columns.0.scale", -1.0),
            With("[1, 2"),
            With("[]"),
        ];
        for (int i = 0; i < lies.Length; i++)
        {
            Assert.False(lies[i].AsSpan().SequenceEqual(weights), $"lie {i} changes nothing");
            AssertRefused(WithCheckedEntry(path, "weights.safetensors", lies[i]), $"lie {i}");
        }
    }

    [Fact]
    public void Loading_does_not_leave_memory_behind_or_allocate_for_a_lie()
    {
        string path = SmallModel();
        string configuration = Encoding.UTF8.GetString(EntryOf(path, "config.json")).Replace("16", "20000, 20000", StringComparison.Ordinal);
        byte[] lie = WithCheckedEntry(path, "config.json", Encoding.UTF8.GetBytes(configuration));
        using var process = Process.GetCurrentProcess();
        long before = process.PeakWorkingSet64;
        AssertRefused(lie, "a network of 3.2 GB");
        process.Refresh();
        Assert.True(process.PeakWorkingSet64 - before < 200_000_000, $"{process.PeakWorkingSet64 - before} bytes more");
    }

    private string SmallModel()
    {
        IDataView data = _ml.View(50);
        using VaeTransformer model = TestRows.Fit(_ml, data, options => options.NumberOfEpochs = 1);
        return Save(model, data.Schema, "small.zip");
    }

    private string Save(ITransformer model, DataViewSchema schema, string file)
    {
        string path = Path.Combine(_folder, file);
        _ml.Model.Save(model, schema, path);
        return path;
    }

    private Exception AssertRefused(byte[] content, string what)
    {
        Exception? error = Record.Exception(() => _ml.Model.Load(new MemoryStream(content), out _));
        Assert.True(error is not null, $"loaded with {what}");
        // ML.NET wraps the errors of components, once per nesting.
        while (error is TargetInvocationException or InvalidOperationException { InnerException: TargetInvocationException })
        {
            error = error.InnerException!;
        }
        Assert.True(error is FormatException or InvalidDataException or IOException, $"{what}: {error}");
        return error;
    }

    private bool LoadsToTheSameModel(string path, string name, byte[] entry)
    {
        IDataView data = _ml.View(20);
        try
        {
            ITransformer damaged = _ml.Model.Load(new MemoryStream(WithEntry(path, name, entry)), out _);
            TestRows.AssertEqual(_ml.Outputs(_ml.Model.Load(path, out _).Transform(data)), _ml.Outputs(damaged.Transform(data)), 0);
            return true;
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            return false;
        }
    }

    // Every entry's name and content; the archive also holds the time of writing.
    private static string Entries(string path)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        // The history says how fast training was, and Model.key has its checksum.
        return string.Join("\n", archive.Entries.Where(entry => entry.Name is not "history.json" and not "Model.key").OrderBy(entry => entry.FullName, StringComparer.Ordinal).Select(entry =>
        {
            using Stream stream = entry.Open();
            return $"{entry.FullName} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(stream))}";
        }));
    }

    private static byte[] EntryOf(string path, string name)
    {
        using ZipArchive archive = ZipFile.OpenRead(path);
        using Stream stream = OurEntry(archive, name).Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    // The folder with the weights is ours; the other Model.key is the chain's.
    private static ZipArchiveEntry OurEntry(ZipArchive archive, string name)
    {
        string weights = archive.Entries.Single(entry => entry.Name == "weights.safetensors" || entry.FullName.EndsWith("weights.safetensors", StringComparison.Ordinal)).FullName;
        return archive.GetEntry(weights.Replace("weights.safetensors", name, StringComparison.Ordinal))!;
    }

    private static byte[] WithEntry(string path, string name, byte[] content)
    {
        var copy = new MemoryStream();
        copy.Write(File.ReadAllBytes(path));
        using (var archive = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            Replace(archive, name, content);
        }
        return copy.ToArray();
    }

    // Model.key ends in the two checksums: a forger would write them too.
    private static byte[] WithCheckedEntry(string path, string name, byte[] content)
    {
        byte[] key = EntryOf(path, "Model.key");
        byte[] old = System.Security.Cryptography.SHA256.HashData(EntryOf(path, name));
        int position = key.AsSpan().IndexOf(old);
        Assert.True(position > 0);
        System.Security.Cryptography.SHA256.HashData(content).CopyTo(key, position);
        var copy = new MemoryStream();
        copy.Write(File.ReadAllBytes(path));
        using (var archive = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            Replace(archive, name, content);
            Replace(archive, "Model.key", key);
        }
        return copy.ToArray();
    }

    private static void Replace(ZipArchive archive, string name, byte[] content)
    {
        ZipArchiveEntry entry = OurEntry(archive, name);
        string fullName = entry.FullName;
        if (name == "weights.safetensors")
        {
            using Stream stream = entry.Open();
            stream.SetLength(0);
            stream.Write(content);
            return;
        }
        entry.Delete();
        using Stream created = archive.CreateEntry(fullName).Open();
        created.Write(content);
    }
}
