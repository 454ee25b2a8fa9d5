using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Xunit;

namespace Packages.Tests.MLNet;

public sealed class TextSaverTests : IDisposable
{
    private static readonly MLContext ML = new(1);
    private readonly string _path = Path.GetTempFileName();

    private static readonly Row[] Rows =
    [
        new() { N = -7, X = 0.1f, D = 0.1, B = true, T = "a,b", K = 1, V = [1, 0, 2.5f] },
        new() { X = float.NaN, D = double.NaN, T = "", K = 9, V = [0, float.NaN, 0] },
        new() { N = int.MaxValue, X = 1e-5f, D = double.PositiveInfinity, T = " say \"hi\"", V = [-1, 1e10f, 0] },
    ];

    private static IDataView Data => ML.Data.LoadFromEnumerable(Rows);

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Every_type_has_its_text()
    {
        // A key counts from 0 and is nothing where it is missing; empty text is quoted; a Double has 17 digits.
        Assert.Equal(
            [
                "-7\t0.1\t0.10000000000000001\t1\ta,b\t1\t1\t0\t2.5",
                "0\t?\t?\t0\t\"\"\t\t0\t?\t0",
                "2147483647\t1E-05\tInfinity\t0\t\" say \"\"hi\"\"\"\t0\t-1\t1E+10\t0",
            ],
            Lines(Data, headerRow: false, schema: false, forceDense: true));
    }

    [Fact]
    public void The_head_says_how_to_read_the_file_and_names_scalars_and_slots()
    {
        var named = ML.Transforms.Concatenate("F", "X", "V").Append(ML.Transforms.CopyColumns("My Key", "K")).Append(ML.Transforms.CopyColumns("My Vec", "V"))
            .Append(ML.Transforms.SelectColumns("T", "B", "V", "F", "My Key", "My Vec")).Fit(Data).Transform(Data);
        string[] lines = Lines(named);
        Assert.Equal(
            [
                "#@ TextLoader{", "#@   header+", "#@   sep=tab", "#@   col=T:TX:0", "#@   col=B:BL:1", "#@   col=V:R4:2-4", "#@   col=F:R4:5-8",
                "#@   col={name={My Key} type=U4 src=9 key=3}", "#@   col={name={My Vec} src=10-12}", "#@ }",
            ],
            lines[..10]);
        Assert.Equal("T\tB\t\"\"\t\"\"\t\"\"\tX\t\"\"\t\"\"\t\"\"\tMy Key\t\"\"\t\"\"\t\"\"", Lines(named, forceDense: true)[10]);
        Assert.Equal(14, lines.Length);
        Assert.Equal(lines[10..], Lines(named, schema: false));
        Assert.Equal(["#@   sep=comma", "#@   col=T:TX:0"], Lines(named, ',', headerRow: false)[1..3]);
    }

    [Fact]
    public void Where_nothing_has_a_name_there_is_no_header()
    {
        var vectors = ML.Transforms.SelectColumns("V").Fit(Data).Transform(Data);
        Assert.Equal(["#@ TextLoader{", "#@   sep=tab", "#@   col=V:R4:0-2", "#@ }", "1\t0\t2.5", "0\t?\t0", "-1\t1E+10\t0"], Lines(vectors));
    }

    [Fact]
    public void Text_is_quoted_where_it_could_be_misread()
    {
        string[] texts = ["plain", "two words", "a,b", "a:b", "a\"b", " a", "a\tb", ""];
        var data = ML.Data.LoadFromEnumerable(texts.Select(text => new Word { T = text }));
        Assert.Equal(["plain", "two words", "\"a,b\"", "\"a:b\"", "\"a\"\"b\"", "\" a\"", "a\tb", "\"\""], Lines(data, ',', headerRow: false, schema: false));
        Assert.Equal(["plain", "two words", "a,b", "\"a:b\"", "\"a\"\"b\"", "\" a\"", "\"a\tb\"", "\"\""], Lines(data, headerRow: false, schema: false));
    }

    [Fact]
    public void A_mostly_default_row_is_sparse_from_the_column_that_makes_it_shortest()
    {
        // A slot written as index:text costs 2.5 fields. First row: 1 + 2.5 for the vector alone, against 5 for both columns and 11 for neither.
        // Second row: nothing to write at all. Third: 26 against 11.
        var data = ML.Data.LoadFromEnumerable([Sparse(1, (7, 3)), Sparse(0), new Wide { Y = 2, V = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }]);
        Assert.Equal(["Y\t10\t0:\"\"", "1\t10\t7:3", "11\t0:0", "2\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10"], Lines(data, schema: false));
        Assert.Equal(["1\t0\t0\t0\t0\t0\t0\t0\t3\t0\t0", "0\t0\t0\t0\t0\t0\t0\t0\t0\t0\t0"], Lines(data, headerRow: false, schema: false, forceDense: true)[..2]);
        Write(data);
        TextLoader.Column[] columns = [new("Y", DataKind.Single, 0), new("V", DataKind.Single, 1, 10)];
        var loaded = ML.Data.LoadFromTextFile(_path, columns, hasHeader: true, allowSparse: true);
        Assert.Equal(Table.Values<float>(data, "Y"), Table.Values<float>(loaded, "Y"));
        Assert.Equal(Table.Vectors<float>(data, "V"), Table.Vectors<float>(loaded, "V"));
    }

