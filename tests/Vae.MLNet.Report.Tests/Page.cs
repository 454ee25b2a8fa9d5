using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.ML;

namespace Vae.MLNet.Report.Tests;

/// <summary>A report as its readers have it.</summary>
internal sealed class Page
{
    private Page(byte[] bytes)
    {
        Bytes = bytes;
        Text = Encoding.UTF8.GetString(bytes);
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        Root = XDocument.Load(reader).Root!;
    }

    public byte[] Bytes { get; }

    public string Text { get; }

    public XElement Root { get; }

    public static Page Of(MLContext ml, ITransformer model, IDataView data, VaeReportOptions? options = null)
    {
        using var stream = new MemoryStream();
        VaeReport.Save(ml, model, data, stream, options);
        return new Page(stream.ToArray());
    }

    public XElement Section(string id) => Root.Descendants("section").Single(section => section.Attribute("id")!.Value == id);

    /// <summary>Cells of the table of that name, line by line; heads of lines are cells too.</summary>
    public string[][] Table(string label) => Lines(label, "tbody");

    public string[] Heads(string label) => Lines(label, "thead").Single();

    /// <summary>What a tile at the top says, as a program reads it.</summary>
    public double Tile(string name) => double.Parse(
        Section("summary").Descendants("div").Single(tile => tile.Element("dt")?.Value == name).Element("dd")!.Element("data")!.Attribute("value")!.Value, CultureInfo.InvariantCulture);

    private string[][] Lines(string label, string part) =>
        [.. Root.Descendants("div").Single(box => box.Attribute("aria-label")?.Value == label).Descendants(part).Single().Elements("tr").Select(line => line.Elements().Select(cell => cell.Value).ToArray())];
}
