using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class KeyVectorTests
{
    private static readonly MLContext ML = new(1);

    private static readonly Row[] Rows =
    [
        new() { Name = "red", Pair = ["a", "b"], Small = 2, Pins = [1, 1] },
        new() { Name = "blue", Pair = ["b", "b"], Small = 0, Pins = [0, 7] },
        new() { Name = "", Pair = ["c", ""], Small = 9, Pins = [2, 0] },
    ];

    private static IDataView Data
    {
        get
        {
            var rows = ML.Data.LoadFromEnumerable(Rows);
            return ML.Transforms.Conversion.MapValueToKey([new("Name"), new("Pair")]).Fit(rows).Transform(rows);
        }
    }

    [Fact]
    public void A_key_becomes_a_1_in_its_slot_and_a_missing_one_nothing()
    {
        var data = ML.Transforms.Conversion.MapKeyToVector("Hot", "Name").Fit(Data).Transform(Data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), data.Schema["Hot"].Type);
        Assert.Equal([[1f, 0f], [0f, 1f], [0f, 0f]], Table.Vectors<float>(data, "Hot"));
        Assert.Equal(["red", "blue"], Table.SlotNames(data.Schema["Hot"]));
        Assert.Equal(["SlotNames", "CategoricalSlotRanges", "IsNormalized"], data.Schema["Hot"].Annotations.Schema.Select(annotation => annotation.Name));
        Assert.True(data.Schema["Hot"].IsNormalized());
        Assert.Equal([0, 1], Ranges(data.Schema["Hot"]));
    }

    [Fact]
    public void It_is_stored_sparsely()
    {
        var data = ML.Transforms.Conversion.MapKeyToVector("Small").Fit(Data).Transform(Data);
        using var cursor = data.GetRowCursor([data.Schema["Small"]]);
        var getter = cursor.GetGetter<VBuffer<float>>(data.Schema["Small"]);
        VBuffer<float> value = default;
        Assert.True(cursor.MoveNext());
        getter(ref value);
        Assert.Equal((4, 1), (value.Length, value.GetValues().Length));
        Assert.Equal([2], value.GetIndices().ToArray());
    }

    [Fact]
    public void Keys_without_values_give_slots_without_names()
    {
        // In an object a single key counts from 0, but those of a vector from 1, and 0 is a missing one.
        var data = ML.Transforms.Conversion.MapKeyToVector([new("A", "Small"), new("B", "Pins")]).Fit(Data).Transform(Data);
        Assert.False(data.Schema["A"].HasSlotNames());
        Assert.False(data.Schema["B"].HasSlotNames());
        Assert.Equal([[0f, 0f, 1f, 0f], [1f, 0f, 0f, 0f], [0f, 0f, 0f, 0f]], Table.Vectors<float>(data, "A"));
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2, 3), data.Schema["B"].Type);
        Assert.Equal([[1f, 0f, 0f, 1f, 0f, 0f], [0f, 0f, 0f, 0f, 0f, 0f], [0f, 1f, 0f, 0f, 0f, 0f]], Table.Vectors<float>(data, "B"));
        Assert.Equal([0, 2, 3, 5], Ranges(data.Schema["B"]));
    }

    [Fact]
    public void A_vector_of_keys_gives_a_part_for_each_or_counts()
    {
        var parts = ML.Transforms.Conversion.MapKeyToVector("P", "Pair").Fit(Data).Transform(Data);
        Assert.Equal(["[0].a", "[0].b", "[0].c", "[1].a", "[1].b", "[1].c"], Table.SlotNames(parts.Schema["P"]));
        Assert.Equal([[1f, 0f, 0f, 0f, 1f, 0f], [0f, 1f, 0f, 0f, 1f, 0f], [0f, 0f, 1f, 0f, 0f, 0f]], Table.Vectors<float>(parts, "P"));
        Assert.True(parts.Schema["P"].IsNormalized());

        var counts = ML.Transforms.Conversion.MapKeyToVector("P", "Pair", outputCountVector: true).Fit(Data).Transform(Data);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), counts.Schema["P"].Type);
        Assert.Equal(["a", "b", "c"], Table.SlotNames(counts.Schema["P"]));
        Assert.Equal([[1f, 1f, 0f], [0f, 2f, 0f], [0f, 0f, 1f]], Table.Vectors<float>(counts, "P"));
        Assert.False(counts.Schema["P"].IsNormalized());
    }

    [Fact]
    public void It_comes_back_from_a_file()
    {
        var model = ML.Transforms.Conversion.MapKeyToVector([new("Hot", "Name"), new("Pair")], outputCountVector: true).Fit(Data);
        using var stream = new MemoryStream();
        ML.Model.Save(model, Data.Schema, stream);
        stream.Position = 0;
        var loaded = ML.Model.Load(stream, out _);
        var before = model.Transform(Data);
        var after = loaded.Transform(Data);
        Assert.Equal(before.Schema.Select(column => (column.Name, column.Type)), after.Schema.Select(column => (column.Name, column.Type)));
        Assert.Equal(Table.Vectors<float>(before, "Hot"), Table.Vectors<float>(after, "Hot"));
        Assert.Equal(Table.Vectors<float>(before, "Pair"), Table.Vectors<float>(after, "Pair"));
        Assert.Equal(["red", "blue"], Table.SlotNames(after.Schema["Hot"]));
    }

    [Fact]
    public void The_shape_of_the_output_fits_a_chain()
    {
        var model = ML.Transforms.Conversion.MapKeyToVector("Hot", "Name").Append(ML.Transforms.Concatenate("F", "Hot", "Hot")).Append(ML.Transforms.NormalizeMinMax("F")).Fit(Data);
        Assert.Equal(["Hot.red", "Hot.blue", "Hot.red", "Hot.blue"], Table.SlotNames(model.GetOutputSchema(Data.Schema)["F"]));
    }

    [Fact]
    public void Only_keys_are_mapped()
    {
        var rows = ML.Data.LoadFromEnumerable(Rows);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => ML.Transforms.Conversion.MapKeyToVector("Hot", "Name").Fit(rows));
        Assert.Contains("expected key type of known cardinality, got String", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Transforms.Conversion.MapKeyToVector("Nothing").Fit(rows));
    }

    private static int[] Ranges(DataViewSchema.Column column)
    {
        VBuffer<int> ranges = default;
        column.Annotations.GetValue("CategoricalSlotRanges", ref ranges);
        return [.. ranges.DenseValues()];
    }

    private sealed class Row
    {
        public string? Name { get; set; }

        [VectorType(2)]
        public string[]? Pair { get; set; }

        [KeyType(4)]
        public byte Small { get; set; }

        [KeyType(3), VectorType(2)]
        public uint[]? Pins { get; set; }
    }
}
