using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples.TabularSynthesis;

/// <summary>Rows of texts under a header, as a CSV file has them (RFC 4180); a value that is empty or ? is missing.</summary>
internal sealed class CsvTable
{
    private const int FewestRows = 10;

    // The default of VaeEstimator.Options.MaximumCategories.
    private const int MostCategories = 1000;

    private readonly IReadOnlyList<string[]> _rows;

    private CsvTable(IReadOnlyList<TableColumn> columns, IReadOnlyList<string[]> rows) => (Columns, _rows) = (columns, rows);

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<TableColumn> Columns { get; }

    /// <summary>How many rows there are.</summary>
    public int RowCount => _rows.Count;

    /// <summary>A table of whose columns those are numbers that have nothing else.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="rows">As many values each; "" is missing.</param>
    /// <param name="label">A column that is a category whatever its values are; null for none.</param>
    /// <exception cref="InvalidDataException">There is too little to learn from, or something that cannot be.</exception>
    public static CsvTable Of(IReadOnlyList<string> header, IReadOnlyList<string[]> rows, string? label)
    {
        if (header.FirstOrDefault(name => name.Length == 0 || header.Count(other => other == name) > 1) is { } wrong)
        {
            throw new InvalidDataException(wrong.Length == 0 ? "A column has no name in the header." : $"Two columns are called '{wrong}'.");
        }
        if (label is not null && !header.Contains(label))
        {
            throw new InvalidDataException($"There is no column '{label}': the header has {string.Join(", ", header)}.");
        }
        if (label is not null && header.Count < 2)
        {
            throw new InvalidDataException($"There is no column but '{label}' to tell it from.");
        }
        if (rows.Count < FewestRows)
        {
            throw new InvalidDataException($"Below the header there are {rows.Count} row(s): at least {FewestRows} are wanted.");
        }
        return new CsvTable([.. header.Select((name, index) => new TableColumn(name, KindOf(name, [.. rows.Select(row => row[index]).Where(value => value.Length > 0)], rows.Count, name == label)))], rows);
    }

    /// <summary>Reads a file: a line with the names, then a line for each row, values separated by commas.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such table.</exception>
    public static CsvTable Read(string path, string? label)
    {
        IReadOnlyList<(long Line, string[] Cells)> lines = CsvRows.Read(path);
        try
        {
            return Of(lines[0].Cells, [.. lines.Skip(1).Select(line => Array.ConvertAll(line.Cells, cell => cell == "?" ? "" : cell))], label);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
    }

    /// <summary>The names of the columns of a kind.</summary>
    public string[] NamesOf(bool categories) => [.. Columns.Where(column => column.Kind == TableColumnKind.Category == categories).Select(column => column.Name)];

    /// <summary>Every fifth row, to be held out, and the others.</summary>
    public (CsvTable Train, CsvTable Test) Split() => (new CsvTable(Columns, [.. _rows.Where((_, index) => index % 5 != 4)]), new CsvTable(Columns, [.. _rows.Where((_, index) => index % 5 == 4)]));

    /// <summary>Writes the table to a CSV file.</summary>
    public void Save(string path) => CsvRows.Write(path, [Columns.Select(column => column.Name), .. _rows]);

    /// <summary>A view on a CSV file with the columns of this table.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="path">The file, by <see cref="Save"/> or <c>SaveAsText</c>.</param>
    /// <param name="asFeatures">Whether whole numbers are to be <see cref="float"/> as the others are, what trainers read.</param>
    public IDataView Load(MLContext ml, string path, bool asFeatures = false)
    {
        DataKind KindOf(TableColumn column) => column.Kind switch
        {
            TableColumnKind.Category => DataKind.String,
            TableColumnKind.WholeNumber when !asFeatures => DataKind.Int32,
            _ => DataKind.Single,
        };
        return ml.Data.LoadFromTextFile(path, new TextLoader.Options
        {
            Columns = [.. Columns.Select((column, index) => new TextLoader.Column(column.Name, KindOf(column), index))],
            Separators = [','],
            HasHeader = true,
            AllowQuoting = true,
            ReadMultilines = true,
            MissingRealsAsNaNs = true,
        });
    }

    private static TableColumnKind KindOf(string name, string[] values, int rowCount, bool isLabel)
    {
        if (values.Length == 0)
        {
            throw new InvalidDataException($"Column '{name}' has no values.");
        }
        if (!isLabel && values.All(value => float.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number)))
        {
            return values.Length == rowCount && values.All(value => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) ? TableColumnKind.WholeNumber : TableColumnKind.Number;
        }
        int categories = values.Distinct().Count();
        return categories > MostCategories || (isLabel && categories < 2)
            ? throw new InvalidDataException($"Column '{name}' has {categories} different value(s): {(isLabel ? "as a label" : "as not all of them are numbers,")} it may have {(isLabel ? "2" : "1")} to {MostCategories}.")
            : TableColumnKind.Category;
    }
}
