using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A model of many typed columns inside pipelines, cursors, engines and files.</summary>
public sealed class TablePipelineTests(MixedModel mixed) : IClassFixture<MixedModel>, IDisposable
{
    private readonly MLContext _ml = mixed.Ml;
    private readonly string _folder = Directory.CreateTempSubdirectory("vae table ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Only_columns_that_are_needed_are_asked_for()
    {
        var source = new CountingView(mixed.Prepared);
        IDataView view = mixed.Vae.Transform(source);
        Assert.Equal(0, source.CursorsOpened);
        foreach ((string asked, string[] expected) in new[]
        {
            ("Id", ["Id"]), ("Word", ["Word"]), ("TimeSeen", MixedModel.Columns), ("Score", MixedModel.Columns), ("Latent", MixedModel.Columns),
        })
        {
            using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[asked]]);
            Assert.True(cursor.MoveNext());
            Assert.Equal(expected.Order(), source.LastColumns.Order());
            Assert.False(cursor.IsColumnActive(view.Schema["FlagSeen"]));
            Assert.ThrowsAny<ArgumentException>(() => cursor.GetGetter<bool>(view.Schema["FlagSeen"]));
        }
    }

    [Fact]
    public void A_getter_of_another_type_is_refused()
    {
        IDataView view = mixed.Vae.Transform(mixed.Prepared);
        using DataViewRowCursor cursor = view.GetRowCursor(view.Schema);
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["TimeSeen"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<ulong>(view.Schema["WordSeen"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<float>(view.Schema["PartsSeen"]));
    }

    [Fact]
    public void A_prediction_engine_gives_what_transform_gives()
    {
        using PredictionEngine<MixedRow, MixedOutput> engine = _ml.Model.CreatePredictionEngine<MixedRow, MixedOutput>(
            mixed.Chain, new PredictionEngineOptions { OwnsTransformer = false });
        for (int i = 0; i < 200; i++)
        {
            MixedOutput expected = mixed.Outputs[i];
            MixedOutput predicted = engine.Predict(mixed.Rows[i]);
            float[] Vectors(MixedOutput of) => [.. of.Latent, .. of.LogVariance, .. of.Draw, .. of.PartsSeen, .. of.PairSeen, of.USeen];
            TestRows.AssertClose(Vectors(expected), Vectors(predicted), 1e-4f);
            Assert.Equal(expected.Score, predicted.Score, 1e-2f);
            Assert.Equal(expected.TimeSeen, predicted.TimeSeen, 0.1);
            Assert.Equal(expected.WholeSeen, predicted.WholeSeen, 20.0);
            Assert.Equal(expected.LevelSeen, predicted.LevelSeen, 1.0);
            Assert.Equal(
                (expected.Id, expected.FlagSeen, expected.QuarterSeen, expected.FifthSeen, expected.ThirdSeen, expected.WordSeen, expected.WordBack),
                (predicted.Id, predicted.FlagSeen, predicted.QuarterSeen, predicted.FifthSeen, predicted.ThirdSeen, predicted.WordSeen, predicted.WordBack));
        }
    }

    [Fact]
    public void A_loaded_chain_gives_the_same_and_the_same_file_again()
    {
        string first = Path.Combine(_folder, "model.zip");
        string second = Path.Combine(_folder, "again.zip");
        _ml.Model.Save(mixed.Chain, mixed.Data.Schema, first);

        var other = new MLContext();
        ITransformer loaded = other.Model.Load(first, out DataViewSchema schema);
        using var chain = (IDisposable)loaded;
        Assert.All(MixedModel.All(other, loaded.Transform(mixed.Data)).OrderBy(output => output.Id).Zip(mixed.Outputs.OrderBy(output => output.Id)), pair => AssertSame(pair.Second, pair.First));
        VaeTransformer vae = ((IEnumerable<ITransformer>)loaded).OfType<VaeTransformer>().Single();
        Assert.Equal(mixed.Vae.InputColumns, vae.InputColumns);
        Assert.Null(vae.LabelColumnName);
        Assert.Equal(mixed.Vae.InputSize, vae.InputSize);

        other.Model.Save(loaded, schema, second);
        Assert.Equal(Exactly.Entries(first), Exactly.Entries(second));
    }

    [Fact]
    public void Every_scaling_and_likelihood_goes_through_a_file()
    {
        IDataView data = _ml.Data.TakeRows(mixed.Prepared, 300);
        var chain = new EstimatorChain<ITransformer>().Append<ITransformer>(_ml.Transforms.VariationalAutoencoder(MixedModel.Options(options =>
        {
            options.InputColumns =
            [
                new("Time") { Scaling = VaeScaling.Quantile },
                new("U") { Scaling = VaeScaling.None },
                new("V") { Likelihood = VaeLikelihood.Bernoulli },
                new("Flag") { Likelihood = VaeLikelihood.Gaussian },
                new("Parts") { Scaling = VaeScaling.Quantile },
                "Word",
            ];
            options.ImputedColumnSuffix = "Filled";
            options.LabelColumnName = "Fifth";
            options.NumberOfEpochs = 2;
        })));
        using TransformerChain<ITransformer> model = chain.Fit(data);
        string path = Path.Combine(_folder, "kinds.zip");
        _ml.Model.Save(model, data.Schema, path);

        ITransformer loaded = new MLContext().Model.Load(path, out _);
        using var owner = (IDisposable)loaded;
        VaeTransformer vae = ((IEnumerable<ITransformer>)loaded).OfType<VaeTransformer>().Single();
        Assert.Equal("Fifth", vae.LabelColumnName);
        Assert.Equal(
            [VaeScaling.Quantile, VaeScaling.None, VaeScaling.None, VaeScaling.Standard, VaeScaling.Quantile, VaeScaling.None], vae.InputColumns.Select(column => column.Scaling!.Value));
        Assert.Equal(
            [VaeLikelihood.Gaussian, VaeLikelihood.Gaussian, VaeLikelihood.Bernoulli, VaeLikelihood.Gaussian, VaeLikelihood.Gaussian, VaeLikelihood.Categorical],
            vae.InputColumns.Select(column => column.Likelihood!.Value));
        Assert.Equal("TimeFilled", vae.InputColumns[0].ImputedColumnName);
        IDataView expected = model.Transform(data);
        IDataView actual = loaded.Transform(data);
        Assert.Equal(expected.Values<double>("TimeSeen"), actual.Values<double>("TimeSeen"));
        Assert.Equal(expected.Values<float>("VSeen"), actual.Values<float>("VSeen"));
        Assert.Equal(expected.Values<bool>("FlagSeen"), actual.Values<bool>("FlagSeen"));
        Assert.Equal(expected.Values<uint>("WordSeen"), actual.Values<uint>("WordSeen"));
        Assert.Equal(expected.Values<float>("Score"), actual.Values<float>("Score"));
        Assert.Equal(expected.Values<VBuffer<float>>("PartsSeen").SelectMany(row => row.DenseValues()), actual.Values<VBuffer<float>>("PartsSeen").SelectMany(row => row.DenseValues()));
    }

    [Fact]
    public void Cursor_sets_and_shuffles_give_the_same_rows()
    {
        IDataView cached = _ml.Data.Cache(mixed.Data);
        // Blocks are of other rows then: a sum may differ in its last bits, a row not in anything else.
        Dictionary<int, MixedOutput> byId = mixed.Outputs.ToDictionary(output => output.Id);
        MixedOutput[] shuffled = MixedModel.All(_ml, mixed.Chain.Transform(_ml.Data.ShuffleRows(cached, seed: 5)));
        Assert.NotEqual(mixed.Outputs.Select(output => output.Id), shuffled.Select(output => output.Id));
        Assert.Equal(mixed.Rows.Length, shuffled.Select(output => output.Id).Distinct().Count());
        foreach (MixedOutput output in shuffled.Concat(MixedModel.All(_ml, mixed.Chain.Transform(cached))))
        {
            AssertSame(byId[output.Id], output);
        }

        IDataView view = mixed.Chain.Transform(cached);
        int rows = 0;
        foreach (DataViewRowCursor cursor in view.GetRowCursorSet([view.Schema["Id"], view.Schema["TimeSeen"], view.Schema["WordSeen"]], 3))
        {
            using DataViewRowCursor one = cursor;
            ValueGetter<int> id = one.GetGetter<int>(view.Schema["Id"]);
            ValueGetter<double> time = one.GetGetter<double>(view.Schema["TimeSeen"]);
            ValueGetter<uint> word = one.GetGetter<uint>(view.Schema["WordSeen"]);
            for (; one.MoveNext(); rows++)
            {
                (int idNow, double timeNow, uint wordNow) = (0, 0, 0);
                word(ref wordNow);
                id(ref idNow);
                time(ref timeNow);
                Assert.Equal(byId[idNow].TimeSeen, timeNow, 0.1);
                Assert.Equal(byId[idNow].WordSeen, wordNow);
            }
        }
        Assert.Equal(mixed.Rows.Length, rows);
    }

    [Fact]
    public void Columns_are_found_by_name_wherever_they_stand()
    {
        IDataView moved = _ml.Transforms.SelectColumns([.. MixedModel.Columns.Order(StringComparer.Ordinal).Prepend("Id")]).Fit(mixed.Prepared).Transform(mixed.Prepared);
        Assert.NotEqual(mixed.Prepared.Schema["Time"].Index, moved.Schema["Time"].Index);
        IDataView view = mixed.Vae.Transform(moved);
        // Cursors may share out the rows in other blocks: sums may differ in their last bits.
        Assert.All(mixed.Outputs.Zip(view.Values<double>("TimeSeen")), pair => Assert.Equal(pair.First.TimeSeen, pair.Second, 0.1));
        TestRows.AssertClose([.. mixed.Outputs.Select(output => output.Score)], view.Values<float>("Score"), 1e-4f);
    }

    [Fact]
    public void A_key_of_16_bits_is_a_category_as_well()
    {
        string path = Path.Combine(_folder, "keys.txt");
        File.WriteAllLines(path, mixed.Rows.Select(row => FormattableString.Invariant($"{row.Id}\t{row.U}\t{row.Fifth}")));
        IDataView data = _ml.Data.LoadFromTextFile(path,
        [
            new TextLoader.Column("Id", DataKind.Int32, 0),
            new TextLoader.Column("U", DataKind.Single, 1),
            new TextLoader.Column("Kind", DataKind.UInt16, [new TextLoader.Range(2)], new KeyCount(5)),
        ]);
        Assert.Equal(new KeyDataViewType(typeof(ushort), 5), data.Schema["Kind"].Type);
        using VaeTransformer model = _ml.Transforms.VariationalAutoencoder(MixedModel.Options(options =>
        {
            options.InputColumns = ["U", "Kind"];
            options.LatentDimension = 2;
        })).Fit(data);
        IDataView view = model.Transform(data);
        Assert.Equal(data.Schema["Kind"].Type, view.Schema["KindSeen"].Type);
        ushort[] given = view.Values<ushort>("Kind");
        Assert.InRange(view.Values<ushort>("KindSeen").Zip(given).Count(each => each.First == each.Second), 1200, 1500);
    }

    // A transform behind ours may share out the rows to several cursors, and so to other blocks, in which sums may differ in their last bits.
    private static void AssertSame(MixedOutput expected, MixedOutput output)
    {
        TestRows.AssertClose([.. expected.Latent, .. expected.Draw, .. expected.PartsSeen], [.. output.Latent, .. output.Draw, .. output.PartsSeen], 1e-4f);
        Assert.Equal(expected.TimeSeen, output.TimeSeen, 0.1);
        Assert.Equal((expected.Id, expected.FlagSeen, expected.WordBack, expected.FifthSeen), (output.Id, output.FlagSeen, output.WordBack, output.FifthSeen));
    }
}
