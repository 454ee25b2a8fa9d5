using System.Xml.Linq;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;

namespace Vae.MLNet.Report.Sections;

/// <summary>How much each latent dimension says of a row.</summary>
internal static class KlSection
{
    private const int MostNamed = 32;

    public static XElement Of(ReportFacts facts)
    {
        IReadOnlyList<int> dimensions = facts.Dimensions;
        int active = dimensions.Count(facts.Latents.IsActive);
        string inactive = active == dimensions.Count ? "All are active." : $"{Numbers.Count(active)} of {Numbers.Count(dimensions.Count)} are active; the model does without the rest, drawn pale.";
        // Of a plain autoencoder the KL divergence is 0: how far rows spread says as much.
        Func<int, double> value = facts.IsAutoencoder ? facts.Latents.VarianceOf : dimension => facts.Metrics.KlPerDimension[dimension];
        string name = facts.IsAutoencoder ? "variance of the latent" : "KL divergence, nats";
        var plot = Plot.Of((-0.5, dimensions.Count - 0.5), (0, Math.Max(1e-6, dimensions.Max(value)) * 1.05));
        for (int place = 0; place < dimensions.Count; place++)
        {
            int dimension = dimensions[place];
            plot.Bar(facts.Latents.IsActive(dimension) ? "bar" : "bar pale", place - 0.4, place + 0.4, value(dimension), $"z{dimension}: {Numbers.Text(value(dimension))}");
            if (dimensions.Count <= MostNamed)
            {
                plot.Below(place, FormattableString.Invariant($"{dimension}"));
            }
        }
        return Html.Section(
            "kl",
            "KL by dimension",
            Html.Figure(
                "plot wide",
                plot.Drawn($"{name} of each of {dimensions.Count} latent dimensions, from {Numbers.Text(value(dimensions[0]))} down to {Numbers.Text(value(dimensions[^1]))}.", "latent dimension", name, texts: false),
                $"How much each latent dimension says of a row, the one that says most first; the number below is which. {inactive}"),
            Html.Details("The numbers", Html.Table(
                "Latent dimensions",
                ["Dimension", Html.NumberHead("KL divergence, nats"), Html.NumberHead("Variance of the mean"), "Active"],
                dimensions.Select(dimension => Html.Row(
                    Html.Head("row", FormattableString.Invariant($"z{dimension}")),
                    Html.Text(Html.Class("number"), Html.Element("data", new XAttribute("value", Numbers.Exact(facts.Metrics.KlPerDimension[dimension])), Numbers.Text(facts.Metrics.KlPerDimension[dimension]))),
                    Html.Number(Numbers.Text(facts.Latents.VarianceOf(dimension))),
                    Html.Text(facts.Latents.IsActive(dimension) ? "yes" : "no"))))));
    }
}
