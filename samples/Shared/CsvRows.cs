using CsvHelper;

namespace Vae.MLNet.Samples;

/// <summary>CSV files (RFC 4180), a header first.</summary>
public static class CsvRows
{
    private static readonly CsvReaderOptions s_options = new()
    {
        HasHeader = false,
        TrimWhitespace = true,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
    };

    /// <summary>Reads a file.</summary>
    /// <returns>The header and the rows, as many cells each, with the lines that they are in.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is empty, not CSV, or a row has more or fewer cells than the header.</exception>
    public static IReadOnlyList<(long Line, string[] Cells)> Read(string path)
    {
        var rows = new List<(long Line, string[] Cells)>();
        try
        {
            using var reader = CsvReader.Create(File.OpenRead(path), s_options);
            while (reader.Read())
            {
                string[] cells = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];
                if (rows.Count > 0 && cells.Length != rows[0].Cells.Length)
                {
                    throw new InvalidDataException(
                        $"'{path}', line {reader.LineNumber}: {cells.Length} value(s) under a header of {rows[0].Cells.Length} column(s).");
                }
                rows.Add((reader.LineNumber, cells));
            }
        }
        catch (CsvFormatException error)
        {
            throw new InvalidDataException($"'{path}': {error.Message}", error);
        }
        return rows.Count > 0 ? rows : throw new InvalidDataException($"'{path}' is empty.");
    }

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The header and the rows.</param>
    public static void Write(string path, IEnumerable<IEnumerable<string>> rows)
    {
        using var writer = CsvWriter.ToFile(path, new CsvWriterOptions { NewLine = Environment.NewLine }, FileOptions.None);
        foreach (IEnumerable<string> row in rows)
        {
            writer.WriteRecord(row.ToArray());
        }
    }
}
