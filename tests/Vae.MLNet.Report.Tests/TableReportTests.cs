using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;

namespace Vae.MLNet.Report.Tests;

/// <summary>The report on a model of a table: what it says, and that it is what it says.</summary>
public sealed class TableReportTests(TableModel table) : IClassFixture<TableModel>
{
    private const string Label = "Note";

    [Fact]
    public void It_has_all_sections_and_loads_nothing()
    {
        Page page = Report();
        Assert.Equal(
            ["summary", "training", "reconstructions", "samples", "map", "traversals", "kl", "scores"],
            page.Root.Descendants("section").Select(section => section.Attribute("id")!.Value));
        Assert.Equal(page.Root.Descendants("section").Select(section => "#" + section.Attribute("id")!.Value), page.Root.Descendants("a").Select(link => link.Attribute("href")!.Value));
        Assert.DoesNotMatch("https?:|@import|url\\(", page.Text);
        Assert.DoesNotContain(page.Root.Descendants(), element => element.Name.LocalName is "script" or "link" or "iframe" or "object");
        Assert.All(page.Root.Descendants("figure"), figure => Assert.NotEmpty(figure.Element("figcaption")!.Value));
        Assert.All(page.Root.Descendants("svg").Where(svg => svg.Parent!.Name == "figure"), svg => Assert.NotEmpty(svg.Attribute("aria-label")!.Value));
    }

    [Fact]
    public void Its_numbers_are_those_of_the_evaluation()
    {
        Page page = Report();
        VaeMetrics metrics = table.Ml.Model.EvaluateVariationalAutoencoder(table.Model, table.Data, draws: 32);
        Assert.Equal(metrics.Elbo, page.Tile("ELBO"));
        Assert.Equal(metrics.Reconstruction, page.Tile("Reconstruction"));
        Assert.Equal(metrics.Kl, page.Tile("KL divergence"));
        Assert.Equal(metrics.LogLikelihood, page.Tile("Log-likelihood"));
        Assert.Equal(metrics.ActiveUnits, page.Tile("Active dimensions"));
        var kl = page.Section("kl").Descendants("tbody").Single().Elements("tr").ToDictionary(
            line => line.Element("th")!.Value, line => double.Parse(line.Descendants("data").Single().Attribute("value")!.Value, CultureInfo.InvariantCulture));
        Assert.Equal(metrics.KlPerDimension, Enumerable.Range(0, 3).Select(dimension => kl[$"z{dimension}"]));
        Assert.Equal(3, page.Section("kl").Descendants("rect").Count());
    }

    [Fact]
    public void Every_epoch_is_there_and_in_the_curves()
    {
        Page page = Report();
        IReadOnlyList<VaeProgress> history = Vae.History;
        string[][] epochs = page.Table("Every epoch");
        Assert.Equal(history.Select(epoch => epoch.Elbo.ToString("N2", CultureInfo.InvariantCulture)), epochs.Select(line => line[1]));
        Assert.Equal(history.Select(epoch => epoch.ValidationElbo!.Value.ToString("N2", CultureInfo.InvariantCulture)), epochs.Select(line => line[2]));
        string[] lines = [.. page.Section("training").Descendants("path").Where(path => path.Attribute("class")!.Value.StartsWith("line ", StringComparison.Ordinal)).Select(path => path.Attribute("d")!.Value)];
        // ELBO with its validation, reconstruction, KL, step size: a point for each epoch.
        Assert.Equal(5, lines.Length);
        Assert.All(lines, line => Assert.Equal(history.Count - 1, line.Count(each => each == 'L')));
    }

    [Fact]
    public void Originals_stand_above_what_the_decoder_gives_back()
    {
        Page page = Report();
        Assert.Equal(["Row", "", Label, TableModel.HostileColumn, "Whole", "Flag", "Word"], page.Heads("Originals and reconstructions"));
        string[][] lines = page.Table("Originals and reconstructions");
        TableRow[] rows = TableRow.Make(400);
        Assert.Equal(16, lines.Length);
        for (int index = 0; index < 8; index++)
        {
            TableRow row = rows[index * 50];
            string[] original = lines[2 * index];
            Assert.Equal((index * 50 + 1).ToString(CultureInfo.InvariantCulture), original[0]);
            Assert.Equal("original", original[1]);
            Assert.Equal(row.Whole.ToString("N0", CultureInfo.InvariantCulture), original[4]);
            Assert.Equal(row.Flag ? "true" : "false", original[5]);
            // The row's number spans both lines.
            Assert.Equal("decoded", lines[2 * index + 1][0]);
            Assert.Equal(6, lines[2 * index + 1].Length);
        }
        Assert.Contains(page.Table("The rows of the highest scores").SelectMany(line => line), cell => cell == "missing");
    }

