using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Properties;

/// <summary>What was read of one row.</summary>
internal sealed record ReadRow(DataViewRowId Id, object[] Values)
{
    /// <summary>Reads cursors to their ends, one step each in turn, as threads would.</summary>
    /// <param name="cursors">Of one view.</param>
    /// <param name="columns">Which to read.</param>
    /// <exception cref="InvalidDataException">A cursor's position is not the number of its row.</exception>
    public static Dictionary<DataViewRowId, object[]> All(DataViewRowCursor[] cursors, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var rows = new Dictionary<DataViewRowId, object[]>();
        var open = new List<(DataViewRowCursor Cursor, Func<ReadRow> Read)>();
        foreach (DataViewRowCursor cursor in cursors)
        {
            open.Add((cursor, Of(cursor, columns)));
        }
        while (open.Count > 0)
        {
            for (int i = open.Count - 1; i >= 0; i--)
            {
                (DataViewRowCursor cursor, Func<ReadRow> read) = open[i];
                long before = cursor.Position;
                if (!cursor.MoveNext())
                {
                    cursor.Dispose();
                    open.RemoveAt(i);
                    continue;
                }
                if (cursor.Position != before + 1)
                {
                    throw new InvalidDataException($"A cursor went from position {before} to {cursor.Position}.");
                }
                ReadRow row = read();
                if (!rows.TryAdd(row.Id, row.Values))
                {
                    throw new InvalidDataException($"Row {row.Id} came twice.");
                }
            }
        }
        return rows;
    }

    /// <summary>Reads the row's position at the time of asking.</summary>
    public static Func<ReadRow> Of(DataViewRow row, IReadOnlyList<DataViewSchema.Column> columns)
    {
        ValueGetter<DataViewRowId> idOf = row.GetIdGetter();
        Func<object>[] cells = [.. columns.Select(column => Cells.Of(row, column))];
        return () =>
        {
            DataViewRowId id = default;
            idOf(ref id);
            return new ReadRow(id, Array.ConvertAll(cells, cell => cell()));
        };
    }
}
