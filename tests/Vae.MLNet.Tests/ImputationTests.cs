using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>Imputed columns: what was observed stays, what was missing follows from the rest of the row.</summary>
public sealed class ImputationTests(ImputingModels models) : IClassFixture<ImputingModels>
{
    private readonly MLContext _ml = models.Context;

    [Fact]
    public void Each_input_gets_a_column_of_its_type_with_its_annotations()
    {
        var chain = _ml.Transforms.Conversion.MapValueToKey("Sort", "Text").Append(_ml.Transforms.Concatenate("Both", "X", "Free"));
        IDataView data = chain.Fit(View(ImputedRow.Make(50))).Transform(View(ImputedRow.Make(50)));
        using VaeTransformer model = TestRows.Fit(_ml, data, options =>
        {
            (options.ReconstructionColumnName, options.ImputedColumnSuffix) = (null, "_filled");
            options.InputColumns = ["X", "Y", "Sort", "Both", "Flag", "Count"];
        });
        DataViewSchema schema = model.GetOutputSchema(data.Schema);
        foreach (VaeInputColumn input in model.InputColumns)
        {
            Assert.Equal(input.Name + "_filled", input.ImputedColumnName);
            Assert.Equal(schema[input.Name].Type, schema[input.ImputedColumnName!].Type);
        }
        VBuffer<ReadOnlyMemory<char>> names = default;
        schema["Both_filled"].GetSlotNames(ref names);
        Assert.Equal(["X", "Free"], names.DenseValues().Select(name => name.ToString()));
        schema["Sort_filled"].GetKeyValues(ref names);
        Assert.Equal(["high", "low", "middle"], names.DenseValues().Select(name => name.ToString()).Order(StringComparer.Ordinal));
        IDataView words = _ml.Transforms.Conversion.MapKeyToValue("Word", "Sort_filled").Fit(model.Transform(data)).Transform(model.Transform(data));
        Assert.Equal(ImputedRow.Make(50).Select(row => row.Text), words.ValuesOf<ReadOnlyMemory<char>>("Word").Select(word => word.ToString()));
    }

    [Fact]
    public void Observed_values_stay_bit_for_bit()
    {
        float[] floats = [-0f, float.Epsilon, 1e-40f, -1e-30f, 0.1f, 16777217f, float.NaN];
        double[] doubles = [-0.0, double.Epsilon, 0.1, Math.BitIncrement(1.0), double.NaN, 1e-310, 123456789.123456789];
        IDataView view = models.Mean.Transform(View([.. floats.Select((value, index) => new ImputedRow { X = value, Y = doubles[index], Kind = 1, Pair = [value, 2] })]));
        float[] x = view.ValuesOf<float>("X_filled");
        double[] y = view.ValuesOf<double>("Y_filled");
        float[][] pair = view.VectorsOf("Pair_filled");
        for (int row = 0; row < floats.Length; row++)
        {
            Assert.Equal(float.IsNaN(floats[row]), BitConverter.SingleToUInt32Bits(floats[row]) != BitConverter.SingleToUInt32Bits(x[row]));
            Assert.Equal(float.IsNaN(floats[row]), BitConverter.SingleToUInt32Bits(floats[row]) != BitConverter.SingleToUInt32Bits(pair[row][0]));
            Assert.Equal(double.IsNaN(doubles[row]), BitConverter.DoubleToUInt64Bits(doubles[row]) != BitConverter.DoubleToUInt64Bits(y[row]));
            Assert.True(float.IsFinite(x[row]) && float.IsFinite(pair[row][0]) && double.IsFinite(y[row]));
            Assert.Equal(2, pair[row][1]);
        }
    }

    [Fact]
    public void A_sparse_vector_without_holes_stays_sparse_and_one_with_holes_keeps_its_zeros()
    {
        var random = new Random(1);
        VBuffer<float> Sparse(float value) => new(5, 2, [value, 2 * value], [1, 4]);
        SparseItem[] rows = [.. Enumerable.Range(0, 200).Select(_ => new SparseItem { Values = Sparse((float)random.NextNormal()) })];
        using VaeTransformer model = TestRows.Fit(_ml, _ml.Data.LoadFromEnumerable(rows), options =>
        {
            options.ReconstructionColumnName = null;
            options.InputColumns = [new("Values") { ImputedColumnName = "Filled" }];
        });
        IDataView view = model.Transform(_ml.Data.LoadFromEnumerable(new[] { rows[0], new SparseItem { Values = Sparse(float.NaN) } }));
        VBuffer<float>[] values = view.ValuesOf<VBuffer<float>>("Filled");
        Assert.Equal([1, 4], values[0].GetIndices().ToArray());
        Assert.Equal(rows[0].Values.GetValues().ToArray(), values[0].GetValues().ToArray());
        float[] full = [.. values[1].DenseValues()];
        Assert.Equal([0, 0, 0], [full[0], full[2], full[3]]);
        Assert.True(float.IsFinite(full[1]) && float.IsFinite(full[4]) && full[1] != 0);
    }

