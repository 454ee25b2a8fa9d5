using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tool.Tests;

/// <summary>vae encode, reconstruct, score and impute.</summary>
public sealed class RowCommandTests(People people) : IClassFixture<People>
{
    [Fact]
    public void Encode_writes_a_latent_for_each_row()
    {
        ToolRun run = ToolRun.Done("encode", people.Model, people.Table, "--keep", "name", "--log-variance");
        Assert.Equal("name,z1,z2,logvar1,logvar2", run.Lines[0]);
        Assert.Equal(People.Count + 1, run.Lines.Length);
        Dictionary<string, string[]> columns = run.Columns();
        Assert.Equal(Enumerable.Range(0, People.Count).Select(row => $"p{row}"), columns["name"]);
        Assert.True(columns["z1"].Select(Number).Distinct().Count() > 190);
        Assert.Equal("z1,z2", ToolRun.Done("encode", people.Model, people.Table).Lines[0]);
    }

    [Fact]
    public void Draws_are_around_the_means_and_always_the_same()
    {
        double[] means = [.. ToolRun.Done("encode", people.Model, people.Table).Columns()["z1"].Select(Number)];
        ToolRun drawn = ToolRun.Done("encode", people.Model, people.Table, "--draw");
        double[] draws = [.. drawn.Columns()["z1"].Select(Number)];
        Assert.Equal(drawn.Output, ToolRun.Done("encode", people.Model, people.Table, "--draw").Output);
        Assert.NotEqual(means, draws);
        Assert.InRange(draws.Zip(means, (draw, mean) => draw - mean).Average(), -0.3, 0.3);
    }

