using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples;

/// <summary>A table of numbers, of which some may be missing.</summary>
/// <param name="Names">Of the columns.</param>
/// <param name="Rows">As many numbers each; NaN is a missing one.</param>
public sealed record NumberTable(IReadOnlyList<string> Names, IReadOnlyList<float[]> Rows)
{
    private const int FewestRows = 10;

    /// <summary>Reads a CSV file: a line with the names, then a line for each row. A value that is empty, ? or NaN is missing.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no table of numbers, or too short.</exception>
    public static NumberTable Read(string path)
    {
        IReadOnlyList<(long Line, string[] Cells)> lines = CsvRows.Read(path);
        string[] names = lines[0].Cells;
        float[][] rows = [.. lines.Skip(1).Select(line => line.Cells.Select((cell, column) =>
            NumberOf(cell) ?? throw new InvalidDataException($"'{path}', line {line.Line}: '{cell}' in column '{names[column]}' is not a number.")).ToArray())];
        return rows.Length >= FewestRows
            ? new NumberTable(names, rows)
            : throw new InvalidDataException($"'{path}' has {rows.Length} row(s) below a header: at least {FewestRows} are wanted.");
    }

    /// <summary>The values of a column.</summary>
    public float[] Column(int index) => [.. Rows.Select(row => row[index])];

    /// <summary>The table without one of its columns.</summary>
    public NumberTable Without(int index) => new([.. Names.Where((_, column) => column != index)], [.. Rows.Select(row => row.Where((_, column) => column != index).ToArray())]);

    /// <summary>The rows as ML.NET reads them, in one column of vectors: "Features".</summary>
    public IDataView View(MLContext ml)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Names.Count);
        return ml.Data.LoadFromEnumerable(Rows.Select(row => new Row { Features = row }), schema);
    }

    /// <summary>Writes a CSV file.</summary>
    public void Save(string path) => CsvRows.Write(path, [Names, .. Rows.Select(row => row.Select(Text))]);

    private static string Text(float value) => float.IsNaN(value) ? "" : value.ToString(CultureInfo.InvariantCulture);

    private static float? NumberOf(string cell) => cell is "" or "?" or "NaN" ? float.NaN : float.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) ? number : null;

    private sealed class Row
    {
        [VectorType]
        public float[] Features { get; set; } = [];
    }
}
