using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class SchemaTests
{
    [Fact]
    public void Of_columns_with_one_name_the_last_is_found_and_hides_the_others()
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("A", NumberDataViewType.Single);
        builder.AddColumn("B", NumberDataViewType.Int32);
        builder.AddColumn("A", TextDataViewType.Instance);
        var schema = builder.ToSchema();
        Assert.Equal(3, schema.Count);
        Assert.Equal(2, schema["A"].Index);
        Assert.True(schema[0].IsHidden);
        Assert.False(schema[2].IsHidden);
        Assert.Equal("A: String", schema["A"].ToString());
    }

    [Fact]
    public void A_missing_column_is_an_argument_out_of_range()
    {
        var schema = new DataViewSchema.Builder().ToSchema();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => schema["X"]);
        Assert.Contains("Column 'X' not found", error.Message, StringComparison.Ordinal);
        Assert.Null(schema.GetColumnOrNull("X"));
        Assert.Throws<ArgumentOutOfRangeException>(() => schema[0]);
    }

    [Fact]
    public void Annotations_give_their_values_by_kind_and_type()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>("SlotNames", new VectorDataViewType(TextDataViewType.Instance, 2),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(2, ["x".AsMemory(), "y".AsMemory()]));
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("F", new VectorDataViewType(NumberDataViewType.Single, 2), annotations.ToAnnotations());
        builder.AddColumn("G", new VectorDataViewType(NumberDataViewType.Single, 3), annotations.ToAnnotations());
        var schema = builder.ToSchema();

        Assert.True(schema["F"].IsNormalized());
        Assert.True(schema["F"].HasSlotNames());
        Assert.False(schema["G"].HasSlotNames());
        Assert.Equal(["x", "y"], Table.SlotNames(schema["F"]));
        Assert.False(schema["F"].HasKeyValues());
        float wrong = 0;
        Assert.Throws<InvalidOperationException>(() => schema["F"].Annotations.GetValue("IsNormalized", ref wrong));
        Assert.Throws<InvalidOperationException>(() => schema["F"].Annotations.GetValue("Nothing", ref wrong));
    }

    [Fact]
    public void Key_values_count_only_where_they_fit_the_key()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>("KeyValues", new VectorDataViewType(TextDataViewType.Instance, 2),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(2, ["no".AsMemory(), "yes".AsMemory()]));
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("K", new KeyDataViewType(typeof(uint), 2), annotations.ToAnnotations());
        builder.AddColumn("L", new KeyDataViewType(typeof(uint), 3), annotations.ToAnnotations());
        var schema = builder.ToSchema();
        Assert.True(schema["K"].HasKeyValues());
        Assert.False(schema["K"].HasKeyValues(NumberDataViewType.Single));
        Assert.False(schema["L"].HasKeyValues());
        Assert.Equal(["no", "yes"], Table.KeyValues(schema["K"]));
    }

    [Fact]
    public void An_annotation_getter_must_fit_its_type()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        ValueGetter<int> getter = (ref int value) => value = 1;
        Assert.ThrowsAny<ArgumentException>(() => annotations.Add("X", NumberDataViewType.Single, getter));
    }

    [Fact]
    public void Annotations_can_be_taken_over_one_by_one()
    {
        var first = new DataViewSchema.Annotations.Builder();
        first.AddPrimitiveValue("A", NumberDataViewType.Int32, 1);
        first.AddPrimitiveValue("B", NumberDataViewType.Int32, 2);
        var second = new DataViewSchema.Annotations.Builder();
        second.Add(first.ToAnnotations(), kind => kind == "B");
        var annotations = second.ToAnnotations();
        int value = 0;
        annotations.GetValue("B", ref value);
        Assert.Equal(2, value);
        Assert.Single(annotations.Schema);
        Assert.Empty(DataViewSchema.Annotations.Empty.Schema);
    }
}
