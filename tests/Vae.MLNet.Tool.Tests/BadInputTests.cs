using Microsoft.ML;

namespace Vae.MLNet.Tool.Tests;

/// <summary>What is wrong is told in one line, with file and line number, and leaves nothing behind.</summary>
public sealed class BadInputTests(People people) : IClassFixture<People>
{
    private const string Row = "x,30,1.5,Köln,False,1,30000\n";

    [Theory]
    [InlineData("", "bad.csv: it is empty.")]
    [InlineData("HEADER\nROWx,30,1.5\n", "bad.csv:3: 3 cells; the header has 7.")]
    [InlineData("HEADER\nROWx,30,1.5,Köln,False,1,30000,9\n", "bad.csv:3: 8 cells; the header has 7.")]
    [InlineData("HEADER\n\n\"x\ny\",30,1.5,Köln,False,1,1\nx,thirty,1.5,Köln,False,1,1\n", "bad.csv:5: column 'age': 'thirty' is not a number.")]
    [InlineData("HEADER\nROWx,1e999,1.5,Köln,False,1,1\n", "bad.csv:3: column 'age': '1e999' is not a number.")]
    [InlineData("HEADER\nROWx,30,1.5,Köln,maybe,1,1\n", "bad.csv:3: column 'member': 'maybe' is not true or false.")]
    [InlineData("HEADER\nROWx,30,1.5,Köln,,1,1\n", "bad.csv:3: column 'member': a missing cell, and there was none in training, where the column was true or false.")]
    [InlineData("HEADER\nROWx,,1.5,Köln,True,1,1\n", "bad.csv:3: Column 'age': found a missing value, wanted none, as in training: to score rows with holes, train with --masking-rate above 0.")]
    [InlineData("HEADER\nROWx,30,1.5,Köln,True,2,1\n", "bad.csv:3: Column 'flag': found 2, wanted a value from 0 to 1, which the Bernoulli likelihood needs.")]
    [InlineData("HEADER\nROWx,30,1.5,\"Köln,True,1,1\n", "bad.csv:3: a quoted field that is never closed.")]
    [InlineData("name,height,town,member,flag,income\nx,1.5,Köln,True,1,1\n", "bad.csv:1: there is no column 'age', which the model was trained on.")]
    [InlineData("ROW", "bad.csv:1: no column of the model ('age', ...) is in the first line: if it is a row already, say --header no.")]
    [InlineData("name,age,age,height,town,member,flag,income\n", "bad.csv:1: two columns are named 'age'.")]
    public void A_wrong_row_to_score_ends_with_its_line(string text, string message)
    {
        string table = people.Write("bad.csv", text.Replace("HEADER", People.Header, StringComparison.Ordinal).Replace("ROW", Row, StringComparison.Ordinal));
        string result = people.Write("result.csv", "old");
        ToolRun run = ToolRun.Of("", "score", people.WholeModel, table, "--out", result);
        Assert.Equal((ExitCode.Input, ""), (run.Code, run.Output));
        Assert.Equal($"vae: {people.PathOf(message)}\n", run.Error);
        Assert.Equal("old", File.ReadAllText(result));
        Assert.Empty(Directory.GetFiles(people.Folder, ".*"));
    }

    [Theory]
    [InlineData("", "bad.csv: it is empty.")]
    [InlineData("a,b\n", "bad.csv: there are no rows below the header.")]
    [InlineData("a,b\n1,2\n3\n", "bad.csv:3: 1 cell; the header has 2.")]
    [InlineData("a,b\n1,2\n3,4\nx,5\n", "bad.csv:4: column 'a': 'x' is not a number, as 2 other cells of the column are (--column a=category if all are texts).")]
    [InlineData("a,b\n1,\n3,\n", "bad.csv: column 'b' has no value in any row: leave it out by --ignore b.")]
    [InlineData("a,b\n1,x\n3,y\n4,z\n", "bad.csv: column 'b' has too many different texts, such as 'x': leave it out by --ignore b, or raise --max-categories.")]
    public void A_wrong_table_to_train_on_ends_with_its_line(string text, string message)
    {
        string table = people.Write("bad.csv", text);
        ToolRun run = ToolRun.Of("", "train", table, "--out", people.PathOf("never.zip"), "--epochs", "1", "--max-categories", "2");
        Assert.Equal((ExitCode.Input, $"vae: {people.PathOf(message)}"), (run.Code, run.Error.TrimEnd().Split('\n')[^1]));
        Assert.False(File.Exists(people.PathOf("never.zip")));
        Assert.Empty(Directory.GetFiles(people.Folder, ".*"));
    }

