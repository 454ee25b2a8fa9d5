using Microsoft.ML;
using Vae.MLNet.Tool.Files;

namespace Vae.MLNet.Tool.Csv;

/// <summary>
/// The rows of a CSV table as an <see cref="IDataView"/> with the columns of a model. Each cursor reads the table anew; columns that nobody asks for are neither wanted in the table nor parsed.
/// </summary>
internal sealed class CsvView : IDataView
{
    private readonly InputSource _source;
    private readonly CsvFormat _format;
    private readonly string? _optional;
    private CsvRecords? _opened;

    /// <param name="source">The table.</param>
    /// <param name="format">How it is written.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="optional">A column that may be missing in the table: all its values are then; null for none.</param>
    public CsvView(InputSource source, CsvFormat format, DataViewSchema schema, string? optional = null)
    {
        (_source, _format, Schema, _optional) = (source, format, schema, optional);
        Columns = CsvColumns.Of(schema);
    }

    public DataViewSchema Schema { get; }

    public CsvColumns Columns { get; }

    public bool CanShuffle => false;

    /// <summary>The table that is being read, or was last: where an error is.</summary>
    public CsvRecords? Records { get; private set; }

    /// <summary>Receives all cells of each row that is read; null: nobody does.</summary>
    public CsvRowQueue? Queue { get; set; }

    /// <summary>Categories that are known, by column; other texts are missing values. A column that is not named takes all.</summary>
    public IReadOnlyDictionary<string, KnownCategories> Categories { get; init; } = new Dictionary<string, KnownCategories>();

    /// <summary>Opens the table, whose header can then be looked at, for the first cursor.</summary>
    /// <exception cref="ToolException">It cannot be read, or has no header where one is wanted.</exception>
    public CsvRecords Open() => _opened ??= Records = new CsvRecords(_source, _format, IsHeader);

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        CsvRecords records = Open();
        _opened = null;
        int[] needed = [.. columnsNeeded.Select(column => column.Index)];
        return new CsvCursor(this, records, needed, Columns.Bind(records, needed, _optional));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    // A model knows the names of its columns. One that was trained without names has numbered ones, and its tables have none.
    private bool IsHeader(IReadOnlyList<string> first) => Columns.Names.Any(first.Contains) || !Columns.AreNumbered;
}
