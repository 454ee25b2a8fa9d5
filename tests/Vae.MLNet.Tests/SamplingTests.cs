using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using SampleReader;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Tests;

/// <summary>New rows are rows of the training table: its columns, types, units and categories, for whatever comes next in a pipeline.</summary>
[Collection(nameof(SampledModels))]
public sealed class SamplingTests(SampledModels models)
{
    private const int RowCount = 3000;

    private readonly MLContext _ml = models.Table.Ml;
    private readonly SampledTable _table = models.Table;

    [Fact]
    public void Rows_have_the_training_columns_in_order_with_types_slot_names_and_key_values()
    {
        DataViewSchema schema = Rows().Schema;
        Assert.Equal(SampledTable.Columns, schema.Select(column => column.Name));
        foreach (DataViewSchema.Column column in schema)
        {
            DataViewSchema.Column given = _table.Prepared.Schema[column.Name];
            Assert.Equal(given.Type, column.Type);
            Assert.Equal(given.Annotations.Schema.Select(each => each.Name).Order(), column.Annotations.Schema.Select(each => each.Name).Order());
            Assert.Equal(Annotations(given), Annotations(column));
        }
        Assert.Equal("slots: Left, Right", Annotations(schema["Pair"]));
        Assert.Equal(["7", "42"], Annotations(schema["Code"])["keys: ".Length..].Split(", ").OrderBy(int.Parse));
        Assert.Equal("", Annotations(schema["Amount"]));
    }

