using System.Globalization;
using Microsoft.ML;

namespace Vae.MLNet.Report.Rows;

/// <summary>The rows by their label: what the latent map is coloured by.</summary>
/// <param name="ColumnName">The column of the label.</param>
/// <param name="Labels">What each row says.</param>
/// <param name="Groups">Of each category, or of each range of numbers, in order; those that are too rare to have a colour of their own come last.</param>
/// <param name="IsRange">Whether the groups are ranges of numbers.</param>
internal sealed record RowGroups(string ColumnName, IReadOnlyList<Cell> Labels, IReadOnlyList<RowGroup> Groups, bool IsRange)
{
    /// <summary>Groups that can be told apart by colour.</summary>
    public const int MostColours = 10;

    private const int Ranges = 5;

    public static RowGroups Read(IDataView rows, DataViewSchema.Column column)
    {
        List<Cell> labels = [];
        using DataViewRowCursor cursor = rows.GetRowCursor([column]);
        Func<Cell[]> source = Cell.SourceOf(cursor, column);
        while (cursor.MoveNext())
        {
            labels.Add(source()[0]);
        }
        int[] present = [.. Enumerable.Range(0, labels.Count).Where(row => labels[row].Kind != CellKind.Missing)];
        bool isRange = present.Any(row => labels[row].Kind == CellKind.Number) && present.DistinctBy(row => labels[row].Number).Count() > MostColours;
        IEnumerable<RowGroup> groups = isRange ? RangesOf(labels, present) : CategoriesOf(labels, present);
        int[] missing = [.. Enumerable.Range(0, labels.Count).Except(present)];
        return new RowGroups(column.Name, labels, [.. groups, .. missing.Length == 0 ? [] : new[] { new RowGroup("missing", missing, null) }], isRange);
    }

    /// <summary>Where a label stands among others: those that are numbers by these, others by their keys.</summary>
    public static double PlaceOf(Cell label) => double.TryParse(label.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : label.Number;

    private static IEnumerable<RowGroup> CategoriesOf(IReadOnlyList<Cell> labels, int[] rows)
    {
        IGrouping<string, int>[] all = [.. rows.GroupBy(row => labels[row].Text).OrderByDescending(group => group.Count())];
        IGrouping<string, int>[] shown = all.Length > MostColours ? all[..(MostColours - 1)] : all;
        IEnumerable<RowGroup> groups = shown
            .OrderBy(group => PlaceOf(labels[group.First()]))
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select((group, colour) => new RowGroup(group.Key, [.. group], colour));
        return all.Length == shown.Length ? groups : groups.Append(new RowGroup($"{all.Length - shown.Length} others", [.. all[shown.Length..].SelectMany(group => group)], null));
    }

    // Of about as many rows each; equal numbers stay together.
    private static IEnumerable<RowGroup> RangesOf(IReadOnlyList<Cell> labels, int[] rows)
    {
        double[] sorted = [.. rows.Select(row => labels[row].Number).Order()];
        double[] upper = [.. Enumerable.Range(1, Ranges - 1).Select(range => sorted[range * sorted.Length / Ranges]).Append(double.PositiveInfinity).Distinct()];
        return rows
            .GroupBy(row => Array.FindIndex(upper, each => labels[row].Number < each))
            .Where(group => group.Key >= 0)
            .OrderBy(group => group.Key)
            .Select((group, colour) =>
            {
                Cell first = labels[group.MinBy(row => labels[row].Number)];
                Cell last = labels[group.MaxBy(row => labels[row].Number)];
                return new RowGroup(first.Text == last.Text ? first.Text : $"{first.Text} to {last.Text}", [.. group], colour);
            });
    }
}

/// <summary>Rows of one label.</summary>
/// <param name="Name">The label.</param>
/// <param name="Rows">Which, by their place among those that are kept.</param>
/// <param name="Colour">From 0; null for none of its own.</param>
internal sealed record RowGroup(string Name, IReadOnlyList<int> Rows, int? Colour);
