using System.Globalization;
using Vae.MLNet.Quality;

const string help = """
    Trains models on known data and prints how good they are. Exit code 1 if a promise was not kept.

      all [--short] [--seed N]        every figure
      NAME ... [--short] [--seed N]   some of them

    --short: fewer rows and epochs, with thresholds of their own. --seed: other splits and models than those with which the thresholds were set.

    """;

var names = new List<string>();
var effort = new Effort(IsShort: false, Seed: null);
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--short")
    {
        effort = effort with { IsShort = true };
    }
    else if (args[i] == "--seed" && i + 1 < args.Length && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int seed))
    {
        effort = effort with { Seed = seed };
        i++;
    }
    else
    {
        names.Add(args[i]);
    }
}
Figure[] figures = names is ["all"]
    ? [.. Figure.All.Where(figure => !(effort.IsShort && figure.IsOnlyLong))]
    : [.. Figure.All.Where(figure => names.Contains(figure.Name))];
if (figures.Length == 0 || names is not ["all"] && figures.Length != names.Count)
{
    Console.WriteLine(help + string.Join('\n', Figure.All.Select(figure => $"  {figure.Name,-18}{figure.Description}")));
    return 2;
}

var report = new Report(Console.Out);
foreach (Figure figure in figures)
{
    report.Measure(figure, effort);
}
Console.WriteLine($"\n{report.Passed} passed, {report.Failed} failed" + (report.Skipped > 0 ? $", {report.Skipped} skipped" : ""));
return report.Failed == 0 ? 0 : 1;
