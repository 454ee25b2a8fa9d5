using MathNet.Numerics.Statistics;
using Microsoft.ML;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Report.Rows;

/// <summary>How the values of one input column spread, over the rows that are kept.</summary>
/// <param name="Missing">Values that are not there.</param>
/// <param name="Slots">Of each number of the column, over those that are there; empty of a key.</param>
internal sealed record ColumnSpread(long Missing, IReadOnlyList<RunningStatistics> Slots)
{
    /// <summary>Of each input column.</summary>
    public static IReadOnlyList<ColumnSpread> Of(RowLayout layout, IDataView rows)
    {
        BoundLayout bound = layout.Bind(rows.Schema, nameof(rows));
        using DataViewRowCursor cursor = rows.GetRowCursor(bound.Inputs);
        (NumberSource Numbers, Func<int>? Category)[] sources = [.. layout.Columns.Select((column, index) => (column.NumbersOf(cursor, bound.Inputs[index]), (column as KeyColumn)?.CategoryOf(cursor, bound.Inputs[index])))];
        double[][] values = [.. layout.Columns.Select(column => new double[column is KeyColumn ? 0 : column.Width])];
        RunningStatistics[][] slots = [.. values.Select(each => each.Select(_ => new RunningStatistics()).ToArray())];
        var missing = new long[values.Length];
        while (cursor.MoveNext())
        {
            for (int column = 0; column < values.Length; column++)
            {
                sources[column].Numbers(values[column]);
                for (int slot = 0; slot < values[column].Length; slot++)
                {
                    if (double.IsNaN(values[column][slot]))
                    {
                        missing[column]++;
                    }
                    else
                    {
                        slots[column][slot].Push(values[column][slot]);
                    }
                }
                missing[column] += sources[column].Category?.Invoke() < 0 ? 1 : 0;
            }
        }
        return [.. slots.Select((each, column) => new ColumnSpread(missing[column], each))];
    }
}
