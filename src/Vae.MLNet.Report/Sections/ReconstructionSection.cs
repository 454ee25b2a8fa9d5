using System.Xml.Linq;
using Vae.MLNet.Report.Page;

namespace Vae.MLNet.Report.Sections;

/// <summary>Rows beside what the decoder gives back of them.</summary>
internal static class ReconstructionSection
{
    private const int MostImages = 20;
    private const int MostRows = 8;

    public static XElement Of(ReportFacts facts)
    {
        int count = Math.Min(facts.Rows.Count, facts.Image is null ? MostRows : MostImages);
        // Spread evenly: files are often sorted.
        int[] rows = [.. Enumerable.Range(0, count).Select(index => (int)((long)index * facts.Rows.Count / count))];
        return Html.Section(
            "reconstructions",
            "Reconstructions",
            new RowsShown(facts).Of(rows, "Originals and reconstructions", hasScores: false, facts.Image is null
                ? "A few rows, evenly spread over the data."
                : $"A few rows, evenly spread over the data{(facts.Groups is null ? ", with their row numbers" : $"; below each is its {facts.Groups.ColumnName}")}. What is lost is what the latent has no room for; what is blurred the model is not sure of."));
    }
}
