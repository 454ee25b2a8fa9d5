using System.Globalization;
using Spectre.Console;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Samples.TabularSynthesis;

/// <summary>The measures of made rows as a table for people, beside those of real rows that training never saw: what one can hope for.</summary>
internal static class QualityReport
{
    /// <summary>Prints the likeness to the training rows, and what a classifier learns from them.</summary>
    /// <param name="made">Of the made rows.</param>
    /// <param name="heldOut">Of the real rows that were held out.</param>
    /// <param name="label">What the classifier tells; null if there is none.</param>
    /// <param name="worth">Its accuracy.</param>
    public static void Write(VaeSampleQuality made, VaeSampleQuality heldOut, string? label, VaeTransferQuality? worth)
    {
        Table report = new Table().AddColumn("Like the training rows").AddColumn("Made rows", column => column.RightAligned()).AddColumn("Held-out rows", column => column.RightAligned());
        // Not a number: there are no such columns.
        static string Text(double value, string format) => double.IsNaN(value) ? "" : value.ToString(format, CultureInfo.InvariantCulture);
        void Add(string what, double ofMade, double ofHeldOut, string format = "F3") => report.AddRow(Markup.Escape(what), Text(ofMade, format), Text(ofHeldOut, format));
        foreach ((VaeColumnSimilarity ofMade, VaeColumnSimilarity ofHeldOut) in made.Columns.Zip(heldOut.Columns))
        {
            Add($"{ofMade.Name}{(ofMade.IsCategory ? " (category)" : "")}", ofMade.Similarity, ofHeldOut.Similarity);
        }
        report.AddEmptyRow();
        Add("All columns", made.ColumnSimilarity, heldOut.ColumnSimilarity);
        Add("Correlations of numbers", made.CorrelationSimilarity, heldOut.CorrelationSimilarity);
        Add("Pairs with a category", made.ContingencySimilarity, heldOut.ContingencySimilarity);
        report.AddEmptyRow();
        Add("Nearest training row : second nearest", made.NearestNeighbourRatio, heldOut.NearestNeighbourRatio);
        Add("Copies of training rows", made.Copies, heldOut.Copies, "P1");
        AnsiConsole.Write(report);
        if (worth is not null)
        {
            AnsiConsole.Write(new Table().AddColumn($"A classifier of {Markup.Escape(label!)}, trained on").AddColumn("Right about held-out rows", column => column.RightAligned())
                .AddRow("made rows", Text(worth.TrainedOnSamples, "P1"))
                .AddRow("real rows", Text(worth.TrainedOnReal, "P1")));
        }
    }
}
