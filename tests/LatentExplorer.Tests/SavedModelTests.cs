using System.Text.Json;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>Models from files, with and without rows.</summary>
public sealed class SavedModelTests(TableFile table) : IClassFixture<TableFile>
{
    [Fact]
    public async Task A_table_is_read_by_the_names_of_its_columns_and_decoded_as_a_row()
    {
        await using RunningPage page = await RunningPage.Start(SavedModel.Open(table.Model, table.Csv, null, null));
        JsonElement model = await page.Get("model");

        Assert.Equal(JsonValueKind.Null, model.GetProperty("image").ValueKind);
        Assert.Equal(["Age number", "IsMember flag", "Town category"], model.GetProperty("fields").EnumerateArray().Select(field => $"{field.GetProperty("name")} {field.GetProperty("kind")}"));
        Assert.Equal("Town", model.GetProperty("groups").GetProperty("column").GetString());
        float[] row = [.. (await page.Get("rows/7")).GetProperty("original").GetProperty("values").EnumerateArray().Select(value => value.GetSingle())];
        string[] cells = File.ReadLines(table.Csv).ElementAt(8).Split(';');
        Assert.Equal(cells[1], $"{row[0]}");
        Assert.Equal(cells[0] == "True" ? 1 : 0, row[1]);
        string[] towns = [.. model.GetProperty("fields")[2].GetProperty("categories").EnumerateArray().Select(name => name.GetString()!)];
        Assert.Equal(TableFile.Towns.Order(), towns.Order());
        Assert.Equal(cells[2].Trim('"'), towns[Array.IndexOf(row[2..], 1f)]);
        float[] decoded = [.. (await page.Get("rows/7")).GetProperty("decoded").GetProperty("values").EnumerateArray().Select(value => value.GetSingle())];
        Assert.Equal(1, decoded[2] + decoded[3] + decoded[4], 1e-3f);
        Assert.InRange(decoded[0], row[0] - 15, row[0] + 15);
    }

    [Fact]
    public async Task Any_column_of_the_file_colours_the_map()
    {
        await using RunningPage page = await RunningPage.Start(SavedModel.Open(table.Model, table.Csv, "Group", null));

        Assert.Equal(["old", "young"], (await page.Get("model")).GetProperty("groups").GetProperty("names").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public async Task Without_rows_the_map_shows_draws_of_the_model()
    {
        await using RunningPage page = await RunningPage.Start(SavedModel.Open(table.Model, null, null, null));
        JsonElement model = await page.Get("model");

        Assert.True(model.GetProperty("rowsAreDrawn").GetBoolean());
        Assert.Equal(1500, model.GetProperty("rowCount").GetInt32());
        double[] latents = [.. model.GetProperty("latents").EnumerateArray().Select(value => value.GetDouble())];
        Assert.InRange(latents.Average(), -0.1, 0.1);
        Assert.InRange(latents.Average(value => value * value), 0.85, 1.15);
    }

    [Fact]
    public async Task A_conditional_model_is_told_a_label()
    {
        await using RunningPage page = await RunningPage.Start(SavedModel.Open(table.Conditional, table.Csv, null, null));
        float[] latent = [0, 0];

        float young = (await page.Ask("decode", new { latent, label = TableFile.Towns[0] })).GetProperty("values")[0].GetSingle();
        float old = (await page.Ask("decode", new { latent, label = TableFile.Towns[2] })).GetProperty("values")[0].GetSingle();

        Assert.InRange(old - young, 25, 55);
        Assert.Equal(TableFile.Towns[1], (await page.Ask("sample", new { label = TableFile.Towns[1] })).GetProperty("label").GetString());
        (int status, string error) = await page.Refused("decode", """{"latent":[0,0],"label":"Rom"}""");
        Assert.Equal(400, status);
        Assert.Contains("label is to be one of", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_autoencoder_draws_from_a_mixture_of_its_rows()
    {
        await using RunningPage page = await RunningPage.Start(SavedModel.Open(table.Plain, table.Csv, null, null));

        Assert.Equal("mixture", (await page.Get("model")).GetProperty("drawsFrom").GetString());
        Assert.Equal(2, (await page.Ask("sample", new { })).GetProperty("latent").GetArrayLength());
        ExplorerException without = Assert.Throws<ExplorerException>(() => SavedModel.Open(table.Plain, null, null, null));
        Assert.Contains("--data with rows is wanted", without.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_said_in_one_line()
    {
        string Path(string name, string content)
        {
            string path = System.IO.Path.Combine(table.Folder, name);
            File.WriteAllText(path, content);
            return path;
        }
        (Func<Explorer> Open, string Error)[] cases =
        [
            (() => SavedModel.Open(table.Model + ".not", null, null, null), "there is no such file"),
            (() => SavedModel.Open(table.Csv, null, null, null), "is no model that can be read"),
            (() => SavedModel.Open(table.Model, Path("empty.csv", ""), null, null), "is empty"),
            (() => SavedModel.Open(table.Model, Path("other.csv", "a,b\n1,2\n"), null, null), "no column of the model (Age, IsMember, Town) is in the first line"),
            (() => SavedModel.Open(table.Model, Path("less.csv", "Age,Town\n20,Aachen\n"), null, null), "IsMember"),
            (() => SavedModel.Open(table.Model, Path("header.csv", "Age,Town,IsMember\n"), null, null), "no rows"),
            (() => SavedModel.Open(table.Model, table.Csv, "Village", null), "--label: there is no column 'Village'"),
            (() => SavedModel.Open(table.Model, table.Csv, null, new ImageSize(2, 2, 1)), "--image: 2x2x1 is 4 values of one vector"),
        ];
        foreach ((Func<Explorer> open, string error) in cases)
        {
            ExplorerException refused = Assert.Throws<ExplorerException>(open);
            Assert.Contains(error, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }
    }
}
