using System.Globalization;
using Vae.MLNet.Benchmarks.Measurements;

namespace Vae.MLNet.Benchmarks;

/// <summary>Ours and others on the same tasks, in turn, as one table.</summary>
internal static class Peers
{
    public static int Run(Settings settings)
    {
        PythonPeers? python = PythonPeers.Find();
        if (python is null)
        {
            Console.Error.WriteLine("The peers need a Python with PyTorch and scikit-learn. On Debian and Ubuntu: apt-get install python3-torch python3-sklearn libopenblas0-openmp");
            return 1;
        }
        string[] unknown = [.. settings.Only.Except(Measurement.WithPeers)];
        if (unknown.Length > 0)
        {
            Console.Error.WriteLine($"No measurement is called {string.Join(", ", unknown)}; there are {string.Join(", ", Measurement.WithPeers)}.");
            return 2;
        }
        Contender[] contenders = [.. Measurement.WithPeers.Where(settings.Wants).SelectMany(measurement => (Contender[])[.. Contender.InThisProgram(measurement), .. python.For(measurement)])];
        IReadOnlyList<(Contender Contender, IReadOnlyList<Report> Reports)> results = RoundRobin.Run(contenders, settings.Runs);
        foreach (string line in Machine.Description().Concat(python.Description).Concat(Libraries(results)))
        {
            Console.WriteLine(line);
        }
        Console.WriteLine($"Medians of {settings.Runs} runs; the ratio, above 1 where ours is faster, is the median over rounds.\n");
        var table = new MarkdownTable("Measurement", "What", "Of", "Median", "Lowest to highest", "Ours, times as fast", "Peak memory");
        foreach ((Contender contender, IReadOnlyList<Report> reports) in results)
        {
            IReadOnlyList<Report>[] ours = [.. results.Where(result => result.Contender.Name == Contender.Product && result.Contender.Measurement == contender.Measurement).Select(result => result.Reports)];
            for (int i = 0; i < reports[0].Figures.Count; i++)
            {
                AddLine(table, contender, reports, i, ours);
            }
        }
        table.Print(Console.Out);
        return 0;
    }

    private static IEnumerable<string> Libraries(IReadOnlyList<(Contender Contender, IReadOnlyList<Report> Reports)> results) => results
        .GroupBy(result => result.Reports[0].About)
        .Select(group => $"{string.Join(", ", group.Select(result => result.Contender.Name).Distinct())}: {group.Key}.");

    private static void AddLine(MarkdownTable table, Contender contender, IReadOnlyList<Report> reports, int index, IReadOnlyList<Report>[] ours)
    {
        Figure first = reports[0].Figures[index];
        double[] values = [.. reports.Select(report => report.Figures[index].Value)];
        string[] notes = [.. reports.Select(report => report.Figures[index].Note).OfType<string>().Distinct()];
        double[] ratios = contender.Name == Contender.Product && first.Who is null
            ? []
            : [.. reports.SelectMany((report, round) => Ratios(report.Figures[index], ours, round))];
        table.Add(
            contender.Measurement,
            first.What,
            (first.Who ?? contender.Name) + (notes.Length > 0 ? $" ({string.Join("; ", notes)})" : ""),
            $"{MarkdownTable.Number(Statistics.Median(values))} {first.Unit}",
            $"{MarkdownTable.Number(values.Min())} to {MarkdownTable.Number(values.Max())}",
            ratios.Length == 0 ? "" : Statistics.Median(ratios).ToString("F2", CultureInfo.InvariantCulture),
            MarkdownTable.Megabytes(Statistics.Median(reports.Select(report => (double)report.PeakMemory))));
    }

    private static IEnumerable<double> Ratios(Figure theirs, IReadOnlyList<Report>[] ours, int round) => ours
        .SelectMany(reports => reports[round].Figures)
        .Where(figure => figure.Who is null && figure.What == theirs.What)
        .Select(figure => Units.SpeedRatio(theirs.Unit, figure.Value, theirs.Value))
        .OfType<double>();
}
