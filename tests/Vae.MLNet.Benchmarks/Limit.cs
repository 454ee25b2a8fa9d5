using Vae.MLNet.Benchmarks.Measurements;

namespace Vae.MLNet.Benchmarks;

/// <summary>What the machine can do at most, and how much of it ours uses, measured alternately.</summary>
internal static class Limit
{
    // Millions of operations per row of 784-400-20-400-784: a multiplication and an addition per weight; training goes forwards once and backwards for weights and inputs.
    private const double EncodingWork = 2 * (784 * 400 + 400 * 40) / 1e6;
    private const double TrainingWork = 3 * (EncodingWork + 2 * (20 * 400 + 400 * 784) / 1e6);

    public static int Run(Settings settings)
    {
        string[] names = ["gemm", "memory", "fit-images", "fit-images-1024", "transform"];
        Dictionary<string, IReadOnlyList<Report>> reports = RoundRobin.Run([.. names.Select(Contender.Ours)], settings.Runs).ToDictionary(result => result.Contender.Measurement, result => result.Reports);
        foreach (string line in Machine.Description())
        {
            Console.WriteLine(line);
        }
        Console.WriteLine($"Medians of {settings.Runs} runs. {TrainingWork:F2} million operations per row in training, {EncodingWork:F2} in encoding.\n");
        var table = new MarkdownTable("", "Median", "Lowest to highest", "Limit", "Share of it");
        foreach (Report hardware in new[] { reports["gemm"][0], reports["memory"][0] })
        {
            for (int i = 0; i < hardware.Figures.Count; i++)
            {
                int index = i;
                string name = hardware.Figures[0].Unit == HardwareMeasurement.Giga ? "gemm" : "memory";
                AddLine(table, hardware.Figures[i].What, [.. reports[name].Select(report => report.Figures[index])], []);
            }
        }
        AddShares(table, "training, batch 128", reports["fit-images"], reports["gemm"], TrainingWork);
        AddShares(table, "training, batch 1024", reports["fit-images-1024"], reports["gemm"], TrainingWork);
        AddShares(table, "encoding", reports["transform"], reports["gemm"], EncodingWork);
        table.Print(Console.Out);
        return 0;
    }

    private static void AddShares(MarkdownTable table, string name, IReadOnlyList<Report> reports, IReadOnlyList<Report> products, double work)
    {
        double[] limits = [.. products.Select(report => report.Figures[0].Value * 1e3 / work)];
        for (int i = 0; i < reports[0].Figures.Count; i++)
        {
            Figure[] figures = [.. reports.Select(report => report.Figures[i])];
            if (figures[0].Unit == Units.RowsPerSecond)
            {
                AddLine(table, $"{name}: {figures[0].Who ?? Contender.Product}, {figures[0].Note ?? figures[0].What}", figures, limits);
            }
        }
    }

    private static void AddLine(MarkdownTable table, string name, Figure[] figures, double[] limits)
    {
        double[] values = [.. figures.Select(figure => figure.Value)];
        string unit = figures[0].Unit;
        table.Add(
            name,
            $"{MarkdownTable.Number(Statistics.Median(values))} {unit}",
            $"{MarkdownTable.Number(values.Min())} to {MarkdownTable.Number(values.Max())}",
            limits.Length == 0 ? "" : $"{MarkdownTable.Number(Statistics.Median(limits))} {unit}",
            limits.Length == 0 ? "" : MarkdownTable.Percent(Statistics.Median(values.Zip(limits, (value, limit) => value / limit))));
    }
}