    [Fact]
    public void Holes_are_filled_with_what_follows_from_the_other_columns()
    {
        ImputedRow[] rows = ImputedRow.Make(400, seed: 2);
        double[] y = models.Mean.Transform(View([.. rows.Select(row => row with { Y = double.NaN })])).ValuesOf<double>("Y_filled");
        // Y is 10 + 3 h: a mean for all would be wrong by 3 on average squared.
        Assert.True(RootMeanSquare(rows.Zip(y, (row, value) => row.Y - value)) < 0.75);
        float[][] pairs = models.Mean.Transform(View([.. rows.Select(row => row with { Pair = [float.NaN, row.Pair[1]] })])).VectorsOf("Pair_filled");
        Assert.True(RootMeanSquare(rows.Zip(pairs, (row, pair) => (double)row.Pair[0] - pair[0])) < 0.35);
        uint[] kinds = models.Mean.Transform(View([.. rows.Select(row => row with { Kind = ImputedRow.NoKind })])).ValuesOf<uint>("Kind_filled");
        double majority = rows.GroupBy(row => row.Kind).Max(group => group.Count()) / 400.0;
        double accuracy = rows.Zip(kinds).Count(pair => pair.First.Kind + 1 == pair.Second) / 400.0;
        Assert.True(majority < 0.5 && accuracy > 0.8, $"{accuracy} against {majority}");
        // Of a column that is independent of all others there is only its mean to say.
        float[] free = models.Mean.Transform(View([.. rows.Select(row => row with { Free = float.NaN })])).ValuesOf<float>("Free_filled");
        Assert.True(RootMeanSquare(free.Select(value => (double)value)) < 0.35);
    }

    [Fact]
    public void A_row_with_nothing_in_it_is_filled_with_means_and_the_most_frequent_category()
    {
        using VaeTransformer model = ImputingModels.Fit(_ml, View(ImputedRow.Make(1000)), options =>
        {
            (options.InputColumns, options.NumberOfEpochs, options.LearningRate) = (["X", "Y", "Kind", "Pair"], 40, 0.01);
            (options.MaskingRate, options.ImputationDraws) = (0.5, 2000);
        });
        IDataView view = model.Transform(View([new ImputedRow { X = float.NaN, Y = double.NaN, Kind = ImputedRow.NoKind, Pair = [float.NaN, float.NaN] }]));
        Assert.Equal(0, view.ValuesOf<float>("X_filled")[0], 0.3);
        Assert.Equal(10, view.ValuesOf<double>("Y_filled")[0], 0.9);
        Assert.Equal(2u, view.ValuesOf<uint>("Kind_filled")[0]);
        Assert.All(view.VectorsOf("Pair_filled")[0], value => Assert.Equal(0, value, 0.3));
    }

    [Fact]
    public void Integers_and_booleans_have_no_holes_and_are_copied()
    {
        ImputedRow[] rows = ImputedRow.Make(300, seed: 3);
        IDataView view = models.Mean.Transform(View([.. rows.Select(row => row with { X = float.NaN })]));
        Assert.Equal(rows.Select(row => row.Count), view.ValuesOf<int>("Count_filled"));
        Assert.Equal(rows.Select(row => row.Flag), view.ValuesOf<bool>("Flag_filled"));
    }

