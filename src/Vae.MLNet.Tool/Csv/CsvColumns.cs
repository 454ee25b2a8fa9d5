using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tool.Csv;

/// <summary>Which cells of a table's rows the columns of a schema are: by name, or where there is no header by place.</summary>
internal sealed class CsvColumns
{
    // Columns of tables without a header are called Column1, Column2, ...
    private const string Numbered = "Column";

    private readonly DataViewSchema _schema;
    private readonly int[] _first;

    private CsvColumns(DataViewSchema schema, string[][] names)
    {
        _schema = schema;
        NamesOf = names;
        Names = [.. names.SelectMany(each => each)];
        AreNumbered = Names.Select((name, index) => name == NameOf(index)).All(isNumbered => isNumbered);
        _first = new int[names.Length];
        for (int column = 1; column < names.Length; column++)
        {
            _first[column] = _first[column - 1] + names[column - 1].Length;
        }
    }

    /// <summary>The cells' names in the order of the training table.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Those of each column of the schema: one, or of a vector one per slot.</summary>
    public IReadOnlyList<IReadOnlyList<string>> NamesOf { get; }

    /// <summary>Whether the training table had no header.</summary>
    public bool AreNumbered { get; }

    /// <summary>The name of a cell, from 0, of a table without a header.</summary>
    public static string NameOf(int cell) => $"{Numbered}{(cell + 1).ToString(CultureInfo.InvariantCulture)}";

    /// <exception cref="ToolException">A column is of a type that cells cannot be.</exception>
    public static CsvColumns Of(DataViewSchema schema) => new(schema, [.. schema.Select(NamesOfCells)]);

    /// <summary>For each needed column the cells of its slots; -1 for an optional one that is not there.</summary>
    /// <exception cref="ToolException">One is missing, or the table has another number of columns.</exception>
    public IReadOnlyDictionary<int, int[]> Bind(CsvRecords records, IEnumerable<int> needed, string? optional)
    {
        if (records.IsEmpty)
        {
            return AreNumbered || records.Format.Header == CsvHeader.No ? Placed(needed) : throw records.TableError("it is empty.");
        }
        if (records.Header is not { } header)
        {
            return records.Width == Names.Count
                ? Placed(needed)
                : throw records.Error($"{records.Width} cells, and the training table had {Names.Count}: without a header the columns are to be the same.");
        }
        Dictionary<string, int> places = header.Select((name, place) => (name, place)).ToDictionary(each => each.name, each => each.place, StringComparer.Ordinal);
        int PlaceOf(string name) => places.TryGetValue(name, out int place) ? place : name == optional ? -1 : throw Missing(records, name, header);
        return needed.ToDictionary(column => column, column => NamesOf[column].Select(PlaceOf).ToArray());
    }

    private Dictionary<int, int[]> Placed(IEnumerable<int> needed) => needed.ToDictionary(column => column, column => Enumerable.Range(_first[column], NamesOf[column].Count).ToArray());

    private ToolException Missing(CsvRecords records, string name, IReadOnlyList<string> header) => Names.Any(header.Contains)
        ? records.Error($"there is no column '{name}', which the model was trained on.")
        : records.Error($"no column of the model ('{name}', ...) is in the first line: if it is a row already, say --header no.");

    private static string[] NamesOfCells(DataViewSchema.Column column)
    {
        if (column.Type is not VectorDataViewType vector)
        {
            return [column.Name];
        }
        VBuffer<ReadOnlyMemory<char>> names = default;
        if (column.HasSlotNames())
        {
            column.GetSlotNames(ref names);
        }
        return names.Length == vector.Size
            ? [.. names.DenseValues().Select(name => name.ToString())]
            : [.. Enumerable.Range(0, vector.Size).Select(slot => $"{column.Name}.{slot.ToString(CultureInfo.InvariantCulture)}")];
    }
}
