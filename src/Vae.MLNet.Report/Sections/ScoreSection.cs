using System.Xml.Linq;
using MathNet.Numerics.Statistics;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;

namespace Vae.MLNet.Report.Sections;

/// <summary>How little the model expects each row, and the rows that it expects least.</summary>
internal static class ScoreSection
{
    private const int Bins = 40;
    private const int MostImages = 20;
    private const int MostRows = 10;

    // A tail that is longer than this many times what lies between the median and the 99th percentile is cut off.
    private const double LongTail = 2;

    public static XElement Of(ReportFacts facts)
    {
        IReadOnlyList<float> scores = facts.Latents.Scores;
        double[] sorted = [.. scores.Select(score => (double)score).Order()];
        double median = SortedArrayStatistics.Median(sorted);
        double end = median + LongTail * (SortedArrayStatistics.Quantile(sorted, 0.99) - median);
        bool isCut = sorted[^1] > end && end > median;
        double most = isCut ? end : sorted[^1];
        double least = sorted[0];
        int beyond = sorted.Count(score => score > most);
        double width = most > least ? (most - least) / Bins : 1;
        int[] counts = new int[Bins];
        foreach (double score in sorted.Where(score => score <= most))
        {
            counts[Math.Min(Bins - 1, (int)((score - least) / width))]++;
        }
        var plot = Plot.Of((least, least + Bins * width), (0, counts.Max() * 1.05));
        for (int bin = 0; bin < Bins; bin++)
        {
            if (counts[bin] > 0)
            {
                double from = least + bin * width;
                plot.Bar("bar", from, from + 0.92 * width, counts[bin], $"{Numbers.Nats(from)} to {Numbers.Nats(from + width)}: {Numbers.Count(counts[bin], "row")}");
            }
        }
        string threshold = "";
        if (facts.Vae.ScoreThreshold is { } limit)
        {
            if (limit >= least && limit <= most)
            {
                plot.Upright(limit, "threshold");
            }
            int above = sorted.Count(score => score > limit);
            threshold = $" Above the threshold of {Numbers.Nats(limit)} are {Numbers.Count(above, "row")} ({Numbers.Percent((double)above / sorted.Length)}): anomalies, by the model's setting.";
        }
        int[] rows = [.. Enumerable.Range(0, scores.Count).OrderByDescending(row => scores[row]).Take(facts.Image is null ? MostRows : MostImages)];
        return Html.Section(
            "scores",
            "Scores",
            Html.Figure(
                "plot wide",
                plot.Drawn($"Histogram of the scores of {Numbers.Count(sorted.Length)} rows: median {Numbers.Nats(median)}, largest {Numbers.Nats(sorted[^1])}.", $"score ({facts.ScoreName}, nats)", "rows"),
                $"How many rows have which score. The further right, the less the model expects a row. The median is {Numbers.Nats(median)}, the largest {Numbers.Nats(sorted[^1])}.{threshold}{(isCut ? $" {Numbers.Count(beyond, "row")} beyond the right end {(beyond == 1 ? "is" : "are")} not drawn." : "")}"),
            Html.Element("h3", "The least expected rows"),
            new RowsShown(facts).Of(rows, "The rows of the highest scores", hasScores: true, facts.Image is null ? "The highest score is first." : "The highest score is first; below each are its row number and its score."));
    }
}