    [Fact]
    public void An_empty_suffix_replaces_the_inputs_and_a_column_may_have_a_name_of_its_own()
    {
        ImputedRow[] rows = [.. ImputedRow.Make(300).Select((row, index) => index % 4 == 0 ? row with { X = float.NaN } : row)];
        IDataView holes = View(rows);
        using VaeTransformer replacing = ImputingModels.Fit(_ml, holes, options => (options.ImputedColumnSuffix, options.OutputColumnName) = ("", null));
        float[] x = replacing.Transform(holes).ValuesOf<float>("X");
        Assert.All(rows.Zip(x), pair => Assert.True(float.IsFinite(pair.Second) && (float.IsNaN(pair.First.X) || pair.First.X == pair.Second)));

        using VaeTransformer named = ImputingModels.Fit(_ml, holes, options => (options.ImputedColumnSuffix, options.InputColumns) = (null, [new("X") { ImputedColumnName = "Whole" }, "Y"]));
        Assert.Equal(holes.Schema.Select(column => column.Name).Concat(["Latent", "Whole"]), named.GetOutputSchema(holes.Schema).Select(column => column.Name));
        Assert.Equal(["Whole", null], named.InputColumns.Select(column => column.ImputedColumnName));
        Assert.Equal(named.Transform(holes).ValuesOf<float>("Whole")[1], rows[1].X);
    }

    [Fact]
    public void Draws_come_in_as_many_columns_as_asked_that_differ_in_holes_only()
    {
        ImputedRow[] rows = [.. ImputedRow.Make(200, seed: 4).Select((row, index) => index % 2 == 0 ? row with { Free = float.NaN, Kind = ImputedRow.NoKind } : row)];
        IDataView view = models.Draws.Transform(View(rows));
        Assert.Equal(["Free_filled1", "Free_filled2", "Free_filled3", "Free_filled4", "Free_filled5"], view.Schema.Select(column => column.Name).Where(name => name.StartsWith("Free_", StringComparison.Ordinal)));
        float[][] draws = [.. Enumerable.Range(1, 5).Select(draw => view.ValuesOf<float>($"Free_filled{draw}"))];
        for (int row = 0; row < rows.Length; row++)
        {
            float[] found = [.. draws.Select(draw => draw[row])];
            Assert.Equal(row % 2 == 0 ? 5 : 1, found.Distinct().Count());
            Assert.True(row % 2 == 0 || found[0] == rows[row].Free);
        }
        Assert.All(view.ValuesOf<uint>("Kind_filled3"), kind => Assert.InRange(kind, 1u, 3u));
    }

    [Fact]
    public void Draws_have_the_conditional_distribution()
    {
        const int count = 3000;
        ImputedRow row = ImputedRow.Make(1, seed: 5)[0];
        IDataView repeated = View([.. Enumerable.Repeat(row with { Free = float.NaN, Y = double.NaN }, count)]);
        float[] free = models.Draws.Transform(repeated).ValuesOf<float>("Free_filled1");
        // Free is N(0, 1) whatever the others are.
        Assert.Equal(0, free.Average(), 0.2);
        Assert.Equal(1, RootMeanSquare(free.Select(value => (double)value)), 0.15);
        Assert.Equal(0.683, free.Count(value => Math.Abs(value) < 1) / (double)count, 0.06);
        // Of Y, whose spread is 3, all but its noise of 0.15 and what the others' noise leaves open is known.
        double[] y = models.Draws.Transform(repeated).ValuesOf<double>("Y_filled2");
        double mean = models.Mean.Transform(View([row with { Free = float.NaN, Y = double.NaN }])).ValuesOf<double>("Y_filled")[0];
        Assert.Equal(mean, y.Average(), 0.1);
        Assert.InRange(RootMeanSquare(y.Select(value => value - y.Average())), 0.15, 0.5);
    }