    [Fact]
    public void The_rows_of_the_highest_scores_come_first()
    {
        Page page = Report();
        IDataView scored = table.Model.Transform(table.Data);
        float[] scores = [.. table.Ml.Data.CreateEnumerable<Scored>(scored, reuseRowObject: false).Select(row => row.Score)];
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(row => scores[row]).Take(10)];
        string[][] shown = [.. page.Table("The rows of the highest scores").Where((_, index) => index % 2 == 0)];
        Assert.Equal(order.Select(row => (row + 1).ToString("N0", CultureInfo.InvariantCulture)), shown.Select(line => line[0]));
        Assert.Equal(order.Select(row => scores[row].ToString("N2", CultureInfo.InvariantCulture)), shown.Select(line => line[1]));
        int above = scores.Count(score => score > Vae.ScoreThreshold);
        Assert.Contains($"{above} rows", page.Section("scores").Descendants("figcaption").First().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_histogram_counts_all_rows_that_it_draws()
    {
        Page page = Report();
        System.Xml.Linq.XElement figure = page.Section("scores").Elements("figure").First();
        int drawn = figure.Descendants("rect").Sum(bar => int.Parse(Regex.Match(bar.Element("title")!.Value, ": ([\\d,]+) row").Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture));
        Match beyond = Regex.Match(figure.Element("figcaption")!.Value, "([\\d,]+) rows? beyond");
        Assert.Equal(400, drawn + (beyond.Success ? int.Parse(beyond.Groups[1].Value, CultureInfo.InvariantCulture) : 0));
    }

    [Fact]
    public void The_map_has_a_point_for_each_row_in_the_colour_of_its_label()
    {
        Page page = Report();
        System.Xml.Linq.XElement map = page.Section("map");
        string[] groups = [.. map.Descendants("path").Where(path => path.Attribute("class")!.Value.StartsWith("dots", StringComparison.Ordinal)).Select(path => path.Attribute("d")!.Value)];
        TableRow[] rows = TableRow.Make(400);
        int hostile = rows.Count(row => row.Note == TableModel.HostileLabel);
        Assert.Equal(new[] { hostile, 400 - hostile }.Order(), groups.Select(group => group.Count(each => each == 'M')).Order());
        Assert.Contains($"{TableModel.HostileLabel} ({hostile})", map.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_values_of_the_data_are_text()
    {
        Page page = Page.Of(table.Ml, table.Model, table.Data, new VaeReportOptions { LabelColumnName = Label, Title = "<title>\u0002</title>" });
        Assert.Equal("<title>\uFFFD</title>", page.Root.Descendants("h1").Single().Value);
        Assert.DoesNotContain("<script", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(page.Root.Descendants("img"));
        Assert.Empty(page.Root.Descendants("b"));
        Assert.Contains(page.Table("The input columns"), line => line[0] == TableModel.HostileColumn);
        // What no XML can hold is replaced.
        Assert.Contains(page.Table("Sampled rows"), line => line[^1] == "</td><img src=x onerror=alert(1)>\uFFFD\uFFFD");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_in_every_culture()
    {
        VaeReportOptions Options(int seed) => new() { LabelColumnName = Label, Seed = seed, MaximumRows = 100 };
        Page first = Page.Of(table.Ml, table.Model, table.Data, Options(5));
        Page again;
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
            again = Page.Of(new MLContext(), table.Model, table.Data, Options(5));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
        Assert.True(first.Bytes.AsSpan().SequenceEqual(again.Bytes));
        Page other = Page.Of(table.Ml, table.Model, table.Data, Options(6));
        Assert.NotEqual(first.Tile("ELBO"), other.Tile("ELBO"));
        Assert.Contains("100 rows, drawn at random from the 400", first.Section("summary").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_conditional_model_samples_and_traversals_have_labels()
    {
        Page page = Page.Of(table.Ml, table.Conditional, table.Data);
        Assert.Equal(["Word", "Amount", "Whole", "Flag"], page.Heads("Sampled rows"));
        Assert.Equal(12, page.Table("Sampled rows").Length);
        Assert.Contains("(Word ", page.Section("traversals").Value, StringComparison.Ordinal);
        Assert.Contains("16 rows without a label", page.Section("summary").Value, StringComparison.Ordinal);
        // 16 rows have no label: a group of their own.
        Assert.Contains("missing (16)", page.Section("map").Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_as_label_is_coloured_by_ranges()
    {
        Page page = Page.Of(table.Ml, table.Model, table.Data, new VaeReportOptions { LabelColumnName = "Whole" });
        Assert.Equal(5, page.Section("map").Descendants("path").Count(path => path.Attribute("class")!.Value.StartsWith("dots r", StringComparison.Ordinal)));
        Assert.Equal(400, page.Section("map").Descendants("path").Sum(path => path.Attribute("class")!.Value.StartsWith("dots", StringComparison.Ordinal) ? path.Attribute("d")!.Value.Count(each => each == 'M') : 0));
    }

    public sealed class Scored
    {
        public float Score { get; set; }
    }

    private VaeTransformer Vae => ((IEnumerable<ITransformer>)table.Model).OfType<VaeTransformer>().Single();

    private Page Report() => Page.Of(table.Ml, table.Model, table.Data, new VaeReportOptions { LabelColumnName = Label });
}