    [Theory]
    [InlineData("--label", "nobody", "there is no column 'nobody'; there are name, age, height, town, member, flag, income.")]
    [InlineData("--ignore", "age,nobody", "there is no column 'nobody'; there are name, age, height, town, member, flag, income.")]
    [InlineData("--image", "8x8", "6 columns are left for pixels, and 8x8 has 64 (--label and --ignore name those that are none).")]
    public void Columns_that_are_named_have_to_be_there(string option, string value, string message)
    {
        string[] usual = option == "--ignore" ? [] : ["--ignore", "name"];
        ToolRun run = ToolRun.Of("", ["train", people.Table, "--out", people.PathOf("never.zip"), "--quiet", option, value, .. usual]);
        Assert.Equal((ExitCode.Input, $"vae: {people.Table}: {message}\n"), (run.Code, run.Error));
    }

    [Fact]
    public void A_wrong_weight_is_told_with_its_line()
    {
        string table = people.Write("weights.csv", "a,w\n1,1\n2,-1\n");
        ToolRun run = ToolRun.Of("", "train", table, "--weight", "w", "--out", people.PathOf("never.zip"), "--quiet");
        Assert.Equal((ExitCode.Input, $"vae: {table}:3: Weight column 'w': found -1, wanted a finite number of at least 0.\n"), (run.Code, run.Error));
    }

    [Theory]
    [InlineData("--latent takes a whole number, not 'two'. (vae train --help)", "--latent", "two")]
    [InlineData("--latent is to be from 1 to 65536.", "--latent", "0")]
    [InlineData("--objective takes elbo|tcvae|info|iwae|autoencoder, not 'best'. (vae train --help)", "--objective", "best")]
    [InlineData("--lambda is no setting of this objective (vae train --help says of which).", "--lambda", "3")]
    [InlineData("--components is for --prior vamp.", "--components", "3")]
    [InlineData("--network convolutional is for images: say their size by --image.", "--network", "convolutional")]
    [InlineData("--patience wants validation rows: set --validation, or give Fit a second view of rows.", "--patience", "3")]
    [InlineData("--column age: 'big' is no setting of a column (vae train --help lists them).", "--column", "age=big")]
    [InlineData("--image takes 28x28|32x32x3, not '28'. (vae train --help)", "--image", "28")]
    public void Settings_that_are_wrong_are_named(string message, params string[] args)
    {
        ToolRun run = ToolRun.Of("", ["train", people.Whole, "--out", people.PathOf("never.zip"), "--ignore", "name", "--quiet", .. args]);
        Assert.Equal((ExitCode.Usage, $"vae: {message}\n"), (run.Code, run.Error));
        Assert.False(File.Exists(people.PathOf("never.zip")));
    }

    [Theory]
    [InlineData("A command is wanted. (vae --help)")]
    [InlineData("'trian' is no command. (vae --help)", "trian", "x.csv")]
    [InlineData("Option '--out' is required. (vae train --help)", "train", "x.csv")]
    [InlineData("--contamination is to be above 0 and at most 0.5, not 0.7. (vae score --help)", "score", "m.zip", "--contamination", "0.7")]
    [InlineData("This sampler is fitted to rows: name the training table by --fit. (vae sample --help)", "sample", "m.zip", "--sampler", "flow")]
    public void A_wrong_command_line_is_told_in_one_line(string message, params string[] args)
    {
        ToolRun run = ToolRun.Of("", args);
        Assert.Equal((ExitCode.Usage, $"vae: {message}\n"), (run.Code, run.Error));
    }

    [Fact]
    public void A_file_that_is_not_there_or_no_model_is_told()
    {
        void Expect(string message, params string[] args)
        {
            ToolRun run = ToolRun.Of("", args);
            Assert.Equal((ExitCode.Input, ""), (run.Code, run.Output));
            Assert.StartsWith($"vae: {message}", run.Error);
            Assert.Single(run.Error.TrimEnd().Split('\n'));
        }
        Expect("nothing.csv: there is no such file.", "train", "nothing.csv", "-o", people.PathOf("never.zip"));
        Expect("nothing.zip: there is no such file.", "info", "nothing.zip");
        Expect($"{people.Table} is no model that can be read: ", "score", people.Table, people.Table);
        Expect($"{people.Folder} is a folder.", "score", people.Model, people.Folder);

        string other = people.PathOf("other.zip");
        var ml = new MLContext(1);
        IDataView rows = ml.Data.LoadFromEnumerable([new One { Number = 1 }]);
        ml.Model.Save(ml.Transforms.CopyColumns("Copy", nameof(One.Number)).Fit(rows), rows.Schema, other);
        Expect($"{other} is a model with no variational autoencoder in it: one is wanted.", "score", other, people.Table);

        string cut = people.PathOf("cut.zip");
        File.WriteAllBytes(cut, File.ReadAllBytes(people.Model)[..^2000]);
        Expect($"{cut} is no model that can be read: ", "encode", cut, people.Table);
    }

