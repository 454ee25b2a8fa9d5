using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using SampleReader;

namespace Vae.MLNet.Tests;

/// <summary>The decoder is a transformer of its own: a latent column in, the columns of training out.</summary>
[Collection(nameof(SampledModels))]
public sealed class DecoderTests(SampledModels models) : IDisposable
{
    private readonly MLContext _ml = models.Table.Ml;
    private readonly VaeTransformer _model = models.Table.Model;
    private readonly SampledKinds _kinds = models.Kinds;
    private readonly string _folder = Directory.CreateTempSubdirectory("vae decoder ü ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_adds_the_columns_of_training_behind_the_latents()
    {
        VaeDecoder decoder = _model.CreateDecoder("Z");
        Assert.Equal(("Z", VaeDecoding.Mean, null, true), (decoder.LatentColumnName, decoder.Decoding, decoder.LabelColumnName, decoder.IsRowToRowMapper));
        Assert.Equal(SampledTable.Columns, decoder.OutputColumnNames);
        IDataView latents = Latents([1, 2, 3], [-1, 0, 1]);
        DataViewSchema schema = decoder.Transform(latents).Schema;
        Assert.Equal(["Z", .. SampledTable.Columns], schema.Select(column => column.Name));
        Assert.Equal(schema.Select(column => (column.Name, column.Type)), decoder.GetOutputSchema(latents.Schema).Select(column => (column.Name, column.Type)));
        Assert.All(SampledTable.Columns, name => Assert.Equal(models.Table.Prepared.Schema[name].Type, schema[name].Type));
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Pair"].GetSlotNames(ref names);
        Assert.Equal(["Left", "Right"], names.DenseValues().Select(name => $"{name}"));
        Assert.True(schema["Word"].HasKeyValues() && schema["Code"].HasKeyValues(NumberDataViewType.Int32) && !schema["Bare"].HasKeyValues());
        // That of the model reads its column of latent means.
        Assert.Equal(("Latent", VaeDecoding.Mean), (_model.Decoder.LatentColumnName, _model.Decoder.Decoding));
    }

    [Fact]
    public void Behind_the_encoder_it_hides_the_inputs_by_what_is_left_of_them()
    {
        TransformerChain<VaeDecoder> chain = _model.Append(_model.Decoder);
        IDataView view = chain.Transform(models.Table.Prepared);
        float[][] latents = view.VectorsOf("Latent");
        var decoded = new float[latents.Length * _model.InputSize];
        _model.Decode([.. latents.SelectMany(latent => latent)], decoded);
        TestRows.AssertClose([.. decoded.Chunk(_model.InputSize).Select(row => row[1])], view.ValuesOf<float>("Amount"), 1e-5f);
        float[] given = models.Table.Prepared.ValuesOf<float>("Amount");
        double deviation = Math.Sqrt(given.Select(value => Math.Pow(value - given.Average(), 2)).Average());
        Assert.True(Math.Sqrt(given.Zip(view.ValuesOf<float>("Amount"), (a, b) => Math.Pow(a - b, 2)).Average()) < 0.4 * deviation);
        // Columns of others stay.
        Assert.Equal(models.Table.Rows.Select(row => row.Note), view.ValuesOf<ReadOnlyMemory<char>>("Note").Select(note => note.ToString()));
    }

    [Fact]
    public void Draws_of_a_latent_average_to_its_mean()
    {
        const int count = 4000;
        float[] latent = [0.5f, -1, 0.2f];
        IDataView latents = Latents([.. Enumerable.Repeat(latent, count)]);
        SampledOutput mean = _ml.Data.CreateEnumerable<SampledOutput>(_model.CreateDecoder("Z").Transform(Latents(latent)), reuseRowObject: false).Single();
        IDataView view = _model.CreateDecoder("Z", VaeDecoding.Draw, seed: 4).Transform(latents);
        SampledOutput[] draws = [.. _ml.Data.CreateEnumerable<SampledOutput>(view, reuseRowObject: false)];
        void AssertMean(double expected, Func<SampledOutput, double> value)
        {
            double average = draws.Average(value);
            double deviation = Math.Sqrt(draws.Average(row => Math.Pow(value(row) - average, 2)));
            Assert.True(deviation > 0);
            Assert.Equal(expected, average, 4.5 * deviation / Math.Sqrt(count));
        }

        AssertMean(mean.Amount, row => row.Amount);
        AssertMean(mean.Time, row => row.Time);
        AssertMean(mean.Large, row => row.Large);
        AssertMean(mean.Pair[0], row => row.Pair[0]);
        var decoded = new float[_model.InputSize];
        _model.Decode(latent, decoded);
        // A Boolean and a category come as often as they are probable.
        AssertMean(decoded[2], row => row.Flag ? 1 : 0);
        double probability = decoded[4];
        Assert.Equal(probability, draws.Count(row => row.Word == 1) / (double)count, 4.5 * Math.Sqrt(probability * (1 - probability) / count) + 1e-9);
    }

    [Fact]
    public void Draws_belong_to_row_and_seed()
    {
        IDataView latents = Latents([.. Enumerable.Range(0, 700).Select(row => (float[])[MathF.Sin(row), 0, 1])]);
        string[] Drawn(int? seed) => RowBits.Of(_model.CreateDecoder("Z", VaeDecoding.Draw, seed).Transform(latents), SampledTable.Columns);
        Assert.Equal(Drawn(4), Drawn(4));
        Assert.Equal(Drawn(null), Drawn(null));
        Assert.Empty(Drawn(4).Intersect(Drawn(5)));
        Assert.Equal(SampledTable.Seed, _model.CreateDecoder("Z").Seed);
        Assert.Equal(9, _model.CreateDecoder("Z", seed: 9).Seed);
        IDataView view = _model.CreateDecoder("Z", VaeDecoding.Draw, 4).Transform(_ml.Data.Cache(latents));
        float[] expected = view.ValuesOf<float>("Amount");
        TestRows.AssertClose([.. expected.Order()], [.. view.GetRowCursorSet([view.Schema["Amount"]], 3).SelectMany(cursor => ColumnValues.ValuesOf<float>(cursor, "Amount")).Order()], 1e-5f);
        Assert.Equal(expected.Distinct().Count(), expected.Length);
    }

    [Fact]
    public void Only_what_is_needed_is_asked_for()
    {
        var source = new CountingView(_model.Transform(models.Table.Prepared));
        IDataView view = _model.Decoder.Transform(source);
        Assert.Equal(0, source.CursorsOpened);
        foreach ((string asked, string[] expected) in new[] { ("Amount", new[] { "Latent" }), ("Note", ["Note"]) })
        {
            using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[asked]]);
            Assert.True(cursor.MoveNext());
            Assert.Equal(expected, source.LastColumns);
        }
    }

    [Fact]
    public void A_prediction_engine_decodes()
    {
        using PredictionEngine<LatentRow, SampledOutput> engine = _ml.Model.CreatePredictionEngine<LatentRow, SampledOutput>(_model.CreateDecoder("Z"), new PredictionEngineOptions { OwnsTransformer = false });
        var decoded = new float[_model.InputSize];
        for (int row = 0; row < 50; row++)
        {
            float[] latent = [MathF.Sin(row), MathF.Cos(3 * row), row / 25f - 1];
            _model.Decode(latent, decoded);
            SampledOutput found = engine.Predict(new LatentRow { Z = latent });
            TestRows.AssertClose([decoded[1], decoded[17], decoded[18]], [found.Amount, .. found.Pair], 1e-5f);
            Assert.Equal(decoded[2] > 0.5f, found.Flag);
            Assert.Equal(decoded[4..7].Max(), decoded[3 + (int)found.Word]);
        }
    }

    [Fact]
    public async Task A_chain_with_a_decoder_is_loaded_by_a_process_that_registers_nothing()
    {
        TestRow[] rows = TestRows.Make(300);
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using VaeTransformer model = TestRows.Fit(_ml, data, options => options.ReconstructionColumnName = null);
        // What ModelReader calls the reconstruction is here a draw from the decoder.
        ITransformer copy = _ml.Transforms.CopyColumns("Reconstruction", "Features").Fit(data);
        var chain = new TransformerChain<ITransformer>(model, model.CreateDecoder("Latent", VaeDecoding.Draw, seed: 11), copy);
        string modelPath = Path.Combine(_folder, "model.zip");
        _ml.Model.Save(chain, data.Schema, modelPath);
        string rowsPath = Path.Combine(_folder, "rows.f32");
        File.WriteAllBytes(rowsPath, MemoryMarshal.AsBytes<float>([.. rows.SelectMany(row => row.Features)]).ToArray());

        static string Bits(string how, TestOutput output) =>
            $"{how} {Convert.ToHexString(MemoryMarshal.AsBytes<float>([.. output.Latent, .. output.LogVariance, .. output.Draw, .. output.Reconstruction, output.Score]))}";
        using var engine = _ml.Model.CreatePredictionEngine<TestRow, TestOutput>(chain, new PredictionEngineOptions { OwnsTransformer = false });
        TestOutput[] outputs = _ml.Outputs(chain.Transform(data));
        Assert.NotEqual(rows[0].Features, outputs[0].Reconstruction);
        string[] expected = [.. outputs.Select(output => Bits("transform", output)), .. rows.Select(row => Bits("engine", engine.Predict(row)))];

        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ModelReader.dll"), modelPath, rowsPath]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal(expected, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_decoder_alone_goes_through_a_file_with_all_its_settings()
    {
        IDataView latents = Latents([.. Enumerable.Range(0, 300).Select(row => (float[])[MathF.Sin(row), 0, 1])]);
        VaeDecoder decoder = _model.CreateDecoder("Z", VaeDecoding.Draw, seed: 12);
        string first = Path.Combine(_folder, "decoder.zip");
        _ml.Model.Save(decoder, latents.Schema, first);
        ITransformer loaded = new MLContext().Model.Load(first, out DataViewSchema schema);
        using VaeDecoder again = loaded as VaeDecoder ?? Assert.IsType<VaeDecoder>(((IEnumerable<ITransformer>)loaded).Single());
        Assert.Equal(("Z", VaeDecoding.Draw, 12), (again.LatentColumnName, again.Decoding, again.Seed));
        Assert.Equal(SampledTable.Columns, again.OutputColumnNames);
        Assert.Equal(RowBits.Of(decoder.Transform(latents)), RowBits.Of(again.Transform(latents)));
        string second = Path.Combine(_folder, "again.zip");
        _ml.Model.Save(loaded, schema, second);
        Assert.Equal(Exactly.Entries(first), Exactly.Entries(second));
    }

    [Fact]
    public void A_conditional_decoder_reads_the_label()
    {
        VaeDecoder decoder = _kinds.ByNumber.CreateDecoder("Z");
        Assert.Equal("Number", decoder.LabelColumnName);
        IDataView View(params uint[] numbers) => _ml.Data.LoadFromEnumerable(numbers.Select(number => new LabelledLatent { Z = [0.5f, -0.5f], Number = number }));
        float[] x = decoder.Transform(View(0, 1, 2)).ValuesOf<float>("X");
        var decoded = new float[9];
        _kinds.ByNumber.Decode([0.5f, -0.5f, 0.5f, -0.5f, 0.5f, -0.5f], [1, 2, 3], decoded);
        TestRows.AssertClose([decoded[0], decoded[3], decoded[6]], x, 1e-5f);
        Assert.Equal(SampledKinds.Centres[2], x[2], 1.5);
        Assert.Equal(["Z", "Number", "X", "Y", "W"], decoder.GetOutputSchema(View(0).Schema).Select(column => column.Name));

        var missing = Assert.Throws<InvalidOperationException>(() => decoder.Transform(View(0, uint.MaxValue)).ValuesOf<float>("X"));
        Assert.Contains("Label column 'Number', row 1: found a missing value, wanted a category", missing.Message);
        var unseen = Assert.Throws<InvalidOperationException>(() => decoder.Transform(View(0, 1, 3)).ValuesOf<float>("X"));
        Assert.Contains("Column 'Number', row 2: found category 4, which no training row had", unseen.Message);
        var none = Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Transform(_ml.Data.LoadFromEnumerable([new LatentPair()])));
        Assert.Contains("Could not find label column 'Number'", none.Message);
        // Other categories than those of training are not taken for them.
        IDataView other = _ml.Transforms.Conversion.MapValueToKey("Kind").Fit(Kinds("c", "b", "a")).Transform(Kinds("c", "b", "a"));
        Assert.Contains("key 1 is 'c'", Assert.Throws<ArgumentOutOfRangeException>(() => _kinds.ByKind.CreateDecoder("Z").GetOutputSchema(other.Schema)).Message);

        IDataView Kinds(params string[] kinds) => _ml.Data.LoadFromEnumerable(kinds.Select(kind => new KindLatent { Kind = kind }));
    }

    [Fact]
    public void A_latent_column_that_is_none_is_named_before_any_row_is_read()
    {
        var source = new CountingView(models.Table.Prepared);
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => _model.CreateDecoder("Z").Transform(source));
        Assert.Contains("Could not find latent column 'Z'", missing.Message);
        foreach (string name in new[] { "Amount", "Pair", "Note" })
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(() => _model.CreateDecoder(name).GetRowToRowMapper(source.Schema));
            Assert.Contains($"latent column '{name}'", error.Message);
            Assert.Contains("expected Vector<Single, 3>, the model's latent", error.Message);
            Assert.Contains($"{source.Schema[name].Type}", error.Message);
            Assert.Throws<ArgumentOutOfRangeException>(() => _model.CreateDecoder(name).GetOutputSchema(source.Schema));
        }
        Assert.Equal(0, source.CursorsOpened);
        Assert.Throws<ArgumentException>(() => _model.CreateDecoder(" "));
        Assert.Throws<ArgumentNullException>(() => _model.CreateDecoder(null!));
        Assert.Contains("Mean, Draw", Assert.Throws<ArgumentOutOfRangeException>(() => _model.CreateDecoder("Z", (VaeDecoding)7)).Message);
        Assert.Throws<ArgumentNullException>(() => _model.Decoder.Transform(null!));
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.NegativeInfinity, "-Infinity")]
    public void A_latent_that_is_not_finite_is_named_with_its_row(float value, string found)
    {
        float[][] latents = [.. Enumerable.Repeat(new float[3], 400)];
        latents[321] = [0, value, 0];
        var error = Assert.Throws<InvalidOperationException>(() => _model.CreateDecoder("Z").Transform(Latents(latents)).ValuesOf<float>("Amount"));
        Assert.Equal($"Latent column 'Z', row 321: found {found}, wanted finite numbers.", error.Message);
        using var engine = _ml.Model.CreatePredictionEngine<LatentRow, SampledOutput>(_model.CreateDecoder("Z"), new PredictionEngineOptions { OwnsTransformer = false });
        Assert.Contains($"found {found}", Assert.Throws<InvalidOperationException>(() => engine.Predict(new LatentRow { Z = latents[321] })).Message);
        Assert.Single(_model.CreateDecoder("Z").Transform(Latents([0, 0, 0])).ValuesOf<float>("Amount"));
    }

    [Fact]
    public void A_decoder_of_a_model_lives_as_long_as_it_and_a_loaded_one_owns_its_memory()
    {
        VaeTransformer model = _kinds.Fit(options => options.NumberOfEpochs = 1);
        IDataView data = model.Transform(_kinds.Prepared);
        VaeDecoder shared = model.Decoder;
        string path = Path.Combine(_folder, "decoder.zip");
        _ml.Model.Save(shared, data.Schema, path);
        // Disposing it is nothing to its model.
        shared.Dispose();
        float[] x = shared.Transform(data).ValuesOf<float>("X");
        IDataView view = shared.Transform(_ml.Data.Cache(data));
        Assert.Equal(x, view.ValuesOf<float>("X"));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => view.ValuesOf<float>("X"));
        Assert.Throws<ObjectDisposedException>(() => shared.Transform(data));
        Assert.Throws<ObjectDisposedException>(() => shared.GetOutputSchema(data.Schema));
        Assert.Throws<ObjectDisposedException>(() => _ml.Model.Save(shared, data.Schema, Stream.Null));

        IDataView latents = _ml.Data.LoadFromEnumerable([new NamedLatent()]);
        ITransformer loaded = _ml.Model.Load(path, out _);
        IDataView again = loaded.Transform(latents);
        Assert.Single(again.ValuesOf<float>("X"));
        ((IDisposable)loaded).Dispose();
        Assert.Throws<ObjectDisposedException>(() => again.ValuesOf<float>("X"));
    }

    private IDataView Latents(params float[][] latents) => _ml.Data.LoadFromEnumerable(latents.Select(latent => new LatentRow { Z = latent }));

    private sealed class LatentRow
    {
        [VectorType(3)]
        public float[] Z { get; set; } = [];
    }

    private sealed class LabelledLatent
    {
        [VectorType(2)]
        public float[] Z { get; set; } = [];

        [KeyType(4)]
        public uint Number { get; set; }
    }

    private sealed class LatentPair
    {
        [VectorType(2)]
        public float[] Z { get; set; } = new float[2];
    }

    private sealed class NamedLatent
    {
        [VectorType(2)]
        public float[] Latent { get; set; } = new float[2];
    }

    private sealed class KindLatent
    {
        [VectorType(2)]
        public float[] Z { get; set; } = new float[2];

        public string Kind { get; set; } = "";
    }
}