    [Fact]
    public void An_imputation_does_not_depend_on_the_rows_around_it()
    {
        ImputedRow[] rows = [.. ImputedRow.Make(500, seed: 6).Select((row, index) => index % 3 == 0 ? row with { Y = double.NaN } : row)];
        double[] means = models.Mean.Transform(View(rows)).ValuesOf<double>("Y_filled");
        double[] backwards = models.Mean.Transform(View([.. rows.Reverse()])).ValuesOf<double>("Y_filled");
        Assert.All(means.Zip(backwards.Reverse()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        // A draw belongs to the row's id, which it keeps where rows before it are left out.
        double[] draws = models.Draws.Transform(View(rows)).ValuesOf<double>("Y_filled4");
        double[] skipped = models.Draws.Transform(_ml.Data.SkipRows(View(rows), 101)).ValuesOf<double>("Y_filled4");
        Assert.All(draws.Skip(101).Zip(skipped), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.NotEqual(draws[0], models.Draws.Transform(View(rows)).ValuesOf<double>("Y_filled3")[0], 1e-3);
    }

    [Fact]
    public void Only_holes_cost()
    {
        ImputedRow[] rows = ImputedRow.Make(300, seed: 8);
        var source = new CountingView(View(rows));
        VaeTransformer model = ImputingModels.Fit(_ml, View(rows), options => options.InputColumns = ["X", "Y"]);
        IDataView view = model.Transform(source);
        Assert.Equal(rows.Select(row => row.Free), view.ValuesOf<float>("Free"));
        Assert.Equal(["Free"], source.LastColumns);
        IDataView holes = model.Transform(View([.. rows.Select((row, index) => index == 290 ? row with { X = float.NaN } : row)]));
        model.Dispose();
        // Whole rows are served without the network, which is gone.
        Assert.Equal(rows.Select(row => row.X), view.ValuesOf<float>("X_filled"));
        Assert.Equal(["X", "Y"], source.LastColumns.Order(StringComparer.Ordinal));
        Assert.Throws<ObjectDisposedException>(() => holes.ValuesOf<float>("X_filled"));
    }

    [Fact]
    public void Saving_and_loading_keeps_every_bit_of_means_and_draws()
    {
        IDataView holes = View([.. ImputedRow.Make(100, seed: 9).Select((row, index) => index % 2 == 0 ? row with { X = float.NaN, Kind = ImputedRow.NoKind } : row with { Y = double.NaN })]);
        foreach ((VaeTransformer model, string ending) in new[] { (models.Mean, ""), (models.Draws, "5") })
        {
            IDataView expected = model.Transform(holes);
            IDataView actual = _ml.SavedAndLoaded(model, holes.Schema).Transform(holes);
            Assert.Equal(expected.Schema.Select(column => column.Name), actual.Schema.Select(column => column.Name));
            Assert.Equal(expected.ValuesOf<float>("X_filled" + ending), actual.ValuesOf<float>("X_filled" + ending));
            Assert.Equal(expected.ValuesOf<double>("Y_filled" + ending), actual.ValuesOf<double>("Y_filled" + ending));
            Assert.Equal(expected.ValuesOf<uint>("Kind_filled" + ending), actual.ValuesOf<uint>("Kind_filled" + ending));
        }
    }

    [Fact]
    public void More_draws_of_the_latent_come_nearer_to_what_very_many_say()
    {
        ImputedRow[] rows = [.. ImputedRow.Make(100, seed: 10).Select(row => row with { Y = double.NaN })];
        double[] With(int draws)
        {
            using VaeTransformer model = ImputingModels.Fit(_ml, View(ImputedRow.Make(300)), options => options.ImputationDraws = draws);
            return model.Transform(View(rows)).ValuesOf<double>("Y_filled");
        }

        double[] exact = With(2000);
        double Error(int draws) => RootMeanSquare(With(draws).Zip(exact, (found, wanted) => found - wanted));
        double one = Error(1);
        double many = Error(200);
        Assert.True(many < one / 3, $"{many} with 200 draws, {one} with one");
    }

    [Fact]
    public void A_prediction_engine_fills_as_transform_does()
    {
        ImputedRow[] rows = [.. ImputedRow.Make(40, seed: 11).Select((row, index) => index % 2 == 0 ? row with { X = float.NaN, Y = double.NaN } : row)];
        IDataView view = models.Mean.Transform(View(rows));
        float[] x = view.ValuesOf<float>("X_filled");
        double[] y = view.ValuesOf<double>("Y_filled");
        var engine = _ml.Model.CreatePredictionEngine<ImputedRow, Prediction>(models.Mean);
        for (int row = 0; row < rows.Length; row++)
        {
            Prediction prediction = engine.Predict(rows[row]);
            Assert.Equal(x[row], prediction.X_filled, 1e-4);
            Assert.Equal(y[row], prediction.Y_filled, 1e-4);
            Assert.Equal(rows[row].Count, prediction.Count_filled);
        }
    }

    private IDataView View(ImputedRow[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private static double RootMeanSquare(IEnumerable<double> values) => Math.Sqrt(values.Average(value => value * value));

    private sealed class Prediction
    {
        public float X_filled { get; set; }

        public double Y_filled { get; set; }

        public int Count_filled { get; set; }
    }

    private sealed class SparseItem
    {
        [VectorType(5)]
        public VBuffer<float> Values { get; set; }
    }
}