    [Fact]
    public void Fewer_than_five_fields_are_never_sparse()
    {
        var data = ML.Transforms.SelectColumns("K", "V").Fit(Data).Transform(Data);
        Assert.Equal("\t0\t?\t0", Lines(data, headerRow: false, schema: false)[1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_written_can_be_read(bool schema)
    {
        Write(Data, ',', schema, forceDense: true);
        TextLoader.Column[] columns =
        [
            new("N", DataKind.Int32, 0), new("X", DataKind.Single, 1), new("D", DataKind.Double, 2), new("B", DataKind.Boolean, 3), new("T", DataKind.String, 4),
            new("K", DataKind.UInt32, [new(5)], new KeyCount(3)), new("V", DataKind.Single, 6, 8),
        ];
        CheckLoaded(ML.Data.LoadFromTextFile(_path, columns, separatorChar: ',', hasHeader: true, allowQuoting: true), "T");
    }

    [Fact]
    public void A_file_without_sparse_rows_and_quotes_says_itself_how_to_read_it()
    {
        var named = ML.Transforms.CopyColumns("My Key", "K").Append(ML.Transforms.CopyColumns("My Vec", "V")).Append(ML.Transforms.DropColumns("T")).Fit(Data).Transform(Data);
        Write(named, ';', forceDense: true);
        var loaded = ML.Data.LoadFromTextFile(_path);
        Assert.Equal(named.Schema.Select(column => (column.Name, column.Type)), loaded.Schema.Select(column => (column.Name, column.Type)));
        CheckLoaded(loaded);
        Assert.Equal(Table.Values<uint>(named, "My Key"), Table.Values<uint>(loaded, "My Key"));
        Assert.Equal(Table.Vectors<float>(named, "My Vec"), Table.Vectors<float>(loaded, "My Vec"));
        Assert.Single(Table.Values<int>(ML.Data.LoadFromTextFile(_path, new TextLoader.Options { MaxRows = 1 }), "N"));
        var told = ML.Data.LoadFromTextFile(_path, new TextLoader.Options { Separators = [';'], AllowSparse = true });
        Assert.Equal(["Label", "Features"], told.Schema.Select(column => column.Name));
    }

    [Fact]
    public void Hidden_columns_are_left_out_unless_they_are_wanted()
    {
        var data = ML.Transforms.CopyColumns("X", "D").Append(ML.Transforms.SelectColumns(["X"], keepHidden: true)).Fit(Data).Transform(Data);
        Assert.Equal(["X", "0.10000000000000001"], Lines(data, schema: false)[..2]);
        Assert.Equal(["X\tX", "0.1\t0.10000000000000001"], Lines(data, schema: false, keepHidden: true)[..2]);
    }

    [Fact]
    public void The_stream_stays_open_and_has_no_byte_order_mark()
    {
        using var stream = new MemoryStream();
        ML.Data.SaveAsText(Data, stream, schema: false);
        Assert.True(stream.CanWrite);
        Assert.Equal((byte)'N', stream.ToArray()[0]);
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Lines(Data, 'x'));
        Assert.Throws<ArgumentNullException>(() => ML.Data.SaveAsText(null, Stream.Null));
        Assert.Throws<ArgumentNullException>(() => ML.Data.SaveAsText(Data, null));
        var nothing = ML.Transforms.CopyColumns("X", "D").Append(ML.Transforms.SelectColumns(["X"], keepHidden: true)).Append(ML.Transforms.DropColumns("X")).Fit(Data).Transform(Data);
        Assert.Throws<InvalidOperationException>(() => Lines(nothing));
    }

    private static void CheckLoaded(IDataView loaded, params string[] texts)
    {
        Assert.Equal(Table.Values<int>(Data, "N"), Table.Values<int>(loaded, "N"));
        Assert.Equal(Table.Values<float>(Data, "X"), Table.Values<float>(loaded, "X"));
        Assert.Equal(Table.Values<double>(Data, "D"), Table.Values<double>(loaded, "D"));
        Assert.Equal(Table.Values<bool>(Data, "B"), Table.Values<bool>(loaded, "B"));
        Assert.Equal(Table.Values<uint>(Data, "K"), Table.Values<uint>(loaded, "K"));
        Assert.Equal(Table.Vectors<float>(Data, "V"), Table.Vectors<float>(loaded, "V"));
        Assert.All(texts, column => Assert.Equal(Table.Texts(Data, column), Table.Texts(loaded, column)));
    }

    private static Wide Sparse(float y, params (int Slot, float Value)[] values)
    {
        var row = new Wide { Y = y };
        foreach (var (slot, value) in values)
        {
            row.V[slot] = value;
        }
        return row;
    }

    private static string[] Lines(IDataView data, char separator = '\t', bool headerRow = true, bool schema = true, bool keepHidden = false, bool forceDense = false)
    {
        using var stream = new MemoryStream();
        ML.Data.SaveAsText(data, stream, separator, headerRow, schema, keepHidden, forceDense);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.EndsWith(Environment.NewLine, text, StringComparison.Ordinal);
        return text[..^Environment.NewLine.Length].Split(Environment.NewLine);
    }

    private void Write(IDataView data, char separator = '\t', bool schema = true, bool forceDense = false)
    {
        using var stream = File.Create(_path);
        ML.Data.SaveAsText(data, stream, separator, schema: schema, forceDense: forceDense);
    }

    private sealed class Row
    {
        public int N { get; set; }

        public float X { get; set; }

        public double D { get; set; }

        public bool B { get; set; }

        public string? T { get; set; }

        [KeyType(3)]
        public uint K { get; set; }

        [VectorType(3)]
        public float[]? V { get; set; }
    }

    private sealed class Word
    {
        public string? T { get; set; }
    }

    private sealed class Wide
    {
        public float Y { get; set; }

        [VectorType(10)]
        public float[] V { get; set; } = new float[10];
    }
}
