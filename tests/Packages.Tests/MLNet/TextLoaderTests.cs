using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public sealed class TextLoaderTests : IDisposable
{
    private static readonly MLContext ML = new(1);
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Fields_become_columns_by_number()
    {
        Write("1\tred\t2.5\ttrue", "2\tblue\t-1e3\tfalse");
        var data = ML.Data.LoadFromTextFile(_path, [new("Id", DataKind.Int32, 0), new("Name", DataKind.String, 1), new("X", DataKind.Single, 2), new("B", DataKind.Boolean, 3)]);
        Assert.Equal([1, 2], Table.Values<int>(data, "Id"));
        Assert.Equal(["red", "blue"], Table.Texts(data, "Name"));
        Assert.Equal([2.5f, -1000f], Table.Values<float>(data, "X"));
        Assert.Equal([true, false], Table.Values<bool>(data, "B"));
        Assert.Null(data.GetRowCount());
        Assert.False(data.CanShuffle);
    }

    [Fact]
    public void Ranges_become_vectors_even_of_one_slot()
    {
        Write("1,2,3,4");
        var data = ML.Data.LoadFromTextFile(_path, [new("V", DataKind.Single, 1, 2), new("One", DataKind.Double, 3, 3), new("Two", DataKind.Single, [new(0), new(3)])], separatorChar: ',');
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Single, 2), data.Schema["V"].Type);
        Assert.Equal(new VectorDataViewType(NumberDataViewType.Double, 1), data.Schema["One"].Type);
        Assert.Equal([2f, 3f], Table.Vectors<float>(data, "V")[0]);
        Assert.Equal([1f, 4f], Table.Vectors<float>(data, "Two")[0]);
    }

    [Fact]
    public void A_header_names_the_slots_and_is_not_a_row()
    {
        Write("label,height,width", "1,2,3");
        var options = new TextLoader.Options { Columns = [new("Label", DataKind.Single, 0), new("F", DataKind.Single, [new(1, null)])], Separators = [','], HasHeader = true };
        var data = ML.Data.LoadFromTextFile(_path, options);
        Assert.Equal(["height", "width"], Table.SlotNames(data.Schema["F"]));
        Assert.Equal([2f, 3f], Table.Vectors<float>(data, "F").Single());
    }

    [Fact]
    public void Without_columns_the_first_field_is_the_label_and_the_rest_are_features()
    {
        Write("1\t2\t3", "4\t5\t6");
        var data = ML.Data.LoadFromTextFile(_path);
        Assert.Equal([1f, 4f], Table.Values<float>(data, "Label"));
        Assert.Equal([5f, 6f], Table.Vectors<float>(data, "Features")[1]);
    }

    [Fact]
    public void A_class_can_say_where_its_members_are()
    {
        Write("name,a,b,key", "x,1,2,1", "y,3,4,7");
        var data = ML.Data.LoadFromTextFile<Row>(_path, separatorChar: ',', hasHeader: true);
        Assert.Equal(["x", "y"], Table.Texts(data, "Title"));
        Assert.Equal([3f, 4f], Table.Vectors<float>(data, "V")[1]);
        Assert.Equal(new KeyDataViewType(typeof(uint), 3), data.Schema["Key"].Type);
        Assert.Equal([2u, 0u], Table.Values<uint>(data, "Key"));
        Assert.False(data.Schema["V"].HasSlotNames());
        Assert.Throws<InvalidOperationException>(() => ML.Data.LoadFromTextFile<NoNumbers>(_path));
    }

    [Fact]
    public void Missing_and_unreadable_reals_are_zero_and_NaN()
    {
        Write("1,,?", "abc,NaN", "");
        var columns = new TextLoader.Column[] { new("V", DataKind.Single, 0, 2) };
        var rows = Table.Vectors<float>(ML.Data.LoadFromTextFile(_path, columns, separatorChar: ','), "V");
        Assert.Equal(2, rows.Count);
        Assert.Equal([1f, 0f, float.NaN], rows[0]);
        Assert.Equal([float.NaN, float.NaN, 0f], rows[1]);
        var missing = ML.Data.LoadFromTextFile(_path, new TextLoader.Options { Columns = [new("X", DataKind.Single, 1)], Separators = [','], MissingRealsAsNaNs = true });
        Assert.Equal([float.NaN, float.NaN], Table.Values<float>(missing, "X"));
    }

    [Fact]
    public void An_unreadable_integer_is_an_error_and_a_missing_one_is_zero()
    {
        Write("1,5", ",6", "x,7");
        var data = ML.Data.LoadFromTextFile(_path, [new("I", DataKind.Int32, 0), new("J", DataKind.Int32, 1)], separatorChar: ',');
        Assert.Equal([5, 6, 7], Table.Values<int>(data, "J"));
        var error = Assert.ThrowsAny<Exception>(() => Table.Values<int>(data, "I"));
        Assert.Contains("Could not parse value x", error.ToString(), StringComparison.Ordinal);
        Assert.Equal([1, 0], Table.Values<int>(ML.Data.TakeRows(ML.Data.LoadFromTextFile(_path, new TextLoader.Options { Columns = [new("I", DataKind.Int32, 0)], Separators = [','], MaxRows = 2 }), 2), "I"));
    }

    [Fact]
    public void Quotes_protect_separators_and_are_doubled()
    {
        Write("\"a,b\",1", "\"say \"\"hi\"\"\",2", "plain,3");
        TextLoader.Column[] columns = [new("T", DataKind.String, 0), new("N", DataKind.Int32, 1)];
        var data = ML.Data.LoadFromTextFile(_path, columns, separatorChar: ',', allowQuoting: true);
        Assert.Equal(["a,b", "say \"hi\"", "plain"], Table.Texts(data, "T"));
        Assert.Equal([1, 2, 3], Table.Values<int>(data, "N"));
        Assert.Equal("\"a", Table.Texts(ML.Data.LoadFromTextFile(_path, columns, separatorChar: ','), "T")[0]);
    }

    [Fact]
    public void A_quoted_field_may_span_lines_where_that_is_asked_for()
    {
        Write("\"first", "second\",1");
        var options = new TextLoader.Options { Columns = [new("T", DataKind.String, 0), new("N", DataKind.Int32, 1)], Separators = [','], AllowQuoting = true, ReadMultilines = true };
        var data = ML.Data.LoadFromTextFile(_path, options);
        Assert.Equal(["first\nsecond"], Table.Texts(data, "T"));
        Assert.Equal([1], Table.Values<int>(data, "N"));
    }

    [Fact]
    public void Leading_spaces_go_and_comments_and_blank_lines_are_no_rows()
    {
        Write("// a comment", "  1,  x y ", "", "// another", "2,z");
        var data = ML.Data.LoadFromTextFile(_path, [new("N", DataKind.Single, 0), new("T", DataKind.String, 1)], separatorChar: ',');
        Assert.Equal([1f, 2f], Table.Values<float>(data, "N"));
        Assert.Equal(["x y ", "z"], Table.Texts(data, "T"));
        Assert.Equal("x y", Table.Texts(ML.Data.LoadFromTextFile(_path, [new("T", DataKind.String, 1)], separatorChar: ',', trimWhitespace: true), "T")[0]);
    }

    [Fact]
    public void Sparse_rows_give_slot_and_value()
    {
        Write("1 5 0:2 3:4", "0 5 1:7");
        var options = new TextLoader.Options { Columns = [new("Label", DataKind.Single, 0), new("F", DataKind.Single, 1, 5)], Separators = [' '], AllowSparse = true };
        var data = ML.Data.LoadFromTextFile(_path, options);
        Assert.Equal([1f, 0f], Table.Values<float>(data, "Label"));
        Assert.Equal([2f, 0f, 0f, 4f, 0f], Table.Vectors<float>(data, "F")[0]);
        Assert.Equal([0f, 7f, 0f, 0f, 0f], Table.Vectors<float>(data, "F")[1]);
    }

    [Fact]
    public void Numbers_may_have_a_decimal_comma()
    {
        Write("1,5;2");
        var options = new TextLoader.Options { Columns = [new("X", DataKind.Single, 0)], Separators = [';'], DecimalMarker = ',' };
        Assert.Equal([1.5f], Table.Values<float>(ML.Data.LoadFromTextFile(_path, options), "X"));
    }

    [Fact]
    public void Several_files_are_read_one_after_the_other()
    {
        Write("a", "1");
        var loader = ML.Data.CreateTextLoader([new("X", DataKind.Single, 0)], hasHeader: true);
        Assert.Equal([1f, 1f], Table.Values<float>(loader.Load(_path, _path), "X"));
        Assert.Equal([1f, 1f], Table.Values<float>(loader.Load(new MultiFileSource(_path, _path)), "X"));
        Assert.Equal("X", loader.GetOutputSchema().Single().Name);
    }

    [Fact]
    public void A_file_that_is_not_there_and_settings_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Data.LoadFromTextFile(_path + ".no", [new("X", DataKind.Single, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Data.LoadFromTextFile(_path, new TextLoader.Options { Columns = [new("X", DataKind.Single, 0)], Separators = ['"'] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => ML.Data.LoadFromTextFile(_path, new TextLoader.Options { Columns = [new("X", DataKind.Single, [new(0, 2), new(1)])] }));
    }

    private void Write(params string[] lines) => File.WriteAllLines(_path, lines);

    private sealed class Row
    {
        [LoadColumn(0), ColumnName("Title")]
        public string? Name { get; set; }

        [LoadColumn(1, 2), VectorType(2)]
        public float[]? V { get; set; }

        [LoadColumn(3), KeyType(3)]
        public uint Key { get; set; }
    }

    private sealed class NoNumbers
    {
        public float X { get; set; }
    }
}
