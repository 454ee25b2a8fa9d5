using System.Xml.Linq;
using Microsoft.ML;
using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;
using Vae.MLNet.Report.Rows;

namespace Vae.MLNet.Report.Sections;

/// <summary>Rows and their reconstructions, as images or as a table.</summary>
internal sealed class RowsShown
{
    // A value that is further off than this many times the column's usual error is marked.
    private const double FarOff = 2;

    private readonly ReportFacts _facts;
    private readonly IDataView _view;
    private readonly IReadOnlyList<DataViewSchema.Column> _reconstructed;

    public RowsShown(ReportFacts facts)
    {
        _facts = facts;
        _view = facts.Reconstructed(out _reconstructed);
    }

    /// <summary>Whether there is more to a row than the table shows.</summary>
    public static string Shortened(ShownColumns columns) => columns.Names.Count < columns.Total ? $" The first {columns.Names.Count} of {Numbers.Count(columns.Total)} values are shown." : "";

    /// <param name="rows">Which, by their place among those that are kept.</param>
    /// <param name="name">What these rows are.</param>
    /// <param name="hasScores">Whether each row's score is shown.</param>
    /// <param name="caption">How to read it.</param>
    public XElement Of(IReadOnlyList<int> rows, string name, bool hasScores, string caption) => _facts.Image is null ? Table(rows, name, hasScores, caption) : Images(rows, hasScores, caption);

    private string NumberOf(int row) => Numbers.Count(_facts.Rows.Positions[row] + 1);

    private XElement Images(IReadOnlyList<int> rows, bool hasScores, string caption)
    {
        var pictures = Pictures.Of(_facts);
        IReadOnlyList<float[]> originals = Pictures.Read(_view, _view.Schema[_facts.Rows.Schema[_facts.Layout.Columns[0].Name].Index], rows);
        IReadOnlyList<float[]> reconstructions = Pictures.Read(_view, _reconstructed[0], rows);
        IEnumerable<XElement> pairs = rows.Select((row, index) => Html.Element(
            "li",
            pictures.Picture(originals[index], $"Row {NumberOf(row)}"),
            pictures.Picture(reconstructions[index], "its reconstruction"),
            _facts.Groups is { } groups ? Html.Element("small", groups.Labels[row].Text) : null,
            hasScores || _facts.Groups is null ? Html.Element("small", $"#{NumberOf(row)}") : null,
            hasScores ? Html.Element("small", Numbers.Nats(_facts.Latents.Scores[row])) : null));
        return Html.Figure("pictures", Html.Element("ul", Html.Class("pairs"), pairs), $"Above the original, below it the reconstruction from the latent. {caption}");
    }

    private XElement Table(IReadOnlyList<int> rows, string name, bool hasScores, string caption)
    {
        ShownColumns columns = _facts.Columns;
        // The label is no reconstruction: it stands in both.
        var inputs = _facts.Layout.Columns.Select((column, index) => (column.Name, _reconstructed[index])).ToDictionary();
        var again = new ShownColumns(_facts.Rows.Schema.Select(column => inputs.GetValueOrDefault(column.Name, column)));
        IReadOnlyList<Cell[]> originals = columns.Read(_view, rows);
        IReadOnlyList<Cell[]> reconstructions = again.Read(_view, rows);
        double[] errors = [.. Errors()];
        IEnumerable<object> head = ["Row", .. hasScores ? new[] { Html.NumberHead("Score") } : [], "", .. Heads(columns, originals)];
        IEnumerable<XElement> lines = rows.SelectMany((row, index) => new[]
        {
            Html.Row(
                Html.Class("original"),
                Spanning(Html.Head("row", NumberOf(row))),
                hasScores ? Spanning(Html.Number(Numbers.Nats(_facts.Latents.Scores[row]))) : null,
                Html.Text("original"),
                originals[index].Select(cell => Shown(cell, isMarked: false))),
            Html.Row(
                Html.Class("decoded"),
                Html.Text("decoded"),
                reconstructions[index].Select((cell, slot) => Shown(cell, IsFarOff(originals[index][slot], cell, errors[slot])))),
        });
        return Html.Figure(
            "rows",
            Html.Table(name, head, lines),
            $"Under each original, the row that the decoder gives back from its latent. Marked with ≠ are categories that came back as another one, and numbers that are off by more than {FarOff} times the column's usual error. {caption}{Shortened(columns)}");
    }

    // The usual error of each shown value; NaN where there is none.
    private IEnumerable<double> Errors() => _facts.Rows.Schema.SelectMany(column =>
        Enumerable.Repeat(_facts.Metrics.ReconstructionErrors.FirstOrDefault(error => error.ColumnName == column.Name && !error.IsErrorRate)?.Error ?? double.NaN, ShownColumns.NamesOf(column).Count));

    private static bool IsFarOff(Cell original, Cell again, double error) => original.Kind switch
    {
        CellKind.Category => original.Text != again.Text,
        CellKind.Number => Math.Abs(original.Number - again.Number) > FarOff * error,
        _ => false,
    };

    /// <summary>Heads of columns: on the side on which their values stand.</summary>
    public static IEnumerable<object> Heads(ShownColumns columns, IReadOnlyList<Cell[]> rows) =>
        columns.Names.Select((name, index) => rows.Any(row => row[index].Kind == CellKind.Number) ? Html.NumberHead(name) : (object)name);

    /// <summary>A cell of a table.</summary>
    public static XElement Shown(Cell cell, bool isMarked = false)
    {
        string style = $"{(cell.Kind == CellKind.Number ? "number" : cell.Kind == CellKind.Missing ? "missing" : "")}{(isMarked ? " off" : "")}".Trim();
        return Html.Element("td", style.Length == 0 ? null : Html.Class(style), isMarked ? $"≠ {cell.Text}" : cell.Text);
    }

    private static XElement Spanning(XElement cell)
    {
        cell.Add(new XAttribute("rowspan", "2"));
        return cell;
    }
}
