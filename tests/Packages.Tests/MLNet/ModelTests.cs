using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public sealed class ModelTests : IDisposable
{
    private static readonly MLContext ML = new(1);
    private readonly string _path = Path.GetTempFileName();

    private static IDataView Data => ML.Data.LoadFromEnumerable(Enumerable.Range(0, 30).Select(i => new Row { A = i, B = i % 4, V = [i, -i, i % 3], Name = i % 3 == 0 ? "x" : "y" }));

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Every_transformer_comes_back_and_does_the_same()
    {
        var model = ML.Transforms.Conversion.MapValueToKey([new("Label", "Name"), new("KB", "B")])
            .Append(ML.Transforms.CopyColumns("C", "A"))
            .Append(ML.Transforms.Concatenate("F", "C", "V"))
            .Append(ML.Transforms.NormalizeMinMax("F"))
            .Append(ML.Transforms.NormalizeMeanVariance("G", "F", fixZero: false))
            .Append(ML.Transforms.NormalizeMinMax([new("A"), new("V")], fixZero: false))
            .Append(ML.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "G"))
            .Append(ML.Transforms.Conversion.MapKeyToValue("Back", "PredictedLabel"))
            .Append(ML.Transforms.DropColumns("C"))
            .Append(ML.Transforms.SelectColumns("F", "G", "V", "Score", "Back", "KB")).Fit(Data);
        ML.Model.Save(model, Data.Schema, _path);
        var loaded = new MLContext(2).Model.Load(_path, out var schema);

        Assert.Equal(Data.Schema.Select(column => column.ToString()), schema.Select(column => column.ToString()));
        var before = model.Transform(Data);
        var after = loaded.Transform(Data);
        Assert.Equal(before.Schema.Select(column => column.Name), after.Schema.Select(column => column.Name));
        Assert.Equal(before.Schema.Select(column => column.Type), after.Schema.Select(column => column.Type));
        foreach (string column in new[] { "F", "G", "V", "Score" })
        {
            Assert.Equal(Table.Vectors<float>(before, column), Table.Vectors<float>(after, column));
        }
        Assert.Equal(Table.Texts(before, "Back"), Table.Texts(after, "Back"));
        Assert.Equal(Table.Values<uint>(before, "KB"), Table.Values<uint>(after, "KB"));
        Assert.Equal(Table.SlotNames(before.Schema["F"]), Table.SlotNames(after.Schema["F"]));
        Assert.Equal(["x", "y"], Table.SlotNames(after.Schema["Score"]));
        var chain = Assert.IsType<TransformerChain<ITransformer>>(loaded);
        Assert.Equal(model.Select(transformer => transformer.GetType()), chain.Select(transformer => transformer.GetType()));
    }

    [Fact]
    public void The_input_schema_keeps_keys_sizes_and_annotations()
    {
        var keyed = ML.Transforms.Conversion.MapValueToKey("K", "Name").Append(ML.Transforms.Concatenate("F", "A", "B")).Fit(Data).Transform(Data);
        using var stream = new MemoryStream();
        ML.Model.Save(ML.Transforms.CopyColumns("Z", "A").Fit(keyed), keyed.Schema, stream);
        stream.Position = 0;
        ML.Model.Load(stream, out var schema);
        Assert.Equal(keyed.Schema["K"].Type, schema["K"].Type);
        Assert.Equal(["x", "y"], Table.KeyValues(schema["K"]));
        Assert.Equal(["A", "B"], Table.SlotNames(schema["F"]));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), schema["V"].Type);
    }

    [Fact]
    public void A_model_without_a_schema_has_none()
    {
        using var stream = new MemoryStream();
        var copy = ML.Transforms.CopyColumns("Z", "A").Fit(Data);
        ML.Model.Save(copy, null, stream);
        stream.Position = 0;
        Assert.Equal(copy.GetType(), ML.Model.Load(stream, out var schema).GetType());
        Assert.Null(schema);
    }

    [Fact]
    public void Scopes_are_saved()
    {
        var model = ML.Transforms.CopyColumns("C", "A").Append(ML.Transforms.CopyColumns("D", "A"), TransformerScope.Training).Append(ML.Transforms.CopyColumns("E", "A")).Fit(Data);
        ML.Model.Save(model, Data.Schema, _path);
        Assert.Null(ML.Model.Load(_path, out _).GetOutputSchema(Data.Schema).GetColumnOrNull("D"));
    }

    [Fact]
    public void The_file_is_a_zip_with_an_entry_for_every_component()
    {
        ML.Model.Save(ML.Transforms.CopyColumns("C", "A").Append(ML.Transforms.NormalizeMinMax("C")).Fit(Data), Data.Schema, _path);
        using var archive = ZipFile.OpenRead(_path);
        string[] names = archive.Entries.Select(entry => entry.FullName.Replace('\\', '/')).ToArray();
        foreach (string name in new[] { "Schema", "TrainingInfo/Version.txt", "TransformerChain/Model.key", "TransformerChain/Transform_000/Model.key", "TransformerChain/Transform_001/Model.key" })
        {
            Assert.Contains(name, names);
        }
        using var header = new BinaryReader(archive.Entries.Single(entry => entry.FullName.EndsWith("Transform_000/Model.key", StringComparison.Ordinal)).Open());
        Assert.Equal("ML\0MODEL"u8.ToArray(), header.ReadBytes(8));
    }

    [Fact]
    public void A_component_from_outside_is_found_by_the_name_of_its_assembly()
    {
        var outside = new OutsideComponent(ML, "A", [1, 2, 3]);
        ML.Model.Save(new TransformerChain<ITransformer>(ML.Transforms.CopyColumns("C", "A").Fit(Data), outside), Data.Schema, _path);
        var loaded = new MLContext(9).Model.Load(_path, out _);
        var back = Assert.IsType<OutsideComponent>(((IEnumerable<ITransformer>)loaded).Last());
        Assert.Equal("A", back.Column);
        Assert.Equal([1, 2, 3], back.Bytes);
        Assert.Equal(new OutsideComponent(new MLContext(9), "A", []).Random, new OutsideComponent(new MLContext(9), "A", []).Random);
        Assert.Equal(Table.Values<float>(Data, "A"), Table.Values<float>(loaded.Transform(Data), "Outside"));
        using var archive = ZipFile.OpenRead(_path);
        Assert.Contains("TransformerChain/Transform_001/Payload.bin", archive.Entries.Select(entry => entry.FullName.Replace('\\', '/')));
    }

    [Fact]
    public void What_is_no_model_is_a_format_error()
    {
        File.WriteAllText(_path, "not a zip");
        Assert.Throws<FormatException>(() => ML.Model.Load(_path, out _));
        using var empty = new MemoryStream();
        using (new ZipArchive(empty, ZipArchiveMode.Create, leaveOpen: true))
        {
        }
        empty.Position = 0;
        Assert.Throws<InvalidOperationException>(() => ML.Model.Load(empty, out _));
    }

    [Fact]
    public void A_damaged_entry_is_noticed_wherever_its_header_is_changed()
    {
        var outside = new OutsideComponent(ML, "A", [1, 2, 3]);
        for (int at = 0; at < 0x9c; at += 4)
        {
            ML.Model.Save(outside, Data.Schema, _path);
            Damage("TransformerChain/Model.key", bytes => bytes[at] ^= 0x55);
            var error = Record.Exception(() => ML.Model.Load(_path, out _));
            // The versions, the spare bytes of the signature and its alternative may change without harm.
            Assert.True(error is null or FormatException or InvalidOperationException or IOException or ArgumentException or OverflowException, $"{at:x}: {error}");
            if (at is 0x00 or 0x10 or 0x18 or 0x20 or 0x40 or 0x50 or 0x80 or 0x88 or 0x90 or 0x98)
            {
                Assert.NotNull(error);
            }
        }
        ML.Model.Save(outside, Data.Schema, _path);
        Truncate("TransformerChain/Model.key");
        Assert.Throws<FormatException>(() => ML.Model.Load(_path, out _));
    }

    private void Damage(string name, Action<byte[]> change) => Rewrite(name, bytes =>
    {
        change(bytes);
        return bytes;
    });

    private void Truncate(string name) => Rewrite(name, bytes => bytes[..^9]);

    private void Rewrite(string name, Func<byte[], byte[]> change)
    {
        using var archive = ZipFile.Open(_path, ZipArchiveMode.Update);
        var entry = archive.Entries.Single(candidate => candidate.FullName.Replace('\\', '/') == name);
        using var stream = entry.Open();
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        byte[] changed = change(copy.ToArray());
        stream.Position = 0;
        stream.SetLength(changed.Length);
        stream.Write(changed);
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        [VectorType(3)]
        public float[]? V { get; set; }

        public string? Name { get; set; }
    }
}
