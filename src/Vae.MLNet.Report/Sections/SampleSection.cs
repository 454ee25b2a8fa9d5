using System.Xml.Linq;
using Microsoft.ML;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;
using Vae.MLNet.Report.Rows;
using Vae.MLNet.Sampling;

namespace Vae.MLNet.Report.Sections;

/// <summary>Rows that the model makes.</summary>
internal static class SampleSection
{
    private const int Images = 30;
    private const int ImagesPerLabel = 10;
    private const int TableRows = 12;

    public static XElement Of(ReportFacts facts)
    {
        if (facts.IsAutoencoder && facts.Options.Sampler is null)
        {
            return Html.Section("samples", "Samples", Html.Paragraph(
                "A plain autoencoder has no distribution of latents to draw from. A sampler that is fitted to its latents, such as a mixture of normal distributions, would make rows: give the report one."));
        }
        string source = facts.Options.Sampler is PriorSampler or null ? "the prior" : $"a {facts.Options.Sampler.GetType().Name}";
        XElement figure = facts.Image is null ? Table(facts, source) : facts.Layout.Label is null ? Pictured(facts, source) : ByLabel(facts, source);
        return Html.Section("samples", "Samples", figure);
    }

    private static IDataView Sample(ReportFacts facts, int count, VaeDecoding decoding, string? label = null) =>
        facts.Ml.Data.SampleFromVae(facts.Vae, count, new VaeSamplingOptions { Sampler = facts.Options.Sampler, Decoding = decoding, Seed = facts.Seed, Label = label });

    private static XElement Table(ReportFacts facts, string source)
    {
        IDataView sampled = Sample(facts, TableRows, VaeDecoding.Draw);
        DataViewSchema.Column? label = facts.Vae.LabelColumnName is { } name ? sampled.Schema[name] : null;
        var columns = new ShownColumns(new[] { label }.OfType<DataViewSchema.Column>().Concat(facts.Layout.Columns.Select(column => sampled.Schema[column.Name])));
        IReadOnlyList<Cell[]> rows = columns.Read(sampled, [.. Enumerable.Range(0, TableRows)]);
        return Html.Figure(
            "rows",
            Html.Table("Sampled rows", RowsShown.Heads(columns, rows), rows.Select(row => Html.Row(row.Select(cell => RowsShown.Shown(cell))))),
            $"New rows: latents from {source}, and rows drawn from what the decoder says of them. They should look like rows of the data, each for itself and in how columns go together.{RowsShown.Shortened(columns)}");
    }

    private static XElement Pictured(ReportFacts facts, string source) => Html.Figure(
        "pictures",
        Html.Element("ul", Html.Class("samples"), Drawn(facts, Images, null).Select(picture => Html.Element("li", picture))),
        $"New images: latents from {source}, decoded. They should look like images of the data; what looks like none, or like two at once, comes from where the model has seen little.");

    private static XElement ByLabel(ReportFacts facts, string source)
    {
        IReadOnlyList<string>? values = facts.Layout.Label!.KeyValues?.Values;
        IEnumerable<int> categories = Enumerable.Range(0, facts.Layout.Label.Width)
            .OrderByDescending(category => facts.Layout.Label.Counts[category])
            .Where(category => facts.Layout.Label.Counts[category] > 0)
            .Take(RowGroups.MostColours)
            .OrderBy(category => RowGroups.PlaceOf(Cell.OfCategory(category, values)));
        IEnumerable<XElement> rows = categories.Select(category =>
        {
            string label = values?[category] ?? FormattableString.Invariant($"{category + 1}");
            return Html.Row(Html.Head("row", Cell.OfCategory(category, values).Text), Html.Text(Html.Class("strip"), Drawn(facts, ImagesPerLabel, label)));
        });
        return Html.Figure(
            "pictures",
            Html.Table("Sampled images by label", [facts.Layout.Label.Name, "Samples"], rows),
            $"New images of each label: latents from {source}, decoded with the label. Rows should show their label; the columns of a row differ in what the label does not say.");
    }

    private static IEnumerable<XElement> Drawn(ReportFacts facts, int count, string? label)
    {
        IDataView sampled = Sample(facts, count, VaeDecoding.Mean, label);
        var pictures = Pictures.Of(facts);
        IReadOnlyList<float[]> images = Pictures.Read(sampled, sampled.Schema[facts.Layout.Columns[0].Name], [.. Enumerable.Range(0, count)]);
        return images.Select((image, index) => pictures.Picture(image, FormattableString.Invariant($"Sample {index + 1}")));
    }
}
