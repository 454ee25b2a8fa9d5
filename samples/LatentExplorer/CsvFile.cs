using CsvHelper;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>A CSV file as a model reads it: columns by name, or of a file without a header by place.</summary>
internal static class CsvFile
{
    // What vae train writes beside pixels: the cell that stands for 1.
    private const string PixelScale = "PixelScale";

    /// <param name="ml">The context.</param>
    /// <param name="path">The file.</param>
    /// <param name="schema">Of the model's rows. Columns that are not in the file are left out: whether they are needed, the model says.</param>
    /// <param name="extra">A column to read as text beside them, if it is not among them; null for none.</param>
    /// <exception cref="ExplorerException">It has none of the columns.</exception>
    public static IDataView Read(MLContext ml, string path, DataViewSchema schema, string? extra)
    {
        (string[] header, char separator) = FirstLine(path);
        (DataViewSchema.Column Column, string[] Cells)[] wanted = [.. schema.Select(column => (column, CellsOf(column)))];
        string[] cells = [.. wanted.SelectMany(each => each.Cells)];
        bool hasHeader = header.Any(cells.Contains);
        if (!hasHeader && header.Length != cells.Length)
        {
            throw new ExplorerException($"{path}: no column of the model ({string.Join(", ", cells.Take(3))}{(cells.Length > 3 ? ", ..." : "")}) is in the first line.");
        }
        string[] names = hasHeader ? header : cells;
        var columns = new List<TextLoader.Column>();
        var scales = new List<(string Name, int Size, float White)>();
        foreach ((DataViewSchema.Column column, string[] parts) in wanted)
        {
            int[] places = [.. parts.Select(part => Array.IndexOf(names, part))];
            if (KindOf(column) is { } kind && !places.Contains(-1))
            {
                columns.Add(new TextLoader.Column(column.Name, kind, [.. places.Select(place => new TextLoader.Range(place))]));
                if (Annotations.Number(column, PixelScale) is { } white and not 1)
                {
                    scales.Add((column.Name, places.Length, white));
                }
            }
        }
        if (extra is not null && columns.All(column => column.Name != extra) && Array.IndexOf(names, extra) is >= 0 and var place)
        {
            columns.Add(new TextLoader.Column(extra, DataKind.String, place));
        }
        IDataView rows = ml.Data.LoadFromTextFile(path, new TextLoader.Options
        {
            Columns = [.. columns],
            Separators = [separator],
            HasHeader = hasHeader,
            AllowQuoting = true,
            ReadMultilines = true,
            TrimWhitespace = true,
            MissingRealsAsNaNs = true,
        });
        foreach ((string name, int size, float white) in scales)
        {
            rows = Scaled(ml, rows, name, size, white);
        }
        return rows;
    }

    private static (string[] Header, char Separator) FirstLine(string path)
    {
        using CsvReader reader = CsvReader.Create(File.OpenRead(path), new CsvReaderOptions { HasHeader = false, TrimWhitespace = true });
        return reader.Read() ? ([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)], reader.Separator) : throw new ExplorerException($"{path} is empty.");
    }

    private static string[] CellsOf(DataViewSchema.Column column) => column.Type is VectorDataViewType { Size: var size }
        ? Annotations.SlotNames(column) ?? [.. Enumerable.Range(0, size).Select(slot => FormattableString.Invariant($"{column.Name}.{slot}"))]
        : [column.Name];

    // Null for what no cell can be.
    private static DataKind? KindOf(DataViewSchema.Column column)
    {
        DataViewType type = column.Type is VectorDataViewType { ItemType: var item } ? item : column.Type;
        return type switch
        {
            KeyDataViewType => null,
            TextDataViewType => DataKind.String,
            BooleanDataViewType => DataKind.Boolean,
            NumberDataViewType when Enum.TryParse(type.ToString(), out DataKind kind) => kind,
            _ => null,
        };
    }

    // Cells from 0 to white become pixels from 0 to 1.
    private static IDataView Scaled(MLContext ml, IDataView rows, string name, int size, float white)
    {
        var definition = SchemaDefinition.Create(typeof(PixelRange));
        (definition[0].ColumnName, definition[0].ColumnType) = (name, new VectorDataViewType(NumberDataViewType.Single, size));
        IDataView range = ml.Data.LoadFromEnumerable([new PixelRange { Values = new float[size] }, new PixelRange { Values = [.. Enumerable.Repeat(white, size)] }], definition);
        return ml.Transforms.NormalizeMinMax(name).Fit(range).Transform(rows);
    }

    private sealed class PixelRange
    {
        public float[] Values { get; set; } = [];
    }
}
