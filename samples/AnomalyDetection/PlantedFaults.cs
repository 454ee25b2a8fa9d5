namespace Vae.MLNet.Samples.AnomalyDetection;

/// <summary>Faults that one would not see in any column alone.</summary>
internal static class PlantedFaults
{
    private const double Share = 0.02;

    /// <summary>In 2 % of the rows, one value is replaced by that of another row.</summary>
    /// <returns>The table with faults, and for each row the column of its fault, or -1.</returns>
    public static (NumberTable Table, int[] Columns) Plant(NumberTable table, int seed)
    {
        var random = new Random(seed);
        int[] columns = [.. table.Rows.Select(_ => random.NextDouble() < Share ? random.Next(table.Names.Count) : -1)];
        return (table with { Rows = [.. table.Rows.Select((row, i) => row.Select((value, column) => column == columns[i] ? table.Rows[random.Next(table.Rows.Count)][column] : value).ToArray())] }, columns);
    }
}