    [Fact]
    public void Latents_are_one_more_column_if_they_are_named()
    {
        IDataView view = _ml.Data.SampleFromVae(_table.Model, 10, new VaeSamplingOptions { LatentColumnName = "Latent", Seed = 5 });
        Assert.Equal([.. SampledTable.Columns, "Latent"], view.Schema.Select(column => column.Name));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), view.Schema["Latent"].Type);
        Assert.Equal(RowBits.Of(Rows(10)), RowBits.Of(view, SampledTable.Columns));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(1025)]
    public void There_are_as_many_rows_as_are_asked_for(int count)
    {
        IDataView view = Rows(count);
        Assert.Equal(count, view.GetRowCount());
        Assert.Equal(count, view.ValuesOf<double>("Time").Length);
        Assert.Equal(count, Objects(view).Length);
        Assert.Equal(count, view.GetRowCursorSet(view.Schema, 3).Sum(cursor => ColumnValues.ValuesOf<bool>(cursor, "Flag").Length));
    }

    [Fact]
    public void Rows_become_objects()
    {
        SampledOutput[] rows = Objects(Rows());
        Assert.Equal(RowCount, rows.Length);
        Assert.Equal(Rows().ValuesOf<double>("Time"), rows.Select(row => row.Time));
        Assert.Equal(Rows().VectorsOf("Pair"), rows.Select(row => row.Pair));
    }

    [Fact]
    public void Rows_are_spread_like_those_of_training_in_their_units()
    {
        SampledOutput[] sampled = Objects(Rows());
        SampledOutput[] real = Objects(_table.Prepared);
        void AssertAlike(Func<SampledOutput, double> value)
        {
            double mean = real.Average(value);
            double deviation = Math.Sqrt(real.Average(row => Math.Pow(value(row) - mean, 2)));
            Assert.Equal(mean, sampled.Average(value), 0.25 * deviation);
            double found = Math.Sqrt(sampled.Average(row => Math.Pow(value(row) - mean, 2)));
            Assert.InRange(found / deviation, 0.75, 1.25);
        }

        AssertAlike(row => row.Amount);
        AssertAlike(row => row.Time);
        AssertAlike(row => row.Whole);
        AssertAlike(row => row.Level);
        AssertAlike(row => row.Large);
        AssertAlike(row => row.Small);
        AssertAlike(row => row.Size);
        AssertAlike(row => row.Pair[0]);
        AssertAlike(row => row.Pair[1]);
        Assert.Equal(real.Average(row => row.Flag ? 1.0 : 0), sampled.Average(row => row.Flag ? 1.0 : 0), 0.1);
        // And they hang together: Pair[1] is 5 - u, and Large u.
        double[] large = [.. sampled.Select(row => row.Large / 1e12)];
        Assert.InRange(sampled.Zip(large, (row, u) => Math.Abs(5 - row.Pair[1] - u)).Average(), 0, 0.15);
    }

    [Fact]
    public void Every_category_that_training_had_comes_and_no_other()
    {
        foreach (VaeDecoding decoding in Enum.GetValues<VaeDecoding>())
        {
            IDataView view = _ml.Data.SampleFromVae(_table.Model, RowCount, decoding: decoding, seed: 5);
            Assert.Equal([1u, 2u, 3u, 4u], view.ValuesOf<uint>("Bare").Distinct().Order());
            Assert.Equal([1u, 2u, 3u], view.ValuesOf<uint>("Word").Distinct().Order());
            Assert.Equal([1u, 2u], view.ValuesOf<uint>("Code").Distinct().Order());
            Assert.Equal([1, 2, 3, 4], view.ValuesOf<byte>("Quarter").Distinct().Select(key => (int)key).Order());
            Assert.Equal([false, true], view.ValuesOf<bool>("Flag").Distinct().Order());
        }
    }

    [Fact]
    public void A_value_that_many_rows_share_comes_as_often_and_exactly()
    {
        float[] spikes = Rows().ValuesOf<float>("Spike");
        Assert.Equal(_table.Rows.Count(row => row.Spike == 0) / (double)_table.Rows.Length, spikes.Count(value => value == 0) / (double)RowCount, 0.05);
        // Nothing lies between 0 and the smallest of the others: the line between the two is steep there.
        Assert.InRange(spikes.Count(value => value is > 0 and < 90), 0, RowCount / 100);
    }

    [Fact]
    public void Keys_go_back_to_their_values()
    {
        IDataView rows = Rows();
        IDataView back = _ml.Transforms.Conversion.MapKeyToValue("Text", "Word").Append(_ml.Transforms.Conversion.MapKeyToValue("Number", "Code")).Fit(rows).Transform(rows);
        string[] words = [.. back.ValuesOf<ReadOnlyMemory<char>>("Text").Select(text => text.ToString())];
        int[] codes = back.ValuesOf<int>("Number");
        Assert.Equal(["high", "low", "middle"], words.Distinct().Order(StringComparer.Ordinal));
        Assert.Equal([7, 42], codes.Distinct().Order());
        // The right ones: a row with code 42 has a low level, a high word a large amount.
        SampledOutput[] all = Objects(rows);
        double Mean(Func<int, bool> of, Func<SampledOutput, double> value) => Enumerable.Range(0, RowCount).Where(of).Average(row => value(all[row]));
        Assert.True(Mean(row => codes[row] == 42, row => row.Level) < 80 && Mean(row => codes[row] == 7, row => row.Level) > 120);
        Assert.True(Mean(row => words[row] == "low", row => row.Amount) < 4 && Mean(row => words[row] == "high", row => row.Amount) > 7);
    }

    [Fact]
    public void Rows_go_into_a_text_file_and_back()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("vae samples ").FullName, "rows.tsv");
        try
        {
            IDataView rows = Rows(300);
            using (FileStream stream = File.Create(path))
            {
                _ml.Data.SaveAsText(rows, stream, schema: false);
            }
            string[] lines = File.ReadAllLines(path);
            Assert.Equal(301, lines.Length);
            Assert.Equal(["Spike", "Amount", "Flag", "Time", "Word", "Whole", "Level", "Code", "Bare", "Left", "Right", "Large", "Small", "Size", "Quarter"], lines[0].Split('\t'));
            IDataView loaded = _ml.Data.LoadFromTextFile(path, [new("Amount", DataKind.Single, 1), new("Time", DataKind.Double, 3), new("Whole", DataKind.Int32, 5), new("Large", DataKind.Int64, 11)], hasHeader: true);
            Assert.Equal(rows.ValuesOf<float>("Amount"), loaded.ValuesOf<float>("Amount"));
            Assert.Equal(rows.ValuesOf<double>("Time"), loaded.ValuesOf<double>("Time"));
            Assert.Equal(rows.ValuesOf<int>("Whole"), loaded.ValuesOf<int>("Whole"));
            Assert.Equal(rows.ValuesOf<long>("Large"), loaded.ValuesOf<long>("Large"));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Another_model_is_trained_on_the_rows()
    {
        IDataView rows = Rows(600);
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(SampledTable.Options(options => options.NumberOfEpochs = 3)).Fit(rows);
        Assert.Equal(_table.Model.InputColumns.Select(column => column.Name), model.InputColumns.Select(column => column.Name));
        Assert.True(model.History[2].Loss < model.History[0].Loss);
        // Of real rows it thinks in the same keys.
        Assert.Equal(_table.Rows.Length, model.Transform(_table.Prepared).VectorsOf("Latent").Length);
    }

    [Fact]
    public void Nothing_is_missing_where_training_rows_had_holes()
    {
        SampledRow[] holed = SampledRow.Make(400);
        for (int row = 0; row < holed.Length; row += 3)
        {
            (holed[row].Amount, holed[row].Time, holed[row].Bare, holed[row].Left, holed[row].Quarter) = (float.NaN, double.NaN, uint.MaxValue, float.NaN, byte.MaxValue);
        }
        IDataView data = _ml.Data.LoadFromEnumerable(holed);
        IDataView prepared = _table.Preparation.Fit(data).Transform(data);
        Assert.Contains(0u, prepared.ValuesOf<uint>("Bare"));
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(SampledTable.Options(options => options.NumberOfEpochs = 2)).Fit(prepared);
        SampledOutput[] rows = Objects(_ml.Data.SampleFromVae(model, RowCount, seed: 5));
        Assert.All(rows, row => Assert.True(float.IsFinite(row.Amount) && double.IsFinite(row.Time) && row.Pair.All(float.IsFinite) && row.Bare is >= 1 and <= 4 && row.Quarter is >= 1 and <= 4));
    }

    [Fact]
    public void Means_are_what_decode_says_of_the_latents()
    {
        IDataView view = _ml.Data.SampleFromVae(_table.Model, 600, new VaeSamplingOptions { Decoding = VaeDecoding.Mean, LatentColumnName = "Z", Seed = 5 });
        SampledOutput[] rows = Objects(view);
        float[][] latents = view.VectorsOf("Z");
        int width = _table.Model.InputSize;
        var decoded = new float[600 * width];
        _table.Model.Decode([.. latents.SelectMany(latent => latent)], decoded);
        for (int row = 0; row < 600; row++)
        {
            // In the order of the columns: Spike, Amount, Flag, Time, Word (3), Whole, Level, Code (2), Bare (6), Pair (2), Large, Small, Size, Quarter (4).
            float[] expected = decoded[(row * width)..((row + 1) * width)];
            SampledOutput found = rows[row];
            TestRows.AssertClose([.. expected[..2], .. expected[17..19]], [found.Spike, found.Amount, .. found.Pair], 1e-5f);
            Assert.Equal(expected[3], found.Time, 200.0);
            Assert.Equal(expected[7], found.Whole, 0.501);
            Assert.Equal(Math.Clamp(expected[8], 0, 255), found.Level, 0.501);
            Assert.Equal(expected[19], found.Large, 1e6);
            Assert.Equal(expected[20], found.Small, 0.6);
            Assert.Equal(Math.Max(0, expected[21]), found.Size, 1.0);
            Assert.Equal(expected[22..26].Max(), expected[21 + found.Quarter]);
            Assert.Equal(expected[2] > 0.5, found.Flag);
            Assert.Equal(expected[4..7].Max(), expected[3 + (int)found.Word]);
            Assert.Equal(expected[9..11].Max(), expected[8 + (int)found.Code]);
            Assert.Equal(expected[11..15].Max(), expected[10 + (int)found.Bare]);
        }
    }

    [Fact]
    public void Draws_are_of_the_same_latents_as_means_and_vary_more()
    {
        IDataView Sampled(VaeDecoding decoding) => _ml.Data.SampleFromVae(_table.Model, RowCount, new VaeSamplingOptions { Decoding = decoding, LatentColumnName = "Z", Seed = 5 });
        IDataView means = Sampled(VaeDecoding.Mean);
        IDataView draws = Sampled(VaeDecoding.Draw);
        Assert.Equal(RowBits.Of(means, "Z"), RowBits.Of(draws, "Z"));
        float[] mean = means.ValuesOf<float>("Amount");
        float[] draw = draws.ValuesOf<float>("Amount");
        double[] noise = [.. draw.Zip(mean, (left, right) => (double)left - right)];
        double deviation = Math.Sqrt(noise.Average(value => value * value));
        Assert.True(deviation > 0.01, $"the noise of draws is {deviation}");
        Assert.Equal(0, noise.Average(), 4 * deviation / Math.Sqrt(RowCount));
        // It is the noise of p(x|z), normal, not the latent's once more.
        Assert.Equal(0.683, noise.Count(value => Math.Abs(value) < deviation) / (double)RowCount, 0.04);
    }

    [Fact]
    public void A_chain_is_sampled_from_fitted_or_loaded_in_the_units_that_reach_the_autoencoder()
    {
        var estimator = _ml.Transforms.NormalizeMinMax("Pair")
            .Append<ITransformer>(_ml.Transforms.VariationalAutoencoder(SampledTable.Options(options => (options.InputColumns, options.NumberOfEpochs) = (["Pair", "Word"], 3))))
            .Append<ITransformer>(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Word", "Latent"));
        using TransformerChain<ITransformer> chain = estimator.Fit(_table.Prepared);
        IDataView rows = _ml.Data.SampleFromVae(chain, 500, seed: 5);
        Assert.Equal(["Pair", "Word"], rows.Schema.Select(column => column.Name));
        // As a share of the largest: not undone.
        Assert.InRange(rows.VectorsOf("Pair").Average(pair => pair[1]), 0.8, 1);

        ITransformer loaded = _ml.SavedAndLoaded(chain, _table.Prepared.Schema);
        using var owner = (IDisposable)loaded;
        Assert.Equal(RowBits.Of(rows), RowBits.Of(new MLContext().Data.SampleFromVae(loaded, 500, seed: 5)));
        Assert.Equal(RowBits.Of(rows), RowBits.Of(_ml.Data.SampleFromVae(chain.OfType<VaeTransformer>().Single(), 500, seed: 5)));
        // What comes after the model goes on from here.
        IDataView scored = chain.LastTransformer.Transform(chain.OfType<VaeTransformer>().Single().Transform(rows));
        Assert.Equal(500, scored.ValuesOf<uint>("PredictedLabel").Length);
    }

    private IDataView Rows(long count = RowCount) => _ml.Data.SampleFromVae(_table.Model, count, seed: 5);

    private SampledOutput[] Objects(IDataView view) => [.. _ml.Data.CreateEnumerable<SampledOutput>(view, reuseRowObject: false)];

    private static string Annotations(DataViewSchema.Column column)
    {
        List<string> found = [];
        if (column.HasSlotNames())
        {
            VBuffer<ReadOnlyMemory<char>> names = default;
            column.GetSlotNames(ref names);
            found.Add("slots: " + string.Join(", ", names.DenseValues()));
        }
        if (column.HasKeyValues())
        {
            VBuffer<ReadOnlyMemory<char>> values = default;
            column.GetKeyValues(ref values);
            found.Add("keys: " + string.Join(", ", values.DenseValues()));
        }
        else if (column.HasKeyValues(NumberDataViewType.Int32))
        {
            VBuffer<int> values = default;
            column.GetKeyValues(ref values);
            found.Add("keys: " + string.Join(", ", values.DenseValues().Select(value => value.ToString(CultureInfo.InvariantCulture))));
        }
        return string.Join("; ", found);
    }
}
