using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>What is saved, loaded and saved again is the same file, of models and of samplers, and what was loaded says the same of rows.</summary>
internal sealed class FileProperty : Property
{
    private long _models;
    private long _samplers;
    private long _values;

    public override string Kind => "random models: saved, loaded, saved";

    public override string Seen => string.Create(CultureInfo.InvariantCulture, $"{_models:N0} model files and {_samplers:N0} sampler files the same byte for byte; {_values:N0} values of rows the same to the last bit");

    public override void Try(Case tried)
    {
        using var trained = new TrainedCase(tried);
        byte[] first = Saved(trained.Ml, trained.Model, trained.Others.Schema);
        ITransformer loaded = trained.Ml.Model.Load(new MemoryStream(first), out DataViewSchema schema);
        using var memory = (IDisposable)loaded;
        byte[] second = Saved(trained.Ml, loaded, schema);
        Require(first.AsSpan().SequenceEqual(second) || Entries(first).SequenceEqual(Entries(second)), "the model's second file is another than the first");
        _models++;

        IDataView before = trained.Model.Transform(trained.Others);
        IDataView after = loaded.Transform(trained.Others);
        Require(before.Schema.Select(column => (column.Name, $"{column.Type}")).SequenceEqual(after.Schema.Select(column => (column.Name, $"{column.Type}"))), "the loaded model has other columns");
        Dictionary<DataViewRowId, object[]> expected = ReadRow.All([before.GetRowCursor(before.Schema)], before.Schema);
        foreach ((DataViewRowId id, object[] values) in ReadRow.All([after.GetRowCursor(after.Schema)], after.Schema))
        {
            for (int i = 0; i < values.Length; i++)
            {
                Require(Cells.AreSame(expected[id][i], values[i]), $"the loaded model says {Cells.Text(values[i])} in column '{after.Schema[i].Name}' instead of {Cells.Text(expected[id][i])}");
                _values++;
            }
        }

        string folder = Directory.CreateTempSubdirectory("vae").FullName;
        try
        {
            foreach (VaeSampler sampler in Samplers.All(trained))
            {
                using (sampler)
                {
                    CheckSampler(sampler, folder);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void CheckSampler(VaeSampler sampler, string folder)
    {
        (string first, string second) = (Path.Combine(folder, "first"), Path.Combine(folder, "second"));
        sampler.Save(first);
        using (VaeSampler loaded = VaeSampler.Load(first))
        {
            loaded.Save(second);
        }
        Require(File.ReadAllBytes(first).AsSpan().SequenceEqual(File.ReadAllBytes(second)), $"the second file of the {sampler.GetType().Name} is another than the first");
        _samplers++;
    }

    private static byte[] Saved(MLContext ml, ITransformer model, DataViewSchema schema)
    {
        using var stream = new MemoryStream();
        ml.Model.Save(model, schema, stream);
        return stream.ToArray();
    }

    // A zip file may have the time in it.
    private static IEnumerable<string> Entries(byte[] file)
    {
        using var zip = new ZipArchive(new MemoryStream(file));
        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            using Stream stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return $"{entry.FullName} {Convert.ToHexString(bytes.ToArray())}";
        }
    }
}
