using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public class EnumerableTests
{
    private static readonly MLContext ML = new(1);

    [Fact]
    public void Members_become_columns_of_their_types()
    {
        var schema = ML.Data.LoadFromEnumerable(Array.Empty<Everything>()).Schema;
        Assert.Equal(NumberDataViewType.Single, schema["Number"].Type);
        Assert.Equal(TextDataViewType.Instance, schema["Text"].Type);
        Assert.Equal(BooleanDataViewType.Instance, schema["Truth"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 3), schema["Vector"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Double, 2, 2), schema["Matrix"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Int32), schema["Any"].Type);
        Assert.Equal(new VectorDataViewType(TextDataViewType.Instance), schema["Words"].Type);
        Assert.Equal(new KeyDataViewType(typeof(uint), 4), schema["Key"].Type);
        Assert.Equal(DateTimeDataViewType.Instance, schema["Renamed"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single), schema["Buffer"].Type);
        Assert.Null(schema.GetColumnOrNull("Ignored"));
        Assert.Equal(10, schema.Count);
    }

    [Fact]
    public void A_column_comes_out_as_its_values_texts_and_arrays()
    {
        var view = ML.Data.LoadFromEnumerable(new[] { new Everything { Number = 1.5f, Text = "hi", Vector = [1, 2, 3], Words = ["a", "b"] }, new Everything { Number = 2, Vector = [4, 5, 6] } });
        Assert.Equal([1.5f, 2], view.GetColumn<float>("Number"));
        Assert.Equal(["hi", ""], view.GetColumn<string>("Text"));
        Assert.Equal([[1, 2, 3], [4, 5, 6]], view.GetColumn<float[]>(view.Schema["Vector"]));
        Assert.Equal(["a", "b"], view.GetColumn<string[]>("Words").First());
        Assert.Equal([3, 3], view.GetColumn<VBuffer<float>>("Vector").Select(vector => vector.Length));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.GetColumn<double>("Number"));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.GetColumn<double[]>("Vector"));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.GetColumn<float>("None"));
        Assert.ThrowsAny<ArgumentException>(() => ML.Data.LoadFromEnumerable(Array.Empty<ImageOnly>()).GetColumn<float>(view.Schema["Number"]));
    }

    private sealed class ImageOnly
    {
        public string Path { get; set; } = "";
    }

    [Fact]
    public void Values_come_through_unchanged_and_go_back()
    {
        var row = new Everything
        {
            Number = 1.5f,
            Text = "hi",
            Truth = true,
            Vector = [1, 2, 3],
            Matrix = [1, 2, 3, 4],
            Any = [5],
            Words = ["a", "b"],
            Key = 2,
            When = new DateTime(2020, 1, 2),
            Buffer = new VBuffer<float>(4, 1, [9f], [2]),
        };
        var data = ML.Data.LoadFromEnumerable([row]);
        var back = ML.Data.CreateEnumerable<Everything>(data, reuseRowObject: false).Single();
        Assert.Equal(1.5f, back.Number);
        Assert.Equal("hi", back.Text);
        Assert.True(back.Truth);
        Assert.Equal([1f, 2f, 3f], back.Vector!);
        Assert.Equal([1.0, 2, 3, 4], back.Matrix!);
        Assert.Equal([5], back.Any!);
        Assert.Equal(["a", "b"], back.Words!);
        Assert.Equal(row.When, back.When);
        Assert.Equal([0f, 0f, 9f, 0f], back.Buffer.DenseValues());
        Assert.False(back.Buffer.IsDense);
        // In an object a key counts from 0; the column counts from 1, and so does what comes back.
        Assert.Equal([3u], Table.Values<uint>(data, "Key"));
        Assert.Equal(3u, back.Key);
    }

    [Fact]
    public void A_key_beyond_its_count_is_missing()
    {
        var data = ML.Data.LoadFromEnumerable([new Everything { Key = 3 }, new Everything { Key = 4 }, new Everything { Key = uint.MaxValue }]);
        Assert.Equal([4u, 0u, 0u], Table.Values<uint>(data, "Key"));
    }

    [Fact]
    public void Missing_texts_and_arrays_are_empty()
    {
        var data = ML.Data.LoadFromEnumerable([new Everything()]);
        Assert.Equal([""], Table.Texts(data, "Text"));
        Assert.Empty(Table.Vectors<int>(data, "Any").Single());
    }

    [Fact]
    public void Nothing_is_read_before_a_cursor_moves_and_only_as_far_as_it_moves()
    {
        int read = 0;
        IEnumerable<Simple> Rows()
        {
            for (int i = 0; i < 10; i++)
            {
                read++;
                yield return new Simple { A = i };
            }
        }
        var data = ML.Data.LoadFromEnumerable(Rows());
        Assert.Null(data.GetRowCount());
        Assert.False(data.CanShuffle);
        using var cursor = data.GetRowCursor(data.Schema);
        Assert.Equal(0, read);
        Assert.Equal(-1, cursor.Position);
        cursor.MoveNext();
        cursor.MoveNext();
        Assert.Equal(2, read);
        Assert.Equal(1, cursor.Position);
        Assert.Equal(2, ML.Data.CreateEnumerable<Simple>(data, false).Take(2).Count());
        Assert.Equal(4, read);
    }

    [Fact]
    public void A_list_knows_how_many_rows_it_has_and_rows_are_numbered()
    {
        var data = ML.Data.LoadFromEnumerable(new List<Simple> { new() { A = 1 }, new() { A = 2 } });
        Assert.Equal(2, data.GetRowCount());
        using var cursor = data.GetRowCursor(data.Schema);
        Assert.Equal([new DataViewRowId(0, 0), new DataViewRowId(1, 0)], Table.Ids(cursor));
        Assert.False(cursor.MoveNext());
        Assert.Equal(-1, cursor.Position);
    }

    [Fact]
    public void Only_columns_that_were_asked_for_can_be_read()
    {
        var data = ML.Data.LoadFromEnumerable([new Simple()]);
        using var cursor = data.GetRowCursor([data.Schema["A"]]);
        Assert.True(cursor.IsColumnActive(data.Schema["A"]));
        Assert.False(cursor.IsColumnActive(data.Schema["B"]));
        Assert.ThrowsAny<Exception>(() => cursor.GetGetter<float>(data.Schema["B"]));
        Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<double>(data.Schema["A"]));
    }

    [Fact]
    public void A_schema_can_give_sizes_and_annotations_that_the_class_does_not_know()
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>("SlotNames", new VectorDataViewType(TextDataViewType.Instance, 1), (ref VBuffer<ReadOnlyMemory<char>> value) => value = new(1, ["s".AsMemory()]));
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("V", new VectorDataViewType(NumberDataViewType.Single, 1), annotations.ToAnnotations());
        var data = ML.Data.LoadFromEnumerable([new Loose { V = [7] }], builder.ToSchema());
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 1), data.Schema["V"].Type);
        Assert.Equal(["s"], Table.SlotNames(data.Schema["V"]));
        Assert.Equal([7f], Table.Vectors<float>(data, "V").Single());

        builder.AddColumn("Other", NumberDataViewType.Single);
        Assert.Throws<InvalidOperationException>(() => ML.Data.LoadFromEnumerable([new Loose()], builder.ToSchema()));
    }

    [Fact]
    public void A_schema_definition_can_rename_type_and_annotate_columns()
    {
        var definition = SchemaDefinition.Create(typeof(Loose));
        definition["V"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2);
        definition["V"].AddAnnotation("SlotNames", new[] { "p", "q" }, new VectorDataViewType(TextDataViewType.Instance, 2));
        definition["V"].ColumnName = "W";
        var data = ML.Data.LoadFromEnumerable([new Loose { V = [1, 2] }], definition);
        Assert.Equal(["p", "q"], Table.SlotNames(data.Schema["W"]));
        Assert.Equal([1f, 2f], Table.Vectors<float>(data, "W").Single());

        definition["W"].ColumnType = NumberDataViewType.Single;
        Assert.ThrowsAny<ArgumentException>(() => ML.Data.LoadFromEnumerable([new Loose()], definition));
    }

    [Fact]
    public void A_row_object_is_used_again_only_where_that_is_asked_for()
    {
        var data = ML.Data.LoadFromEnumerable([new Simple { A = 1 }, new Simple { A = 2 }]);
        Assert.NotSame(ML.Data.CreateEnumerable<Simple>(data, false).First(), ML.Data.CreateEnumerable<Simple>(data, false).Last());
        var seen = ML.Data.CreateEnumerable<Simple>(data, reuseRowObject: true).ToArray();
        Assert.Same(seen[0], seen[1]);
    }

    [Fact]
    public void A_missing_column_is_an_error_unless_it_may_be_missing()
    {
        var data = ML.Data.LoadFromEnumerable([new OnlyA { A = 3 }]);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => ML.Data.CreateEnumerable<Simple>(data, false));
        Assert.Contains("'B'", error.Message, StringComparison.Ordinal);
        Assert.Equal(3f, ML.Data.CreateEnumerable<Simple>(data, false, ignoreMissingColumns: true).Single().A);
    }

    [Fact]
    public void A_member_of_another_type_is_an_error()
    {
        var data = ML.Data.LoadFromEnumerable([new OnlyA()]);
        Assert.Throws<InvalidOperationException>(() => ML.Data.CreateEnumerable<DoubleA>(data, false));
        Assert.ThrowsAny<ArgumentException>(() => ML.Data.LoadFromEnumerable([new Unsupported()]));
    }

    private sealed class Everything
    {
        public float Number { get; set; }

        public string? Text;
        public bool Truth;

        [VectorType(3)]
        public float[]? Vector { get; set; }

        [VectorType(2, 2)]
        public double[]? Matrix;

        public int[]? Any;
        public string[]? Words;

        [KeyType(4)]
        public uint Key { get; set; }

        [ColumnName("Renamed")]
        public DateTime When;

        public VBuffer<float> Buffer;

        [NoColumn]
        public float Ignored { get; set; }
    }

    private sealed class Simple
    {
        public float A { get; set; }

        public float B { get; set; }
    }

    private sealed class OnlyA
    {
        public float A { get; set; }
    }

    private sealed class DoubleA
    {
        public double A { get; set; }
    }

    private sealed class Loose
    {
        public float[]? V { get; set; }
    }

    private sealed class Unsupported
    {
        public Uri? A { get; set; }
    }
}
