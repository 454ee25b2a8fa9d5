using System.Xml.Linq;
using static Vae.MLNet.Report.Page.Numbers;

namespace Vae.MLNet.Report.Plots;

/// <summary>
/// A frame with two axes, in SVG, and what is drawn in it. It is as wide as a phone, so that its texts can be read there, and grows with the screen; colours come from the page's style.
/// </summary>
internal sealed class Plot
{
    private const double Left = 52;
    private const double Right = 12;
    private const double Top = 26;
    private const double Bottom = 40;

    // About, of a letter.
    private const double NameWidth = 8;
    private const double NameHeight = 14;

    private readonly double _width;
    private readonly double _height;
    private readonly List<XElement> _inside = [];
    private readonly List<XElement> _above = [];

    private Plot(double width, double height, Axis x, Axis y) => (_width, _height, X, Y) = (width, height, x, y);

    public Axis X { get; }

    public Axis Y { get; }

    /// <param name="x">Smallest and largest value across.</param>
    /// <param name="y">Smallest and largest value upwards.</param>
    /// <param name="width">In the drawing's own unit: a small text is 12 high.</param>
    /// <param name="height">In the same.</param>
    /// <param name="wholeNumbers">Whether values across are whole numbers.</param>
    public static Plot Of((double Least, double Most) x, (double Least, double Most) y, double width = 400, double height = 250, bool wholeNumbers = false) => new(
        width, height, Axis.Of(x.Least, x.Most, Left, width - Right, 6, wholeNumbers), Axis.Of(y.Least, y.Most, height - Bottom, Top));

    /// <summary>A line through points.</summary>
    public void Line(string style, IEnumerable<(double X, double Y)> points)
    {
        string path = string.Concat(points.Select((point, index) => $"{(index == 0 ? "M" : "L")}{At(point.X, point.Y)}"));
        // One point alone is a dot.
        _inside.Add(Element("path", Class($"line {style}"), new XAttribute("d", path.Contains('L', StringComparison.Ordinal) ? path : $"{path}h.01")));
    }

    /// <summary>A dot for each point.</summary>
    public void Dots(string style, IEnumerable<(double X, double Y)> points) =>
        _inside.Add(Element("path", Class($"dots {style}"), new XAttribute("d", string.Concat(points.Select(point => $"M{At(point.X, point.Y)}h.01")))));

    /// <summary>A bar that stands on the lower end.</summary>
    public void Bar(string style, double from, double to, double height, string tip)
    {
        double left = X.PlaceOf(from);
        double top = Y.PlaceOf(height);
        _inside.Add(Element(
            "rect", Class(style), Number("x", left), Number("y", top), Number("width", Math.Max(0.5, X.PlaceOf(to) - left)), Number("height", Y.PlaceOf(Y.Least) - top), Element("title", tip)));
    }

    /// <summary>A line from the bottom to the top, with a word on it.</summary>
    public void Upright(double x, string text)
    {
        double place = X.PlaceOf(x);
        _inside.Add(Element("path", Class("upright"), new XAttribute("d", $"M{Place(place)} {Place(Top)}V{Place(_height - Bottom)}")));
        bool isLeft = place > _width * 0.6;
        _above.Add(TextAt(isLeft ? place - 4 : place + 4, Top + 12, isLeft ? "end" : "start", "upright-text", text));
    }

    /// <summary>Names over everything; none if one would hide another.</summary>
    public void Names(IReadOnlyList<(double X, double Y, string Text)> names)
    {
        bool Hides(int one, int other) =>
            Math.Abs(X.PlaceOf(names[one].X) - X.PlaceOf(names[other].X)) < (names[one].Text.Length + names[other].Text.Length) * NameWidth / 2
            && Math.Abs(Y.PlaceOf(names[one].Y) - Y.PlaceOf(names[other].Y)) < NameHeight;
        if (!Enumerable.Range(0, names.Count).Any(one => Enumerable.Range(0, one).Any(other => Hides(one, other))))
        {
            _above.AddRange(names.Select(name => TextAt(X.PlaceOf(name.X), Y.PlaceOf(name.Y) + 4, "middle", "name", name.Text)));
        }
    }

    /// <summary>A text below the lower axis.</summary>
    public void Below(double x, string text) => _above.Add(TextAt(X.PlaceOf(x), _height - Bottom + 14, "middle", "tick", text));

    /// <summary>The drawing.</summary>
    /// <param name="label">What it shows, for who cannot see it.</param>
    /// <param name="across">What the lower axis is.</param>
    /// <param name="upwards">What the left axis is.</param>
    /// <param name="texts">Whether there are numbers at the lower axis.</param>
    public XElement Drawn(string label, string across, string upwards, bool texts = true)
    {
        double right = _width - Right;
        double bottom = _height - Bottom;
        IEnumerable<XElement> grid = Y.Ticks.SelectMany(tick => new[]
        {
            Element("path", Class("grid"), new XAttribute("d", $"M{Place(Left)} {Place(Y.PlaceOf(tick.Value))}H{Place(right)}")),
            TextAt(Left - 5, Y.PlaceOf(tick.Value) + 4, "end", "tick", tick.Text),
        });
        IEnumerable<XElement> numbers = texts ? X.Ticks.Select(tick => TextAt(X.PlaceOf(tick.Value), bottom + 16, "middle", "tick", tick.Text)) : [];
        // An inner drawing clips what leaves the frame.
        XElement frame = Element(
            "svg",
            Number("x", Left),
            Number("y", Top),
            Number("width", right - Left),
            Number("height", bottom - Top),
            new XAttribute("viewBox", $"{Place(Left)} {Place(Top)} {Place(right - Left)} {Place(bottom - Top)}"),
            _inside);
        return Element(
            "svg",
            new XAttribute("viewBox", $"0 0 {Place(_width)} {Place(_height)}"),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", label),
            grid,
            numbers,
            Element("path", Class("axis"), new XAttribute("d", $"M{Place(Left)} {Place(bottom)}H{Place(right)}")),
            frame,
            TextAt((Left + right) / 2, _height - 6, "middle", "title", across),
            TextAt(4, 13, "start", "title", upwards),
            _above);
    }

    /// <summary>A line without axes, as high as a text.</summary>
    public static XElement Spark(IReadOnlyList<double> values)
    {
        const double width = 64;
        const double height = 18;
        Axis y = Axis.Of(values.Min(), values.Max(), height - 2, 2);
        IEnumerable<string> points = values.Select((value, index) => $"{(index == 0 ? "M" : "L")}{Place(2 + index * (width - 4) / Math.Max(1, values.Count - 1))} {Place(y.PlaceOf(value))}");
        return Element("svg", Class("spark"), new XAttribute("viewBox", $"0 0 {Place(width)} {Place(height)}"), new XAttribute("aria-hidden", "true"), Element("path", Class("line first"), new XAttribute("d", string.Concat(points))));
    }

    private string At(double x, double y) => $"{Place(X.PlaceOf(x))} {Place(Y.PlaceOf(y))}";

    private static XElement TextAt(double x, double y, string anchor, string style, string text) => Element("text", Class(style), Number("x", x), Number("y", y), new XAttribute("text-anchor", anchor), text);

    private static XElement Element(string name, params object[] content) => new(name, content);

    private static XAttribute Class(string name) => new("class", name);

    private static XAttribute Number(string name, double value) => new(name, Place(value));
}
