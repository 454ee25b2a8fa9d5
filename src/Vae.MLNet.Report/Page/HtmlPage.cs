using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Vae.MLNet.Report.Page;

/// <summary>A page as a file: HTML that is XML too.</summary>
internal sealed class HtmlPage
{
    // Nothing is loaded and nothing runs, whatever the data says.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

    private static readonly string[] s_voidElements = ["br", "img", "meta"];

    private readonly XElement _root;

    public HtmlPage(string title, params object?[] body)
    {
        _root = Html.Element(
            "html",
            new XAttribute("lang", "en"),
            Html.Element(
                "head",
                Html.Element("meta", new XAttribute("charset", "utf-8")),
                Html.Element("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
                Html.Element("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                Html.Element("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
                Html.Element("title", title),
                Html.Element("style", Style())),
            Html.Element("body", body));
        foreach (XText text in _root.DescendantNodes().OfType<XText>())
        {
            text.Value = Clean(text.Value);
        }
        foreach (XElement element in _root.DescendantsAndSelf())
        {
            foreach (XAttribute attribute in element.Attributes())
            {
                attribute.Value = Clean(attribute.Value);
            }
            // HTML reads <td/> as <td>, which is never closed.
            if (element.IsEmpty && !s_voidElements.Contains(element.Name.LocalName))
            {
                element.Add("");
            }
        }
    }

    public void Write(Stream stream)
    {
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), OmitXmlDeclaration = true, NewLineChars = "\n", CloseOutput = false };
        using var writer = XmlWriter.Create(stream, settings);
        writer.WriteDocType("html", null, null, null);
        _root.WriteTo(writer);
    }

    private static string Style()
    {
        using Stream stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Characters that no XML may have become a replacement character.</summary>
    private static string Clean(string text)
    {
        try
        {
            return XmlConvert.VerifyXmlChars(text);
        }
        catch (XmlException)
        {
            var clean = new StringBuilder(text.Length);
            foreach (Rune rune in text.EnumerateRunes())
            {
                bool isAllowed = !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value);
                clean.Append(isAllowed ? rune.ToString() : "\uFFFD");
            }
            return clean.ToString();
        }
    }
}
