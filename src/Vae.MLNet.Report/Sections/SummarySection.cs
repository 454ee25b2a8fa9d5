using System.Globalization;
using System.Xml.Linq;
using Vae.MLNet.Columns;
using Vae.MLNet.Report.Page;

namespace Vae.MLNet.Report.Sections;

/// <summary>What the model is, and how good it is.</summary>
internal static class SummarySection
{
    public static XElement Of(ReportFacts facts) => Html.Section(
        "summary",
        "Summary",
        Html.Paragraph(Rows(facts)),
        Html.Element("dl", Html.Class("tiles"), Tiles(facts)),
        Html.Paragraph(Html.Class("note"), Reading(facts)),
        Html.Element("div", Html.Class("model"), Model(facts)),
        Columns(facts),
        Html.Paragraph(
            Html.Class("note"),
            "Reconstruction error: with ±, the root mean square error in the column's units; with wrong, the part of rows whose most probable value is another one."));

    private static string Rows(ReportFacts facts)
    {
        string rows = facts.Rows.Count == facts.Rows.TotalCount
            ? $"All numbers are of the {Numbers.Count(facts.Rows.Count)} rows that the report was given."
            : $"All numbers are of {Numbers.Count(facts.Rows.Count)} rows, drawn at random from the {Numbers.Count(facts.Rows.TotalCount)} that the report was given.";
        string unlabelled = facts.Metrics.RowsWithoutLabel > 0 ? $" The metrics leave out {Numbers.Count(facts.Metrics.RowsWithoutLabel, "row")} without a label." : "";
        return rows + unlabelled + " Rows that training has not seen say more than training rows. Row numbers count from 1.";
    }

    private static IEnumerable<XElement> Tiles(ReportFacts facts)
    {
        VaeMetrics metrics = facts.Metrics;
        double? gap = double.IsNaN(metrics.LogLikelihoodStandardError) ? null : metrics.LogLikelihoodStandardError;
        if (!facts.IsAutoencoder)
        {
            yield return Tile("ELBO", Numbers.Nats(metrics.Elbo), "nats per row", metrics.Elbo);
        }
        yield return Tile("Reconstruction", Numbers.Nats(metrics.Reconstruction), "nats per row", metrics.Reconstruction);
        yield return Tile("KL divergence", Numbers.Nats(metrics.Kl), "nats per row", metrics.Kl);
        yield return Tile("Log-likelihood", Numbers.Nats(metrics.LogLikelihood), gap is { } error ? $"± {Numbers.Nats(error)} nats per row" : "nats per row", metrics.LogLikelihood);
        yield return Tile("Active dimensions", $"{metrics.ActiveUnits} of {facts.Vae.LatentDimension}", "of the latent", metrics.ActiveUnits);
        yield return Tile("Epochs", Numbers.Count(facts.Vae.History.Count), "of training", facts.Vae.History.Count);
    }

    private static XElement Tile(string name, string value, string unit, double exact) => Html.Element(
        "div", Html.Element("dt", name), Html.Element("dd", Html.Element("data", new XAttribute("value", Numbers.Exact(exact)), value), " ", Html.Element("small", unit)));

    private static string Reading(ReportFacts facts) => facts.IsAutoencoder
        ? "A plain autoencoder: it has no prior, and the log-likelihood is that of a row given its own latent. Higher is better."
        : $"ELBO = reconstruction − KL divergence; higher is better. The KL divergence is how much the latent says of a row. The log-likelihood is the importance-weighted bound of {Numbers.Count(facts.Metrics.Draws)} draws per row: at least the ELBO, up to noise.";

    private static XElement Model(ReportFacts facts)
    {
        VaeTransformer vae = facts.Vae;
        List<(string Name, object Value)> lines =
        [
            ("Network", NameOf(vae.Network)),
            ("Parameters", Numbers.Count(vae.Model.Network.parameters().Sum(parameter => parameter.numel()))),
            ("Latent", Numbers.Count(vae.LatentDimension, "dimension")),
            ("Prior", facts.IsAutoencoder ? "none" : vae.Prior is VaePrior.Vamp vamp ? $"VampPrior of {Numbers.Count(vamp.Components)} components" : "N(0, I)"),
            ("Input", $"{Numbers.Count(vae.InputColumns.Count, "column")}, {Numbers.Count(vae.InputSize, "value")}"),
        ];
        if (facts.Image is { Shape: var shape, Reason: var reason })
        {
            lines.Add(("Image", $"{shape.Height} × {shape.Width} pixels, {(shape.Channels == 1 ? "grey" : "colour")}, {reason}"));
        }
        if (vae.LabelColumnName is { } label)
        {
            lines.Add(("Conditional on", $"{label}, {Numbers.Count(facts.Layout.Label!.Counts.Count(count => count > 0))} labels"));
        }
        if (vae.ScoreThreshold is { } threshold)
        {
            lines.Add(("Anomalies", $"scores above {Numbers.Nats(threshold)}"));
        }
        return Html.Table("The model", ["Model", "\u00a0"], lines.Select(line => Html.Row(Html.Head("row", line.Name), Html.Text(line.Value))));
    }

    private static string NameOf(VaeNetwork network) => network switch
    {
        VaeNetwork.Dense { HiddenLayerSizes.Count: 0 } => "linear",
        VaeNetwork.Dense dense => $"dense, {string.Join(" - ", dense.HiddenLayerSizes.Select(size => Numbers.Count(size)))}, {dense.Activation}",
        VaeNetwork.Convolutional convolutional => $"convolutional, {string.Join(" - ", convolutional.LayerChannels.Select(channels => Numbers.Count(channels)))} channels, {convolutional.Activation}",
        VaeNetwork.Custom custom => $"own: {custom.Factory} {custom.Configuration}",
        _ => network.GetType().Name,
    };

    private static XElement Columns(ReportFacts facts) => Html.Table(
        "The input columns",
        ["Column", "Type", "Likelihood", "Scaling", Html.NumberHead("Missing"), Html.NumberHead("Reconstruction error")],
        facts.Layout.Columns.Select((column, index) => Html.Row(
            Html.Head("row", column.Name),
            Html.Text(TypeOf(column)),
            Html.Text($"{column.Likelihood}"),
            Html.Text(column.Settings.Scaling is null or VaeScaling.None ? "none" : $"{column.Settings.Scaling}"),
            Html.Number(facts.Spreads[index].Missing == 0 ? "none" : Numbers.Percent(facts.Spreads[index].Missing / ((double)facts.Rows.Count * (column is KeyColumn ? 1 : column.Width)))),
            Html.Number(ErrorOf(facts.Metrics.ReconstructionErrors[index])))));

    private static string TypeOf(DataColumn column) => column switch
    {
        KeyColumn key => $"category, {Numbers.Count(key.Width)}",
        VectorColumn vector => $"vector, {Numbers.Count(vector.Width)}",
        _ => column.Type.RawType.Name switch
        {
            nameof(Boolean) => "yes or no",
            nameof(Single) or nameof(Double) => "number",
            _ => "whole number",
        },
    };

    private static string ErrorOf(VaeColumnError error) => double.IsNaN(error.Error)
        ? "no values"
        : error.IsErrorRate ? $"{Numbers.Percent(error.Error)} wrong" : string.Create(CultureInfo.InvariantCulture, $"± {Numbers.Text(error.Error)}");
}
