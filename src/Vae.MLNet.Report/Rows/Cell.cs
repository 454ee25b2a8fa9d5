using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Report.Page;

namespace Vae.MLNet.Report.Rows;

/// <summary>One value of a row as it is shown.</summary>
/// <param name="Text">What it is; "missing" if it is.</param>
/// <param name="Number">The number, if it is one; else NaN.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct Cell(string Text, double Number, CellKind Kind)
{
    private static readonly Cell s_missing = new("missing", double.NaN, CellKind.Missing);

    /// <summary>Reads a column of the current row of a cursor: one value, or those of a vector.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="column">Of its schema.</param>
    public static Func<Cell[]> SourceOf(DataViewRow row, DataViewSchema.Column column)
    {
        switch (column.Type)
        {
            case VectorDataViewType:
                var vector = new VectorSource(row, column);
                return () => [.. vector.Read().DenseValues().Select(value => OfNumber(value))];
            case TextDataViewType:
                ValueGetter<ReadOnlyMemory<char>> text = row.GetGetter<ReadOnlyMemory<char>>(column);
                ReadOnlyMemory<char> characters = default;
                return () =>
                {
                    text(ref characters);
                    return [characters.IsEmpty ? s_missing : new Cell(characters.ToString(), double.NaN, CellKind.Category)];
                };
            case KeyDataViewType type:
                Func<double> key = ScalarFormat.Of(type.RawType)!.Source(row, column);
                IReadOnlyList<string>? values = KeyValues.Of(column)?.Values;
                return () => [key() is var of && of >= 1 && of <= type.Count ? OfCategory((int)of - 1, values) : s_missing];
            default:
                Func<double> number = ScalarFormat.Of(column.Type.RawType)!.Source(row, column);
                return column.Type is BooleanDataViewType
                    ? () => [number() is var flag && flag > 0 ? new Cell("true", 1, CellKind.Category) : new Cell("false", 0, CellKind.Category)]
                    : () => [OfNumber(number())];
        }
    }

    /// <param name="category">From 0.</param>
    /// <param name="values">What the categories stand for; null if the column does not say.</param>
    public static Cell OfCategory(int category, IReadOnlyList<string>? values) =>
        new(values is null ? string.Create(CultureInfo.InvariantCulture, $"key {category + 1}") : values[category].Length == 0 ? "(empty)" : values[category], category, CellKind.Category);

    public static Cell OfNumber(double value) => double.IsNaN(value) ? s_missing : new Cell(Numbers.Text(value), value, CellKind.Number);
}

/// <summary>What a shown value is.</summary>
internal enum CellKind
{
    Number,
    Category,
    Missing,
}
