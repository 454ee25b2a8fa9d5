using System.Xml.Linq;
using Vae.MLNet.Report.Page;

namespace Vae.MLNet.Report.Sections;

/// <summary>The report: its sections in their order.</summary>
internal static class ReportPage
{
    private static readonly Func<ReportFacts, XElement>[] s_sections =
    [
        SummarySection.Of,
        TrainingSection.Of,
        ReconstructionSection.Of,
        SampleSection.Of,
        MapSection.Of,
        TraversalSection.Of,
        KlSection.Of,
        ScoreSection.Of,
    ];

    public static HtmlPage Of(ReportFacts facts)
    {
        List<XElement> sections = [];
        foreach (Func<ReportFacts, XElement> section in s_sections)
        {
            facts.Options.CancellationToken.ThrowIfCancellationRequested();
            sections.Add(section(facts));
        }
        IEnumerable<XElement> links = sections.Select(section => Html.Element("li", Html.Element("a", new XAttribute("href", $"#{section.Attribute("id")!.Value}"), section.Element("h2")!.Value)));
        return new HtmlPage(
            facts.Options.Title,
            Html.Element("header", Html.Element("h1", facts.Options.Title), Html.Element("nav", new XAttribute("aria-label", "Sections"), Html.Element("ul", links))),
            Html.Element("main", sections),
            Html.Element("footer", Html.Paragraph("Made by Vae.MLNet. Everything is in this file: it loads nothing, and can be sent, printed and kept.")));
    }
}
