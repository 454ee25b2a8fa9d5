using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class PredictionEngineTests
{
    private static readonly MLContext ML = new(1);

    private static ITransformer Model
    {
        get
        {
            var data = ML.Data.LoadFromEnumerable([new Input { A = 2, Name = "x" }, new Input { A = 4, Name = "y" }]);
            return ML.Transforms.Conversion.MapValueToKey("K", "Name").Append(ML.Transforms.Conversion.MapKeyToValue("Back", "K"))
                .Append(ML.Transforms.Concatenate("F", "A", "B")).Append(ML.Transforms.NormalizeMinMax("F")).Fit(data);
        }
    }

    [Fact]
    public void An_object_goes_in_and_another_comes_out()
    {
        using var engine = ML.Model.CreatePredictionEngine<Input, Output>(Model);
        var first = engine.Predict(new Input { A = 2, B = 5, Name = "y" });
        Assert.Equal([0.5f, 0f], first.F);
        Assert.Equal("y", first.Back);
        Assert.Equal(2u, first.K);
        var second = engine.Predict(new Input { A = 1, Name = "unknown" });
        Assert.Equal([0.25f, 0f], second.F);
        Assert.Equal("", second.Back);
        Assert.Equal([0.5f, 0f], first.F);
        Assert.NotNull(engine.OutputSchema.GetColumnOrNull("F"));
        Assert.Throws<ArgumentNullException>(() => engine.Predict(null!));
    }

    [Fact]
    public void A_result_object_can_be_used_again()
    {
        using var engine = ML.Model.CreatePredictionEngine<Input, Output>(Model);
        var output = new Output();
        engine.Predict(new Input { A = 4 }, ref output);
        var array = output.F;
        engine.Predict(new Input { A = 2 }, ref output);
        Assert.Same(array, output.F);
        Assert.Equal([0.5f, 0f], output.F);
        Output none = null!;
        engine.Predict(new Input { A = 4 }, ref none);
        Assert.Equal([1f, 0f], none.F);
    }

    [Fact]
    public void Columns_that_the_result_has_no_member_for_and_members_without_columns()
    {
        using var engine = ML.Model.CreatePredictionEngine<Input, More>(Model);
        Assert.Equal(0, engine.Predict(new Input()).Unknown);
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Model.CreatePredictionEngine<Input, More>(Model, ignoreMissingColumns: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Model.CreatePredictionEngine<More, Output>(Model));
    }

    [Fact]
    public void An_input_schema_gives_the_sizes_that_a_class_does_not_know()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("V", new VectorDataViewType(NumberDataViewType.Single, 2));
        var data = ML.Data.LoadFromEnumerable([new Loose { V = [2, 4] }, new Loose { V = [0, 0] }], builder.ToSchema());
        var model = ML.Transforms.NormalizeMinMax("V").Fit(data);
        using var engine = ML.Model.CreatePredictionEngine<Loose, Loose>(model, data.Schema);
        Assert.Equal([0.5f, 1f], engine.Predict(new Loose { V = [1, 4] }).V);
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Model.CreatePredictionEngine<Loose, Loose>(model));
    }

    [Fact]
    public void An_engine_disposes_its_transformer_unless_it_does_not_own_it()
    {
        var data = ML.Data.LoadFromEnumerable([new Input()]);
        var owned = new DisposableTransformer(ML.Transforms.CopyColumns("C", "A").Fit(data));
        ML.Model.CreatePredictionEngine<Input, Output>(new TransformerChain<ITransformer>(owned)).Dispose();
        Assert.Equal(1, owned.Disposals);
        var shared = new DisposableTransformer(ML.Transforms.CopyColumns("C", "A").Fit(data));
        ML.Model.CreatePredictionEngine<Input, Output>(new TransformerChain<ITransformer>(shared), new PredictionEngineOptions { OwnsTransformer = false }).Dispose();
        Assert.Equal(0, shared.Disposals);
    }

    [Fact]
    public void A_transformer_that_does_not_map_rows_is_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => ML.Model.CreatePredictionEngine<Input, Output>(new NoMapper()));
    }

    private sealed class NoMapper : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException();

        public IDataView Transform(IDataView input) => input;

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException();
    }

    private sealed class Input
    {
        public float A { get; set; }

        public float B { get; set; }

        public string? Name { get; set; }
    }

    private sealed class Output
    {
        public float[] F { get; set; } = [];

        public uint K { get; set; }

        public string? Back { get; set; }
    }

    private sealed class More
    {
        public float Unknown { get; set; }
    }

    private sealed class Loose
    {
        public float[] V { get; set; } = [];
    }
}
