using System.Xml.Linq;

namespace Vae.MLNet.Report.Page;

/// <summary>Elements of the page. What is put into them as text is text, whatever it looks like.</summary>
internal static class Html
{
    public static XElement Element(string name, params object?[] content) => new(name, content);

    public static XAttribute Class(string name) => new("class", name);

    public static XElement Paragraph(params object?[] content) => new("p", content);

    /// <summary>A section with a heading that can be linked to.</summary>
    public static XElement Section(string id, string heading, params object?[] content) =>
        new("section", new XAttribute("id", id), new XAttribute("aria-labelledby", $"{id}-heading"), new XElement("h2", new XAttribute("id", $"{id}-heading"), heading), content);

    /// <summary>A picture or plot, and how to read it.</summary>
    public static XElement Figure(string kind, object picture, params object?[] caption) => new("figure", Class(kind), picture, new XElement("figcaption", caption));

    /// <summary>A table that scrolls by itself where it is too wide; by the keyboard too.</summary>
    /// <param name="label">What it is, for who cannot see it.</param>
    /// <param name="head">Its heads: strings, or elements <c>th</c>.</param>
    /// <param name="rows">Elements <c>tr</c>.</param>
    public static XElement Table(string label, IEnumerable<object> head, IEnumerable<XElement> rows) => new(
        "div",
        Class("scroll"),
        new XAttribute("role", "region"),
        new XAttribute("tabindex", "0"),
        new XAttribute("aria-label", label),
        new XElement("table", new XElement("thead", new XElement("tr", head.Select(each => each as XElement ?? Head("col", each)))), new XElement("tbody", rows)));

    public static XElement Row(params object?[] cells) => new("tr", cells);

    /// <param name="scope">What it is the head of: col or row.</param>
    /// <param name="content">What it says.</param>
    public static XElement Head(string scope, params object?[] content) => new("th", new XAttribute("scope", scope), content);

    /// <summary>The head of a column of numbers.</summary>
    public static XElement NumberHead(string text) => new("th", new XAttribute("scope", "col"), Class("number"), text);

    public static XElement Text(params object?[] content) => new("td", content);

    public static XElement Number(string text) => new("td", Class("number"), text);

    /// <summary>What can be opened: the numbers of a plot.</summary>
    public static XElement Details(string summary, params object?[] content) => new("details", new XElement("summary", summary), content);
}
