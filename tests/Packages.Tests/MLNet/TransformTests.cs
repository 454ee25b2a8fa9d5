using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Xunit;

namespace Packages.Tests.MLNet;

public class TransformTests
{
    private static readonly MLContext ML = new(1);

    private static readonly Row[] Rows =
    [
        new() { A = 1, B = 2, V = [3, 4], Name = "red", Kind = 7 },
        new() { A = 5, B = 6, V = [0, 0], Name = "blue", Kind = 3 },
        new() { A = float.NaN, B = 0, V = [8, 9], Name = "", Kind = 7 },
    ];

    private static IDataView Data => ML.Data.LoadFromEnumerable(Rows);

    [Fact]
    public void Concatenating_puts_columns_side_by_side_and_names_the_slots()
    {
        var data = ML.Transforms.Concatenate("F", "A", "V", "B").Fit(Data).Transform(Data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 4), data.Schema["F"].Type);
        Assert.Equal([1f, 3f, 4f, 2f], Table.Vectors<float>(data, "F")[0]);
        Assert.Equal(["A", "", "", "B"], Table.SlotNames(data.Schema["F"]));
        var again = ML.Transforms.Concatenate("G", "F", "A").Fit(data).Transform(data);
        Assert.Equal(["F.A", "", "", "F.B", "A"], Table.SlotNames(again.Schema["G"]));
    }

    [Fact]
    public void One_vector_alone_is_taken_as_it_is()
    {
        var data = ML.Transforms.Concatenate("F", "V").Fit(Data).Transform(Data);
        Assert.Equal(data.Schema["V"].Type, data.Schema["F"].Type);
        Assert.False(data.Schema["F"].HasSlotNames());
        var one = ML.Transforms.Concatenate("F", "A").Fit(Data).Transform(Data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1), one.Schema["F"].Type);
        Assert.Equal(["A"], Table.SlotNames(one.Schema["F"]));
    }

    [Fact]
    public void Sparse_inputs_stay_sparse()
    {
        var sparse = ML.Data.LoadFromEnumerable([new Buffers { X = new VBuffer<float>(10, 1, [2f], [3]), Y = new VBuffer<float>(4, 0, [], []) }], BufferSchema());
        var data = ML.Transforms.Concatenate("F", "X", "Y").Fit(sparse).Transform(sparse);
        using var cursor = data.GetRowCursor(data.Schema);
        VBuffer<float> value = default;
        cursor.MoveNext();
        cursor.GetGetter<VBuffer<float>>(data.Schema["F"])(ref value);
        Assert.Equal(14, value.Length);
        Assert.Equal([3], value.GetIndices().ToArray());
        Assert.Equal([2f], value.GetValues().ToArray());
    }

    [Fact]
    public void Columns_of_different_types_are_not_concatenated()
    {
        var estimator = ML.Transforms.Concatenate("F", "A", "Name");
        Assert.Throws<InvalidOperationException>(() => new EstimatorChain<ITransformer>().Append(estimator).Fit(Data));
        Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Fit(Data).Transform(Data));
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => ML.Transforms.Concatenate("F", "Nothing").Fit(Data).Transform(Data));
        Assert.Contains("Could not find input column 'Nothing'", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_column_stands_behind_the_one_that_it_hides()
    {
        var data = ML.Transforms.CopyColumns("A", "B").Fit(Data).Transform(Data);
        Assert.Equal(["A", "A", "B", "V", "Name", "Kind"], data.Schema.Select(column => column.Name));
        Assert.True(data.Schema[0].IsHidden);
        Assert.Equal([2f, 6f, 0f], Table.Values<float>(data, "A"));
        using var cursor = data.GetRowCursor([data.Schema[0]]);
        Assert.Equal(1f, Table.Drain<float>(cursor, data.Schema[0])[0]);
    }

    [Fact]
    public void Dropping_and_selecting_columns()
    {
        Assert.Equal(["A", "B", "Kind"], ML.Transforms.DropColumns("V", "Name").Fit(Data).Transform(Data).Schema.Select(column => column.Name));
        var selected = ML.Transforms.SelectColumns("V", "A").Fit(Data).Transform(Data);
        Assert.Equal(["V", "A"], selected.Schema.Select(column => column.Name));
        Assert.Equal([3f, 4f], Table.Vectors<float>(selected, "V")[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Transforms.DropColumns("Nothing").Fit(Data));
        var hiding = ML.Transforms.CopyColumns("A", "B").Fit(Data).Transform(Data);
        Assert.Single(ML.Transforms.SelectColumns("A").Fit(hiding).Transform(hiding).Schema);
        Assert.Equal(2, ML.Transforms.SelectColumns(["A"], keepHidden: true).Fit(hiding).Transform(hiding).Schema.Count);
    }

    [Fact]
    public void Values_become_keys_in_the_order_in_which_they_come_and_empty_text_is_missing()
    {
        var data = ML.Transforms.Conversion.MapValueToKey("K", "Name").Fit(Data).Transform(Data);
        Assert.Equal(new KeyDataViewType(typeof(uint), 2), data.Schema["K"].Type);
        Assert.Equal([1u, 2u, 0u], Table.Values<uint>(data, "K"));
        Assert.True(data.Schema["K"].HasKeyValues());
        Assert.Equal(["red", "blue"], Table.KeyValues(data.Schema["K"]));
        var sorted = ML.Transforms.Conversion.MapValueToKey("K", "Name", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(Data).Transform(Data);
        Assert.Equal(["blue", "red"], Table.KeyValues(sorted.Schema["K"]));
        Assert.Equal([2u, 1u, 0u], Table.Values<uint>(sorted, "K"));
    }

    [Fact]
    public void A_value_that_was_not_seen_has_no_key()
    {
        var model = ML.Transforms.Conversion.MapValueToKey("K", "Name", maximumNumberOfKeys: 1).Fit(Data);
        Assert.Equal([1u, 0u, 0u], Table.Values<uint>(model.Transform(Data), "K"));
    }

    [Fact]
    public void Numbers_become_keys_too_and_NaN_is_missing()
    {
        var data = ML.Transforms.Conversion.MapValueToKey([new("KA", "A"), new("KK", "Kind"), new("KV", "V")]).Fit(Data).Transform(Data);
        Assert.Equal([1u, 2u, 0u], Table.Values<uint>(data, "KA"));
        Assert.Equal([1u, 2u, 1u], Table.Values<uint>(data, "KK"));
        Assert.Equal(new VectorDataViewType(new KeyDataViewType(typeof(uint), 5), 2), data.Schema["KV"].Type);
        Assert.Equal([1u, 2u], Table.Vectors<uint>(data, "KV")[0]);
        Assert.Equal([3u, 3u], Table.Vectors<uint>(data, "KV")[1]);
        VBuffer<int> values = default;
        data.Schema["KK"].GetKeyValues(ref values);
        Assert.Equal([7, 3], values.DenseValues());
        Assert.False(data.Schema["KK"].HasKeyValues());
        Assert.True(data.Schema["KK"].HasKeyValues(NumberDataViewType.Int32));
    }

    [Fact]
    public void Key_values_can_be_given_and_written_as_text()
    {
        var keys = ML.Data.LoadFromEnumerable([new Key { Kind = 3 }, new Key { Kind = 9 }, new Key { Kind = 7 }]);
        var data = ML.Transforms.Conversion.MapValueToKey("K", "Kind", keyData: keys).Fit(Data).Transform(Data);
        Assert.Equal([3u, 1u, 3u], Table.Values<uint>(data, "K"));
        var text = ML.Transforms.Conversion.MapValueToKey("K", "Kind", addKeyValueAnnotationsAsText: true).Fit(Data).Transform(Data);
        Assert.Equal(["7", "3"], Table.KeyValues(text.Schema["K"]));
    }

    [Fact]
    public void Keys_become_their_values_again_and_missing_ones_missing_values()
    {
        var data = ML.Transforms.Conversion.MapValueToKey([new("KN", "Name"), new("KA", "A"), new("KV", "V")])
            .Append(ML.Transforms.Conversion.MapKeyToValue([new("N", "KN"), new("X", "KA"), new("W", "KV")])).Fit(Data).Transform(Data);
        Assert.Equal(["red", "blue", ""], Table.Texts(data, "N"));
        Assert.Equal([1f, 5f, float.NaN], Table.Values<float>(data, "X"));
        Assert.Equal([8f, 9f], Table.Vectors<float>(data, "W")[2]);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), data.Schema["W"].Type);
    }

    [Fact]
    public void A_column_without_keys_has_no_values_for_them()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new EstimatorChain<ITransformer>().Append(ML.Transforms.Conversion.MapKeyToValue("N", "Name")).Fit(Data));
    }

    [Fact]
    public void Transforming_reads_nothing_and_then_only_the_columns_that_are_needed()
    {
        var source = new CountingView(Data);
        var model = ML.Transforms.Concatenate("F", "A", "B").Append(ML.Transforms.CopyColumns("N", "Name")).Fit(source);
        var data = model.Transform(source);
        Assert.Equal(0, source.Cursors);
        Table.Vectors<float>(data, "F");
        Assert.Equal(["A", "B"], source.Columns);
        source.Columns.Clear();
        Table.Texts(data, "N");
        Assert.Equal(["Name"], source.Columns);
        Assert.Null(data.GetRowCount());
    }

    private static DataViewSchema BufferSchema()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("X", new VectorDataViewType(NumberDataViewType.Single, 10));
        builder.AddColumn("Y", new VectorDataViewType(NumberDataViewType.Single, 4));
        return builder.ToSchema();
    }

    private sealed class Row
    {
        public float A { get; set; }

        public float B { get; set; }

        [VectorType(2)]
        public float[]? V { get; set; }

        public string? Name { get; set; }

        public int Kind { get; set; }
    }

    private sealed class Buffers
    {
        public VBuffer<float> X { get; set; }

        public VBuffer<float> Y { get; set; }
    }

    private sealed class Key
    {
        public int Kind { get; set; }
    }
}
