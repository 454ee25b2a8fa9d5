using System.Text;

namespace Vae.MLNet.Tool.Tests;

/// <summary>One run of the tool inside this process.</summary>
internal sealed record ToolRun(ExitCode Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs the tool with a text as standard input.</summary>
    public static ToolRun Of(string input, params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter();
        ExitCode code = VaeTool.Run(args, new ToolStreams(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error));
        return new ToolRun(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Runs the tool without input; it has to succeed.</summary>
    public static ToolRun Done(params string[] args)
    {
        ToolRun run = Of("", args);
        Assert.True(run.Code == ExitCode.Done, run.Error);
        return run;
    }

    /// <summary>Its columns by name, each as the texts of its cells.</summary>
    public Dictionary<string, string[]> Columns(char separator = ',')
    {
        string[][] cells = [.. Lines.Select(line => line.Split(separator))];
        return cells[0].Select((name, cell) => (name, values: cells.Skip(1).Select(row => row[cell]).ToArray())).ToDictionary(each => each.name, each => each.values);
    }
}
