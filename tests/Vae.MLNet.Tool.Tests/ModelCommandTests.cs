using System.Text.Json;

namespace Vae.MLNet.Tool.Tests;

/// <summary>vae sample, evaluate, info and report.</summary>
public sealed class ModelCommandTests(People people) : IClassFixture<People>
{
    [Fact]
    public void Samples_have_the_columns_of_the_training_table_and_are_fixed_by_the_seed()
    {
        ToolRun run = ToolRun.Done("sample", people.Model, "-n", "300");
        Dictionary<string, string[]> columns = run.Columns();
        Assert.Equal(["age", "height", "town", "member", "flag", "income"], run.Lines[0].Split(','));
        Assert.Equal(301, run.Lines.Length);
        Assert.All(run.Lines.Skip(1), line => Assert.Matches("^-?[0-9]+,[0-9.]+,(Köln|New York|\"Ulm, Donau\"),(true|false),[01],-?[0-9]+$", line));
        Assert.Equal(run.Output, ToolRun.Done("sample", people.Model, "-n", "300").Output);
        Assert.NotEqual(run.Output, ToolRun.Done("sample", people.Model, "-n", "300", "--seed", "2").Output);
        Assert.Equal(run.Output, File.ReadAllText(Written("sample", people.Model, "-n", "300")));
        Assert.Equal("age,height,town,member,flag,income\n", ToolRun.Done("sample", people.Model, "-n", "0").Output);
        Assert.InRange(columns["age"].Select(RowCommandTests.Number).Average(), 30, 70);
    }

    [Fact]
    public void A_label_is_that_of_all_rows()
    {
        Dictionary<string, string[]> ulm = ToolRun.Done("sample", people.Conditional, "-n", "50", "--label", "New York", "--mean").Columns();
        Assert.All(ulm["town"], town => Assert.Equal("New York", town));
        ToolRun wrong = ToolRun.Of("", "sample", people.Conditional, "--label", "Paris");
        Assert.Equal(ExitCode.Usage, wrong.Code);
        Assert.Contains("'Paris' is not a label of column 'town'", wrong.Error);
        Assert.Equal(ExitCode.Usage, ToolRun.Of("", "sample", people.Model, "--label", "Ulm").Code);
    }

    [Fact]
    public void A_low_temperature_gives_rows_that_vary_less()
    {
        double Spread(params string[] more) => Deviation(ToolRun.Done(["sample", people.WholeModel, "-n", "400", "--mean", .. more]).Lines.Skip(1).Select(line => RowCommandTests.Number(line.Split(',')[0])));
        Assert.True(Spread("--temperature", "0.1") < 0.4 * Spread());
    }

    [Theory]
    [InlineData("mixture")]
    [InlineData("two-stage")]
    [InlineData("posterior")]
    public void Fitted_samplers_can_be_kept(string sampler)
    {
        string file = people.PathOf($"{sampler}.sampler");
        ToolRun fitted = ToolRun.Done("sample", people.Model, "-n", "20", "--sampler", sampler, "--fit", people.Table, "--save-sampler", file);
        Assert.Equal(21, fitted.Lines.Length);
        Assert.Equal(fitted.Output, ToolRun.Done("sample", people.Model, "-n", "20", "--load-sampler", file).Output);
        Assert.NotEqual(fitted.Output, ToolRun.Done("sample", people.Model, "-n", "20").Output);
        ToolRun other = ToolRun.Of("", "sample", people.WholeModel, "--load-sampler", file);
        Assert.Equal(ExitCode.Usage, other.Code);
    }

    [Fact]
    public void Evaluate_says_the_metrics()
    {
        ToolRun run = ToolRun.Done("evaluate", people.Model, people.Table, "--draws", "5", "--json");
        JsonElement facts = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(People.Count, facts.GetProperty("rows").GetInt32());
        double elbo = facts.GetProperty("ELBO").GetDouble();
        Assert.Equal(facts.GetProperty("reconstruction").GetDouble() - facts.GetProperty("KL").GetDouble(), elbo, 1e-9);
        Assert.True(facts.GetProperty("log-likelihood").GetDouble() > elbo - 0.1);
        Assert.Equal(2, facts.GetProperty("KL per dimension").GetArrayLength());
        Assert.InRange(facts.GetProperty("error of town").GetDouble(), 0, 1);
        Assert.Contains("ELBO ", ToolRun.Of(File.ReadAllText(people.Table), "evaluate", people.Model, "--draws", "1").Output);
        ToolRun bad = ToolRun.Of($"{People.Header}\nx,1,2,Köln,True,1,many\n", "evaluate", people.Model);
        Assert.Equal((ExitCode.Input, "vae: standard input:2: column 'income': 'many' is not a number.\n"), (bad.Code, bad.Error));
    }

    [Fact]
    public void Info_says_what_a_model_is()
    {
        ToolRun run = ToolRun.Done("info", people.Conditional);
        Assert.Matches("latent dimension +2\n", run.Output);
        Assert.Matches("label +town\n", run.Output);
        Assert.Matches("column age +whole number, Gaussian, Standard scaling\n", run.Output);
        Assert.Matches("columns not used +name\n", run.Output);
        Assert.Equal("dense 16, SiLU", JsonDocument.Parse(ToolRun.Done("info", people.Conditional, "--json").Output).RootElement.GetProperty("network").GetString());
    }

    [Fact]
    public void Report_writes_one_page()
    {
        string page = File.ReadAllText(Written("report", people.Conditional, people.Table, "--title", "People & towns"));
        Assert.StartsWith("<!DOCTYPE html", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<h1>People &amp; towns</h1>", page);
        Assert.Contains("</html>", page);
        ToolRun bad = ToolRun.Of($"{People.Header}\nx,1,2,Köln,True,1,many\n", "report", people.Model, "-", "--out", people.PathOf("never.html"));
        Assert.Equal((ExitCode.Input, "vae: standard input:2: column 'income': 'many' is not a number.\n"), (bad.Code, bad.Error));
        Assert.False(File.Exists(people.PathOf("never.html")));
    }

    private string Written(params string[] args)
    {
        string file = people.PathOf("written");
        ToolRun run = ToolRun.Done([.. args, "--out", file]);
        Assert.Equal("", run.Output);
        return file;
    }

    private static double Deviation(IEnumerable<double> numbers)
    {
        double[] all = [.. numbers];
        double mean = all.Average();
        return Math.Sqrt(all.Average(number => (number - mean) * (number - mean)));
    }
}
