using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>The component inside pipelines, as its users call it.</summary>
public sealed class PipelineTests
{
    private sealed class Classified
    {
        public float[] Latent { get; set; } = [];

        public string PredictedLabel { get; set; } = "";
    }

    [Fact]
    public void The_main_pipeline_fits_evaluates_and_predicts()
    {
        var ml = new MLContext(seed: 1);
        var random = new Random(1);
        LabelledRow[] rows = [.. Enumerable.Range(0, 600).Select(index => LabelledRow.Draw(random, index % 2 == 0 ? "low" : "high"))];
        DataOperationsCatalog.TrainTestData split = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(rows), testFraction: 0.25, seed: 1);

        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.Transforms.NormalizeMinMax("Features"))
            .Append(ml.Transforms.VariationalAutoencoder("Latent", "Features", latentDimension: 2, numberOfEpochs: 20))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Latent"))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
        var model = pipeline.Fit(split.TrainSet);

        MulticlassClassificationMetrics metrics = ml.MulticlassClassification.Evaluate(model.Transform(split.TestSet));
        Assert.True(metrics.MicroAccuracy > 0.95, $"accuracy {metrics.MicroAccuracy}");
        using PredictionEngine<LabelledRow, Classified> engine = ml.Model.CreatePredictionEngine<LabelledRow, Classified>(model);
        Assert.Equal("low", engine.Predict(LabelledRow.Draw(random, "low")).PredictedLabel);
        Classified high = engine.Predict(LabelledRow.Draw(random, "high"));
        Assert.Equal("high", high.PredictedLabel);
        Assert.Equal(2, high.Latent.Length);
    }

    [Fact]
    public void Only_named_columns_are_added_in_their_order_with_their_types()
    {
        var ml = new MLContext();
        IDataView data = ml.View(50);
        using VaeTransformer all = TestRows.Fit(ml, data);
        using VaeTransformer one = TestRows.Fit(ml, data, options =>
        {
            options.LogVarianceColumnName = options.DrawColumnName = options.ReconstructionColumnName = options.ScoreColumnName = null;
        });

        Assert.Equal(["Features", "Name", "Number", "Extra", "Latent", "LogVariance", "Draw", "Reconstruction", "Score"], all.Transform(data).Schema.Select(column => column.Name));
        Assert.Equal(["Features", "Name", "Number", "Extra", "Latent"], one.GetOutputSchema(data.Schema).Select(column => column.Name));
        DataViewSchema schema = all.GetOutputSchema(data.Schema);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), schema["Latent"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), schema["LogVariance"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), schema["Draw"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, TestRow.FeatureCount), schema["Reconstruction"].Type);
        Assert.Equal(NumberDataViewType.Single, schema["Score"].Type);
    }

    [Fact]
    public void The_shape_announced_before_fitting_is_the_schema_after_it()
    {
        var ml = new MLContext();
        IDataView data = ml.View(20);
        var spy = new ShapeSpy(ml.Transforms.CopyColumns("Copy", "Latent"));
        using var model = ml.Transforms.Concatenate("Wide", "Features", "Number")
            .Append(ml.Transforms.VariationalAutoencoder(TestRows.Options(options => options.InputColumnName = "Wide")))
            .Append(spy)
            .Fit(data);
        SchemaShape announced = spy.Seen!;
        DataViewSchema schema = model.GetOutputSchema(data.Schema);
        foreach (string name in new[] { "Latent", "LogVariance", "Draw", "Reconstruction" })
        {
            SchemaShape.Column column = announced.Single(each => each.Name == name);
            Assert.Equal(SchemaShape.Column.VectorKind.Vector, column.Kind);
            Assert.Equal(((VectorDataViewType)schema[name].Type).ItemType, column.ItemType);
            Assert.Equal(schema[name].HasSlotNames(), column.Annotations.Any(each => each.Name == "SlotNames"));
        }
        Assert.Equal(SchemaShape.Column.VectorKind.Scalar, announced.Single(each => each.Name == "Score").Kind);
    }

    [Fact]
    public void Slot_names_are_passed_on_to_the_reconstruction()
    {
        var ml = new MLContext();
        IDataView data = ml.View(20);
        IDataView wide = ml.Transforms.Concatenate("Wide", "Number", "Features").Fit(data).Transform(data);
        using VaeTransformer model = TestRows.Fit(ml, wide, options => options.InputColumnName = "Wide");
        VBuffer<ReadOnlyMemory<char>> names = default;
        DataViewSchema schema = model.GetOutputSchema(wide.Schema);
        schema["Reconstruction"].GetSlotNames(ref names);
        Assert.Equal("Number", names.GetItemOrDefault(0).ToString());
        Assert.False(schema["Latent"].HasSlotNames());
    }

    [Fact]
    public void Without_an_input_name_the_output_replaces_the_input()
    {
        var ml = new MLContext();
        IDataView data = ml.View(20);
        using VaeTransformer model = ml.Transforms.VariationalAutoencoder("Features", latentDimension: 2, numberOfEpochs: 1).Fit(data);
        Assert.Equal("Features", Assert.Single(model.InputColumns).Name);
        Assert.Equal(2, ((VectorDataViewType)model.Transform(data).Schema["Features"].Type).Size);
    }

    [Fact]
    public void Sparse_and_dense_rows_of_the_same_values_give_the_same_outputs()
    {
        var ml = new MLContext();
        float[][] rows = [.. Enumerable.Range(0, 64).Select(index => Enumerable.Range(0, 20).Select(slot => (index + slot) % 7 == 0 ? slot + 1f : 0f).ToArray())];
        IDataView dense = ml.Data.LoadFromEnumerable(rows.Select(row => new SparseRow { Features = new VBuffer<float>(20, row) }));
        IDataView sparse = ml.Data.LoadFromEnumerable(rows.Select(row =>
        {
            int[] indices = [.. Enumerable.Range(0, 20).Where(slot => row[slot] != 0)];
            return new SparseRow { Features = new VBuffer<float>(20, indices.Length, [.. indices.Select(slot => row[slot])], indices) };
        }));
        using VaeTransformer model = TestRows.Fit(ml, dense);
        using VaeTransformer fromSparse = TestRows.Fit(ml, sparse);
        TestOutput[] expected = ml.Outputs(model.Transform(dense));
        TestRows.AssertEqual(expected, ml.Outputs(model.Transform(sparse)), 0);
        TestRows.AssertEqual(expected, ml.Outputs(fromSparse.Transform(dense)), 0);
    }

    [Fact]
    public void A_prediction_engine_gives_what_transform_gives()
    {
        var ml = new MLContext();
        TestRow[] rows = TestRows.Make(300);
        IDataView data = ml.Data.LoadFromEnumerable(rows);
        VaeTransformer model = TestRows.Fit(ml, data);
        TestOutput[] expected = ml.Outputs(model.Transform(data));
        using PredictionEngine<TestRow, TestOutput> engine = ml.Model.CreatePredictionEngine<TestRow, TestOutput>(model);
        TestRows.AssertEqual(expected, [.. rows.Select(engine.Predict)], 1e-5f);
    }

    [Fact]
    public void Decoding_the_latent_means_gives_the_reconstruction()
    {
        var ml = new MLContext();
        IDataView data = ml.View(300);
        using VaeTransformer model = TestRows.Fit(ml, data);
        TestOutput[] outputs = ml.Outputs(model.Transform(data));
        var rows = new float[300 * TestRow.FeatureCount];
        model.Decode([.. outputs.SelectMany(output => output.Latent)], rows);
        TestRows.AssertClose([.. outputs.SelectMany(output => output.Reconstruction)], rows, 1e-5f);
        Assert.Throws<ArgumentException>(() => model.Decode(new float[3], new float[6]));
        Assert.Throws<ArgumentException>(() => model.Decode(new float[2], new float[7]));
        Assert.Throws<ArgumentException>(() => model.Decode([float.NaN, 0], new float[6]));
    }

    /// <summary>A chain asks its estimators for their shapes before it fits them: this one remembers what it was told.</summary>
    private sealed class ShapeSpy(IEstimator<ITransformer> inner) : IEstimator<ITransformer>
    {
        public SchemaShape? Seen { get; private set; }

        public ITransformer Fit(IDataView input) => inner.Fit(input);

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            Seen = inputSchema;
            return inner.GetOutputSchema(inputSchema);
        }
    }

    private sealed class SparseRow
    {
        [VectorType(20)]
        public VBuffer<float> Features { get; set; }
    }

    private sealed class LabelledRow
    {
        public string Label { get; set; } = "";

        [VectorType(4)]
        public float[] Features { get; set; } = new float[4];

        public static LabelledRow Draw(Random random, string label)
        {
            float centre = label == "low" ? -3 : 3;
            float Near(float value) => value + (float)random.NextDouble();
            return new LabelledRow { Label = label, Features = [Near(centre), Near(-centre), Near(0), Near(centre / 2)] };
        }
    }
}
