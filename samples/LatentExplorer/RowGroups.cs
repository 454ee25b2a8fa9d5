using System.Globalization;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>The rows by what colours them.</summary>
/// <param name="Column">What that is.</param>
/// <param name="Names">Of the groups: at most ten, and the rest.</param>
/// <param name="OfRow">The group of each row.</param>
/// <param name="IsRange">Whether groups are ranges of a number, low to high.</param>
/// <param name="HasRest">Whether the last group is what has no colour of its own.</param>
internal sealed record RowGroups(string Column, IReadOnlyList<string> Names, IReadOnlyList<int> OfRow, bool IsRange, bool HasRest)
{
    private const int MostColours = 10;
    private const int Ranges = 5;
    private const string Missing = "missing";

    public static RowGroups Of(string column, IReadOnlyList<string> rows)
    {
        string[] present = [.. rows.Where(row => row.Length > 0)];
        IGrouping<string, string>[] kinds = [.. present.GroupBy(row => row).OrderByDescending(group => group.Count())];
        bool areNumbers = present.All(row => double.TryParse(row, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        if (areNumbers && kinds.Length > MostColours)
        {
            return OfNumbers(column, rows, [.. present.Select(Number).Order()]);
        }
        bool hasRest = kinds.Length > MostColours || present.Length < rows.Count;
        string[] names = [.. kinds.Take(MostColours).Select(group => group.Key).OrderBy(name => areNumbers ? Number(name) : 0).ThenBy(name => name, StringComparer.Ordinal)];
        Dictionary<string, int> places = names.Select((name, place) => (name, place)).ToDictionary(each => each.name, each => each.place);
        return new RowGroups(
            column, hasRest ? [.. names, kinds.Length > MostColours ? "others" : Missing] : names, [.. rows.Select(row => places.GetValueOrDefault(row, names.Length))], IsRange: false, hasRest);
    }

    // Of about as many rows each; equal numbers stay together.
    private static RowGroups OfNumbers(string column, IReadOnlyList<string> rows, double[] sorted)
    {
        double[] bounds = [.. Enumerable.Range(0, Ranges).Select(range => sorted[range * sorted.Length / Ranges]).Distinct()];
        string[] names = [.. bounds.Select((low, range) => FormattableString.Invariant($"{low:G4} to {(range + 1 < bounds.Length ? bounds[range + 1] : sorted[^1]):G4}"))];
        bool hasRest = sorted.Length < rows.Count;
        int GroupOf(string row) => row.Length == 0 ? names.Length : Array.FindLastIndex(bounds, low => low <= Number(row));
        return new RowGroups(column, hasRest ? [.. names, Missing] : names, [.. rows.Select(GroupOf)], IsRange: true, hasRest);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