    [Fact]
    public void Score_passes_the_table_on_and_appends_two_columns()
    {
        ToolRun run = ToolRun.Done("score", people.Model, people.Table);
        Assert.Equal($"{People.Header},Score,PredictedLabel", run.Lines[0]);
        Assert.StartsWith("p3,?,", run.Lines[4]);
        Assert.Contains("\"Ulm, Donau\"", run.Output);
        // The part of the training rows that --contamination says, 0.1.
        Assert.Equal(People.Count / 10, run.Lines.Count(line => line.EndsWith(",true", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_row_that_does_not_go_together_scores_higher()
    {
        string odd = People.Header + "\n" + string.Concat(Enumerable.Repeat("a,30,1.5,Köln,False,1,30000\n", 3)) + "b,30,1.5,Köln,False,1,900000\n";
        double[] scores = [.. ToolRun.Of(odd, "score", people.Model).Columns()["Score"].Select(Number)];
        Assert.True(scores[3] > scores[0] + 10, $"{scores[3]} {scores[0]}");
        Assert.Equal(scores[0], scores[2]);
    }

    [Theory]
    [InlineData("0.05", 10)]
    [InlineData("0.5", 100)]
    [InlineData("0.001", 0)]
    public void Contamination_is_the_part_of_the_scored_rows(string part, int expected)
    {
        ToolRun file = ToolRun.Done("score", people.Model, people.Table, "--contamination", part);
        Assert.Equal(expected, file.Lines.Count(line => line.EndsWith(",true", StringComparison.Ordinal)));
        Assert.Equal(file.Output, ToolRun.Of(File.ReadAllText(people.Table), "score", people.Model, "-", "--contamination", part).Output);
    }

    [Fact]
    public void A_threshold_that_is_said_counts()
    {
        Dictionary<string, string[]> columns = ToolRun.Done("score", people.Model, people.Table, "--threshold", "12.5", "--keep", "none").Columns();
        Assert.Equal(columns["Score"].Select(score => Number(score) > 12.5 ? "true" : "false"), columns["PredictedLabel"]);
    }

    [Fact]
    public void Impute_fills_holes_and_leaves_every_other_cell_as_it_is()
    {
        ToolRun run = ToolRun.Done("impute", people.Model, people.Table);
        string[] before = [.. File.ReadAllLines(people.Table).Select(line => line.Replace(", ", ",", StringComparison.Ordinal).Replace("Ulm,Donau", "Ulm, Donau", StringComparison.Ordinal))];
        Assert.Equal(before.Length, run.Lines.Length);
        Assert.Equal(before[0], run.Lines[0]);
        for (int row = 1; row < before.Length; row++)
        {
            string[] old = Cells(before[row]);
            string[] filled = Cells(run.Lines[row]);
            Assert.Equal(old.Select((cell, index) => cell is "?" or "" ? filled[index] : cell), filled);
            Assert.InRange(int.Parse(filled[1], CultureInfo.InvariantCulture), 0, 120);
            Assert.Contains(filled[3], People.Towns);
        }
    }

    [Fact]
    public void Impute_wants_a_model_that_knows_holes()
    {
        ToolRun run = ToolRun.Of("", "impute", people.WholeModel, people.Whole);
        Assert.Equal((ExitCode.Input, ""), (run.Code, run.Output));
        Assert.Contains("--masking-rate", run.Error);
        string masked = people.PathOf("masked.zip");
        ToolRun.Done(["train", people.Whole, "-o", masked, "--masking-rate", "0.3", .. People.SmallSettings]);
        // Truth values can be missing there.
        string filled = ToolRun.Of($"{People.Header}\na,,1.5,,,1,\n", "impute", masked).Lines[1];
        Assert.Matches("^a,[0-9]+,1.5,[^,]+(, Donau\")?,(True|False),1,[0-9]+$", filled);
    }

    [Fact]
    public void Reconstructions_have_the_columns_units_and_words_of_the_table()
    {
        Dictionary<string, string[]> columns = ToolRun.Done("reconstruct", people.Conditional, people.Table).Columns();
        Assert.Equal(["age", "height", "member", "flag", "income"], columns.Keys);
        Assert.All(columns["age"], age => Assert.Matches("^-?[0-9]+$", age));
        Assert.All(columns["member"], member => Assert.Contains(member, new[] { "true", "false" }));
        Assert.All(columns["flag"], flag => Assert.Contains(flag, new[] { "0", "1" }));
        Assert.All(columns["height"].Select(Number), height => Assert.InRange(height, 1.2, 2.2));
    }

    [Fact]
    public void Columns_are_found_by_name_and_others_are_passed_on()
    {
        string shuffled = "extra,income,flag,member,town,height,age\nx,30000,1,False,Köln,1.5,30\n";
        ToolRun run = ToolRun.Of(shuffled, "score", people.Model, "--keep", "extra");
        ToolRun usual = ToolRun.Of($"{People.Header}\nx,30,1.5,Köln,False,1,30000\n", "score", people.Model, "--keep", "name");
        Assert.Equal(usual.Lines[1], run.Lines[1]);
    }

    [Fact]
    public void A_new_category_is_a_missing_one_and_is_told()
    {
        ToolRun run = ToolRun.Of($"{People.Header}\nx,30,1.5,Paris,False,1,30000\ny,30,1.5,,False,1,30000\n", "score", people.Model);
        string[] scores = run.Columns()["Score"];
        Assert.Equal(scores[1], scores[0]);
        Assert.Contains("x,30,1.5,Paris,", run.Output);
        Assert.Contains("column 'town' has 1 cell(s) with categories that training did not have", run.Error);
    }

    [Fact]
    public void A_label_that_is_not_there_is_averaged_over()
    {
        ToolRun without = ToolRun.Of("name,age,height,member,flag,income\nx,30,1.5,False,1,30000\n", "score", people.Conditional, "--keep", "none");
        ToolRun empty = ToolRun.Of($"{People.Header}\nx,30,1.5,,False,1,30000\n", "score", people.Conditional, "--keep", "none");
        Assert.Equal((ExitCode.Done, empty.Output), (without.Code, without.Output));
        Assert.Contains("there is no column 'town'", without.Error);
    }

    [Theory]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void Any_usual_separator_is_found_and_kept(char separator)
    {
        string text = string.Join('\n', File.ReadLines(people.Whole).Take(4)).Replace("Ulm, Donau", "Köln", StringComparison.Ordinal).Replace(", ", ",", StringComparison.Ordinal);
        ToolRun comma = ToolRun.Of(text, "score", people.Model);
        ToolRun other = ToolRun.Of(text.Replace(',', separator), "score", people.Model);
        Assert.Equal(comma.Output.Replace(',', separator), other.Output);
    }

    [Fact]
    public void Quotes_and_line_breaks_in_cells_survive()
    {
        string cell = "\"a \"\"b\"\"\nc,d\"";
        ToolRun run = ToolRun.Of($"{People.Header}\n{cell},30,1.5,Köln,False,1,30000\n", "score", people.Model, "--keep", "name");
        Assert.StartsWith($"name,Score,PredictedLabel\n{cell},", run.Output);
    }

    [Fact]
    public void Names_that_are_taken_get_a_number()
    {
        ToolRun once = ToolRun.Of($"{People.Header}\nx,30,1.5,Köln,False,1,30000\n", "score", people.Model);
        ToolRun twice = ToolRun.Of(once.Output, "score", people.Model);
        Assert.EndsWith(",Score,PredictedLabel,Score2,PredictedLabel2", twice.Lines[0]);
    }

    [Fact]
    public void Numbers_are_alike_in_every_culture()
    {
        string expected = ToolRun.Done("encode", people.Model, people.Table).Output;
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            Assert.Equal(expected, ToolRun.Done("encode", people.Model, people.Table).Output);
            Assert.Equal(0.05, Number("0.05"));
            Assert.Equal(10, ToolRun.Done("score", people.Model, people.Table, "--contamination", "0.05").Lines.Count(line => line.EndsWith(",true", StringComparison.Ordinal)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Rows_come_out_while_others_are_still_to_come()
    {
        using var input = new EndlessRows(100_000);
        using var output = new WatchedOutput(() => input.Rows);
        ExitCode code = VaeTool.Run(["encode", people.Model], new ToolStreams(input, output, TextWriter.Null));
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(100_001, output.Lines);
        Assert.InRange(output.MostAhead, 1, 30_000);
    }

    [Fact]
    public void A_model_of_a_program_works_as_well()
    {
        var ml = new MLContext(1);
        IDataView rows = ml.Data.LoadFromTextFile(people.Whole, [new("age", DataKind.Single, 1), new("height", DataKind.Single, 2)], ',', hasHeader: true);
        using var model = ml.Transforms.Concatenate("Features", "age", "height").Append(ml.Transforms.NormalizeMinMax("Features"))
            .Append(ml.Transforms.VariationalAutoencoder("Latent", "Features", latentDimension: 3, numberOfEpochs: 1)).Fit(rows);
        string path = people.PathOf("program.zip");
        ml.Model.Save(model, rows.Schema, path);
        Assert.Equal("z1,z2,z3", ToolRun.Done("encode", path, people.Whole).Lines[0]);
        Assert.Equal($"vae: {path} has no column 'Score'.\n", ToolRun.Of("", "score", path, people.Whole).Error);
        Assert.Equal($"vae: {path} has no input that is a column of its table.\n", ToolRun.Of("", "sample", path).Error);
    }

    internal static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    // In these tables only the town has a comma.
    private static string[] Cells(string line) => [.. line.Replace("\"Ulm, Donau\"", "Ulm; Donau", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal).Split(',').Select(cell => cell.Replace(';', ','))];
}