    [Fact]
    public void Rows_before_a_wrong_one_reach_standard_output()
    {
        ToolRun run = ToolRun.Of($"{People.Header}\n{Row}{Row}x,30\n", "score", people.Model);
        Assert.Equal(ExitCode.Input, run.Code);
        Assert.Equal(3, run.Lines.Length);
        Assert.Equal("vae: standard input:4: 2 cells; the header has 7.\n", run.Error);
    }

    // Further down than anybody reads ahead; the model has categories, which ML.NET maps before ours.
    [Theory]
    [InlineData("score")]
    [InlineData("score", "--contamination", "0.1")]
    [InlineData("encode")]
    [InlineData("reconstruct")]
    [InlineData("evaluate", "--draws", "1")]
    [InlineData("report")]
    public void A_wrong_cell_far_down_is_told_with_its_line(params string[] command)
    {
        const int line = 3001;
        string[] lines = People.Rows(4000, holes: false).Split('\n');
        string[] cells = lines[line - 1].Split(',');
        // The rows below are one line further down.
        lines[99] = lines[99].Replace("p98,", "\"p\n98\",", StringComparison.Ordinal);
        (string Age, string Message)[] wrong =
        [
            ("old", "column 'age': 'old' is not a number."), ("", "Column 'age': found a missing value, wanted none"),
        ];
        foreach ((string age, string message) in wrong)
        {
            lines[line - 1] = string.Join(',', [cells[0], age, .. cells[2..]]);
            string table = people.Write("far.csv", string.Join('\n', lines));
            ToolRun run = ToolRun.Of("", [command[0], people.WholeModel, table, "--out", people.PathOf("never"), .. command[1..]]);
            Assert.Equal(ExitCode.Input, run.Code);
            Assert.StartsWith($"vae: {table}:{line + 1}: {message}", run.Error);
            Assert.False(File.Exists(people.PathOf("never")));
        }
    }

    [Fact]
    public void A_wrong_cell_far_down_stops_training_with_its_line()
    {
        const int line = 3001;
        string[] lines = People.Rows(4000, holes: false).Split('\n');
        string[] cells = lines[line - 1].Split(',');
        lines[line - 1] = string.Join(',', [.. cells[..^1], "-1"]);
        string table = people.Write("weighted.csv", string.Join('\n', lines));
        ToolRun run = ToolRun.Of("", ["train", table, "--out", people.PathOf("never.zip"), .. People.SmallSettings, "--weight", "income"]);
        Assert.Equal(ExitCode.Input, run.Code);
        Assert.Equal($"vae: {table}:{line}: Weight column 'income': found -1, wanted a finite number of at least 0.\n", run.Error);
    }

    [Fact]
    public void A_header_alone_is_a_table_without_rows()
    {
        ToolRun run = ToolRun.Of($"{People.Header}\n", "score", people.Model);
        Assert.Equal((ExitCode.Done, $"{People.Header},Score,PredictedLabel\n"), (run.Code, run.Output));
    }

    [Fact]
    public void Output_that_cannot_be_written_is_told_and_a_closed_pipe_is_the_end()
    {
        string[] sample = ["sample", people.Model, "-n", "1000000"];
        using var error = new StringWriter();
        Assert.Equal(ExitCode.Output, VaeTool.Run(sample, new ToolStreams(Stream.Null, new FailingOutput(200_000, FailingOutput.NoSpace), error)));
        Assert.Equal("vae: standard output cannot be written: It fails.\n", error.ToString());
        using var silence = new StringWriter();
        Assert.Equal(ExitCode.Done, VaeTool.Run(sample, new ToolStreams(Stream.Null, new FailingOutput(200_000, FailingOutput.BrokenPipe), silence)));
        Assert.Equal("", silence.ToString());
        ToolRun folder = ToolRun.Of("", "sample", people.Model, "--out", Path.Combine(people.Folder, "none", "x.csv"));
        Assert.Equal(ExitCode.Output, folder.Code);
        Assert.Contains("There is no folder", folder.Error);
    }

    [Fact]
    public void Cancelled_scoring_leaves_no_file()
    {
        using var cancellation = new CancellationTokenSource();
        using var input = new EndlessRows(int.MaxValue);
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(700));
        ExitCode code = VaeTool.Run(["score", people.Model, "-", "--out", people.PathOf("never.csv")], new ToolStreams(input, Stream.Null, TextWriter.Null), cancellation.Token);
        Assert.Equal(ExitCode.Cancelled, code);
        Assert.False(File.Exists(people.PathOf("never.csv")));
        Assert.Empty(Directory.GetFiles(people.Folder, ".*"));
    }

    private sealed class One
    {
        public float Number { get; set; }
    }
}
