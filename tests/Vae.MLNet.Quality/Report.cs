using System.Diagnostics;
using System.Globalization;

namespace Vae.MLNet.Quality;

/// <summary>Prints a figure's tables while it is measured, and its promises below them.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly List<string> _promises = [];

    /// <summary>The number of promises that were kept.</summary>
    public int Passed { get; private set; }

    /// <summary>The number of promises that were not kept, and of figures that could not be measured to their end.</summary>
    public int Failed { get; private set; }

    /// <summary>The number of figures and comparisons for which something is not there.</summary>
    public int Skipped { get; private set; }

    /// <summary>Measures a figure and prints what is found. An exception counts as a promise that was not kept.</summary>
    public void Measure(Figure figure, Effort effort)
    {
        output.WriteLine($"\n{figure.Name}: {figure.Description}\n");
        if (figure.Data is not null && Repository.Data(figure.Data) is null)
        {
            Skip($"../shared/data/{figure.Data} is absent");
        }
        else
        {
            Try(figure, effort);
        }
        output.WriteLine();
        _promises.ForEach(output.WriteLine);
        _promises.Clear();
    }

    /// <summary>Prints the head of a table.</summary>
    public void Head(params string[] cells)
    {
        Row(cells);
        Row([.. cells.Select(_ => "---")]);
    }

    /// <summary>Prints a row of the table.</summary>
    public void Row(params string[] cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    /// <summary>Promises that a value is not below a limit.</summary>
    public void AtLeast(string what, double value, double limit) => Promise(value >= limit, $"{what}: {Number(value)}, at least {Number(limit)}");

    /// <summary>Promises that a value is not above a limit.</summary>
    public void AtMost(string what, double value, double limit) => Promise(value <= limit, $"{what}: {Number(value)}, at most {Number(limit)}");

    /// <summary>Promises that a value is below a limit.</summary>
    public void Below(string what, double value, double limit) => Promise(value < limit, $"{what}: {Number(value)}, below {Number(limit)}");

    /// <summary>Promises that a value is above a limit.</summary>
    public void Above(string what, double value, double limit) => Promise(value > limit, $"{what}: {Number(value)}, above {Number(limit)}");

    /// <summary>Promises something that is not a comparison of two numbers.</summary>
    public void Promise(bool isKept, string what)
    {
        _promises.Add((isKept ? "kept: " : "NOT KEPT: ") + what);
        (Passed, Failed) = isKept ? (Passed + 1, Failed) : (Passed, Failed + 1);
    }

    /// <summary>Says what cannot be measured here.</summary>
    public void Skip(string why)
    {
        _promises.Add("skipped: " + why);
        Skipped++;
    }

    /// <summary>Formats a value with as many digits as tell two models apart.</summary>
    public static string Number(double value) => value.ToString(Math.Abs(value) < 10 ? "F4" : "F2", CultureInfo.InvariantCulture);

    private void Try(Figure figure, Effort effort)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            figure.Measure(effort, this);
        }
        catch (Exception error)
        {
            Promise(isKept: false, $"{figure.Name} is measured to its end: {error}");
        }
        _promises.Add(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F0} s"));
    }
}
