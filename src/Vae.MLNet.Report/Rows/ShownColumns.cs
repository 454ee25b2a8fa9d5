using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Report.Rows;

/// <summary>Columns of a view as they are shown in a table: a vector as one for each slot, and not more in all than can be read.</summary>
internal sealed class ShownColumns
{
    private const int MostShown = 40;

    private readonly List<DataViewSchema.Column> _columns = [];

    /// <param name="columns">The columns, of numbers, Booleans, keys, texts and vectors of <see cref="float"/>.</param>
    public ShownColumns(IEnumerable<DataViewSchema.Column> columns)
    {
        List<string> names = [];
        foreach (DataViewSchema.Column column in columns)
        {
            names.AddRange(NamesOf(column));
            _columns.Add(column);
        }
        Total = names.Count;
        Names = names.Count > MostShown ? names[..MostShown] : names;
    }

    /// <summary>One for each shown value.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Values that a row has.</summary>
    public int Total { get; }

    /// <summary>Reads rows.</summary>
    /// <param name="view">Has the columns.</param>
    /// <param name="rows">Which, by their place in the view.</param>
    /// <returns>As many values for each row as there are <see cref="Names"/>, in the order of <paramref name="rows"/>.</returns>
    public IReadOnlyList<Cell[]> Read(IDataView view, IReadOnlyList<int> rows)
    {
        var wanted = rows.ToHashSet();
        var read = new Dictionary<int, Cell[]>();
        using DataViewRowCursor cursor = view.GetRowCursor(_columns);
        Func<Cell[]>[] sources = [.. _columns.Select(column => Cell.SourceOf(cursor, column))];
        for (int row = 0; read.Count < wanted.Count && cursor.MoveNext(); row++)
        {
            if (wanted.Contains(row))
            {
                read.Add(row, [.. sources.SelectMany(source => source()).Take(Names.Count)]);
            }
        }
        return [.. rows.Select(row => read[row])];
    }

    /// <summary>The name of a column, or of each slot of a vector.</summary>
    public static IReadOnlyList<string> NamesOf(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType { Size: var size })
        {
            return [column.Name];
        }
        string[] slots = SlotNames.Of(column) ?? new string[size];
        return [.. slots.Select((name, slot) => string.IsNullOrEmpty(name) ? FormattableString.Invariant($"{column.Name}[{slot}]") : name)];
    }
}
