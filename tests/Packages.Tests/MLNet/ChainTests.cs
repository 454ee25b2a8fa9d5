using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Xunit;

namespace Packages.Tests.MLNet;

public class ChainTests
{
    private static readonly MLContext ML = new(1);

    private static IDataView Data => ML.Data.LoadFromEnumerable(Enumerable.Range(0, 5).Select(i => new Row { A = i, B = -i }));

    [Fact]
    public void Each_estimator_is_fitted_to_what_those_before_it_make()
    {
        var chain = ML.Transforms.CopyColumns("C", "A").Append(ML.Transforms.Concatenate("F", "C", "B")).Append(ML.Transforms.NormalizeMinMax("F"));
        var model = chain.Fit(Data);
        Assert.IsType<NormalizingTransformer>(model.LastTransformer);
        Assert.Equal(3, model.Count());
        Assert.Equal([1f, -1f], Table.Vectors<float>(model.Transform(Data), "F")[4]);
    }

    [Fact]
    public void A_wrong_column_anywhere_is_an_error_before_anything_is_read()
    {
        var source = new CountingView(Data);
        var chain = ML.Transforms.NormalizeMinMax("A").Append(ML.Transforms.CopyColumns("X", "Nothing"));
        Assert.Throws<ArgumentOutOfRangeException>(() => chain.Fit(source));
        Assert.Equal(0, source.Cursors);
    }

    [Fact]
    public void A_cache_checkpoint_reads_the_source_once_for_all_that_follows()
    {
        var source = new CountingView(Data);
        var plain = ML.Transforms.CopyColumns("C", "A").Append(ML.Transforms.NormalizeMinMax("A")).Append(ML.Transforms.NormalizeMinMax("N", "A"));
        plain.Fit(source);
        Assert.Equal(2, source.Cursors);
        var cached = new CountingView(Data);
        ML.Transforms.CopyColumns("C", "A").AppendCacheCheckpoint(ML).Append(ML.Transforms.NormalizeMinMax("A")).Append(ML.Transforms.NormalizeMinMax("N", "A")).Fit(cached);
        Assert.Equal(1, cached.Cursors);
    }

    [Fact]
    public void Transformers_take_part_only_in_their_scope()
    {
        var model = ML.Transforms.CopyColumns("C", "A").Append(ML.Transforms.CopyColumns("D", "A"), TransformerScope.TrainTest).Append(ML.Transforms.CopyColumns("E", "A")).Fit(Data);
        Assert.Equal(["A", "B", "C", "E"], model.GetOutputSchema(Data.Schema).Select(column => column.Name));
        Assert.Equal(["A", "B", "C", "D", "E"], model.Transform(Data, TransformerScope.Testing).Schema.Select(column => column.Name));
        Assert.Equal(2, model.GetModelFor(TransformerScope.Scoring).Count());
    }

    [Fact]
    public void Transformers_can_be_chained_by_hand()
    {
        var copy = ML.Transforms.CopyColumns("C", "A").Fit(Data);
        var drop = ML.Transforms.DropColumns("B").Fit(Data);
        var chain = copy.Append(drop);
        Assert.Same(drop, chain.LastTransformer);
        Assert.Equal(["A", "C"], chain.Transform(Data).Schema.Select(column => column.Name));
        Assert.Empty(new TransformerChain<ITransformer>());
        Assert.Equal(Data.Schema.Count, new TransformerChain<ITransformer>().Transform(Data).Schema.Count);
    }

    [Fact]
    public void A_delegate_sees_what_was_fitted()
    {
        NormalizingTransformer? seen = null;
        var model = ML.Transforms.CopyColumns("C", "A").Append(ML.Transforms.NormalizeMinMax("A").WithOnFitDelegate(transformer => seen = transformer)).Fit(Data);
        Assert.Same(model.LastTransformer, seen);
    }

    [Fact]
    public void Disposing_a_chain_disposes_what_can_be()
    {
        var inner = new DisposableTransformer(ML.Transforms.CopyColumns("C", "A").Fit(Data));
        var chain = new TransformerChain<ITransformer>(ML.Transforms.CopyColumns("D", "A").Fit(Data), inner);
        chain.Dispose();
        chain.Dispose();
        Assert.Equal(1, inner.Disposals);
    }

    [Fact]
    public void A_row_mapper_of_a_chain_asks_for_no_more_than_it_needs()
    {
        ITransformer chain = ML.Transforms.CopyColumns("C", "A").Append(ML.Transforms.Concatenate("F", "C", "C")).Fit(Data);
        Assert.True(chain.IsRowToRowMapper);
        var mapper = chain.GetRowToRowMapper(Data.Schema);
        Assert.Equal(["A"], mapper.GetDependencies([mapper.OutputSchema["F"]]).Select(column => column.Name));
        Assert.Equal(["B"], mapper.GetDependencies([mapper.OutputSchema["B"]]).Select(column => column.Name));
    }

    [Fact]
    public void The_shape_of_a_schema_follows_the_chain()
    {
        var shape = ML.Transforms.Concatenate("F", "A", "B").Append(ML.Transforms.NormalizeMinMax("F")).GetOutputSchema(ShapeOf(Data));
        var features = shape.Single(column => column.Name == "F");
        Assert.Equal(SchemaShape.Column.VectorKind.Vector, features.Kind);
        Assert.Equal(NumberDataViewType.Single, features.ItemType);
        Assert.False(features.IsKey);
        Assert.Equal(["IsNormalized", "SlotNames"], features.Annotations.Select(annotation => annotation.Name).Order());
    }

    private static SchemaShape ShapeOf(IDataView data)
    {
        // The shape of a table is only made inside Fit: an estimator shows it.
        SchemaShape? shape = null;
        new EstimatorChain<ITransformer>().Append(new ShapeReader(seen => shape = seen)).Fit(data);
        return shape!;
    }

    private sealed class ShapeReader(Action<SchemaShape> show) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input) => ML.Transforms.CopyColumns("C", "A").Fit(input);

        public SchemaShape GetOutputSchema(SchemaShape inputSchema)
        {
            show(inputSchema);
            return inputSchema;
        }
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }
    }
}

/// <summary>A transformer that counts how often it is disposed.</summary>
internal sealed class DisposableTransformer(ITransformer inner) : ITransformer, IDisposable
{
    public int Disposals { get; private set; }

    public bool IsRowToRowMapper => inner.IsRowToRowMapper;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inner.GetOutputSchema(inputSchema);

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => inner.GetRowToRowMapper(inputSchema);

    public IDataView Transform(IDataView input) => inner.Transform(input);

    public void Save(ModelSaveContext ctx) => inner.Save(ctx);

    public void Dispose() => Disposals++;
}
