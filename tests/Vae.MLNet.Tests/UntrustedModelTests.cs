using System.IO.Compression;
using System.IO.Pipes;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;

namespace Vae.MLNet.Tests;

/// <summary>Model files from somebody who is not trusted. Many more of them: the reliability runs.</summary>
public sealed class UntrustedModelTests : IDisposable
{
    private const string Chain = "TransformerChain/Model.key";
    private readonly MLContext _ml = new(seed: 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("vae untrusted ü ").FullName;
    private readonly IDataView _data;
    private readonly string _path;

    public UntrustedModelTests()
    {
        _data = _ml.View(50);
        _path = Path.Combine(_folder, "model.zip");
        using var model = _ml.Transforms.NormalizeMinMax("Features").Append(_ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.NumberOfEpochs = 1))).Fit(_data);
        _ml.Model.Save(model, _data.Schema, _path);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_sound_model_is_what_ML_NET_loads()
    {
        ITransformer expected = _ml.Model.Load(_path, out DataViewSchema schema);
        ITransformer loaded = _ml.Model.LoadUntrusted(_path, out DataViewSchema? found);
        Assert.Equal(schema.Select(column => column.ToString()), found!.Select(column => column.ToString()));
        TestRows.AssertEqual(_ml.Outputs(expected.Transform(_data)), _ml.Outputs(loaded.Transform(_data)), 0);
        ITransformer streamed = _ml.Model.LoadUntrusted(new MemoryStream(File.ReadAllBytes(_path)), out _);
        TestRows.AssertEqual(_ml.Outputs(expected.Transform(_data)), _ml.Outputs(streamed.Transform(_data)), 0);
    }

    [Fact]
    public void Entries_may_take_no_more_than_is_allowed()
    {
        long needed;
        using (ZipArchive archive = ZipFile.OpenRead(_path))
        {
            needed = archive.Entries.Sum(entry => entry.Length);
        }
        ((IDisposable)_ml.Model.LoadUntrusted(_path, out _, needed)).Dispose();
        AssertRefused(_path, $"more than {needed - 1} bytes unpacked", needed - 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Model.LoadUntrusted(_path, out _, 0));
    }

    [Theory]
    [InlineData("TransformerChain/../../outside", "leads elsewhere")]
    [InlineData("/etc/outside", "leads elsewhere")]
    [InlineData("C:/outside", "leads elsewhere")]
    [InlineData("..\\outside", "leads elsewhere")]
    [InlineData("transformerchain\\MODEL.key", "there twice")]
    public void Names_that_lead_elsewhere_or_meet_are_refused(string name, string said) => AssertRefused(With(archive => Write(archive, name, [1])), said);

    [Fact]
    public void Chains_in_chains_do_not_end_the_process()
    {
        AssertRefused(
            With(archive =>
            {
                byte[] chain = Read(archive, Chain);
                foreach (ZipArchiveEntry entry in archive.Entries.Where(entry => entry.FullName.Contains("Transform_000", StringComparison.Ordinal)).ToArray())
                {
                    entry.Delete();
                }
                for (int depth = 1; depth < 60; depth++)
                {
                    Write(archive, "TransformerChain/" + string.Concat(Enumerable.Repeat("Transform_000/", depth)) + "Model.key", chain);
                }
            }),
            "too deep");
    }

    [Fact]
    public void A_damaged_part_of_ML_NET_is_noticed_by_its_checksum()
    {
        // Stored as it is, so that only the checksum tells.
        byte[] content = With(archive =>
        {
            const string normaliser = "TransformerChain/Transform_000/Model.key";
            byte[] key = Read(archive, normaliser);
            archive.GetEntry(normaliser)!.Delete();
            using Stream stream = archive.CreateEntry(normaliser, CompressionLevel.NoCompression).Open();
            stream.Write(key);
        });
        int numbers = content.AsSpan().IndexOf(Encoding.ASCII.GetBytes("TransformerChain/Transform_000/Model.key")) + 256 + 100;
        content[numbers] ^= 1;
        AssertRefused(content, "its length or its checksum is wrong");
    }

    [Fact]
    public void A_failure_within_the_model_says_what_the_model_says()
    {
        byte[] content = With(archive =>
        {
            string folder = archive.Entries.Single(entry => entry.FullName.EndsWith("config.json", StringComparison.Ordinal)).FullName[..^"config.json".Length];
            byte[] before = Read(archive, folder + "config.json");
            const string version = "\"formatVersion\": ";
            string later = Encoding.UTF8.GetString(before).Replace(version + "1", version + "3", StringComparison.Ordinal);
            byte[] after = Encoding.UTF8.GetBytes(later);
            byte[] key = Read(archive, folder + "Model.key");
            SHA256.HashData(after).CopyTo(key, key.AsSpan().IndexOf(SHA256.HashData(before)));
            Write(archive, folder + "config.json", after);
            Write(archive, folder + "Model.key", key);
        });
        AssertRefused(content, "The model has format version 3; this version of Vae.MLNet reads 1 to 2.");
    }

    [Fact]
    public void What_is_no_model_is_refused_by_name()
    {
        string text = Path.Combine(_folder, "notes ü.txt");
        File.WriteAllText(text, "no model");
        AssertRefused(text, $"The model '{text}' is damaged, of a later version, or no model");
        File.WriteAllText(text, "");
        AssertRefused(text, text);
        Assert.Throws<FileNotFoundException>(() => _ml.Model.LoadUntrusted(Path.Combine(_folder, "none.zip"), out _));
        using var pipe = new AnonymousPipeServerStream();
        Assert.Throws<ArgumentException>(() => _ml.Model.LoadUntrusted(pipe, out _));
    }

    private void AssertRefused(string path, string said, long most = 1L << 30) => Assert.Contains(said, Assert.Throws<FormatException>(() => _ml.Model.LoadUntrusted(path, out _, most)).Message, StringComparison.Ordinal);

    private void AssertRefused(byte[] content, string said)
    {
        string path = Path.Combine(_folder, "other.zip");
        File.WriteAllBytes(path, content);
        AssertRefused(path, said);
    }

    private byte[] With(Action<ZipArchive> change)
    {
        var copy = new MemoryStream();
        copy.Write(File.ReadAllBytes(_path));
        using (var archive = new ZipArchive(copy, ZipArchiveMode.Update, leaveOpen: true))
        {
            change(archive);
        }
        return copy.ToArray();
    }

    private static byte[] Read(ZipArchive archive, string name)
    {
        using Stream stream = archive.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }

    private static void Write(ZipArchive archive, string name, byte[] content)
    {
        archive.GetEntry(name)?.Delete();
        using Stream stream = archive.CreateEntry(name).Open();
        stream.Write(content);
    }
}
