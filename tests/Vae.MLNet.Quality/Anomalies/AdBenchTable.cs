using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Quality.Anomalies;

/// <summary>A table of ADBench (Han et al., 2022): numbers, and whether each row is an anomaly.</summary>
internal sealed record AdBenchTable(float[][] Rows, bool[] Anomalies)
{
    public const string Folder = "adbench";

    private const int MostRows = 10_000;
    private const double TrainingPart = 0.7;

    /// <summary>The tables' files in the order of their names.</summary>
    public static IReadOnlyList<string> Paths => [.. Directory.GetFiles(Repository.Data(Folder)!, "*.csv").Order(StringComparer.Ordinal)];

    public static AdBenchTable Read(string path)
    {
        float[][] rows = [.. File.ReadLines(path).Skip(1).Select(line => line.Split(',').Select(field => float.Parse(field, CultureInfo.InvariantCulture)).ToArray())];
        return new AdBenchTable([.. rows.Select(row => row[..^1])], [.. rows.Select(row => row[^1] != 0)]);
    }

    /// <summary>Reads the rows that are no anomalies, standardised.</summary>
    /// <param name="name">The file's name without its extension.</param>
    public static float[][] ReadNormal(string name)
    {
        double[][] rows = [.. File.ReadLines(Path.Combine(Repository.Data(Folder)!, name + ".csv")).Skip(1)
            .Select(line => line.Split(',').Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray())
            .Where(row => row[^1] == 0)
            .Select(row => row[..^1])];
        for (int slot = 0; slot < rows[0].Length; slot++)
        {
            double mean = rows.Average(row => row[slot]);
            double deviation = Math.Sqrt(rows.Average(row => Math.Pow(row[slot] - mean, 2)));
            foreach (double[] row in rows)
            {
                row[slot] = (row[slot] - mean) / (deviation > 0 ? deviation : 1);
            }
        }
        return [.. rows.Select(row => row.Select(value => (float)value).ToArray())];
    }

    /// <summary>At most 10,000 rows, 70 % to learn from and 30 % to be judged by, with as many anomalies in each as there are in all; standardised by the first part.</summary>
    public (AdBenchTable Training, AdBenchTable Test) Split(int seed)
    {
        var random = new Random(seed);
        List<int> training = [];
        List<int> test = [];
        foreach (IGrouping<bool, int> group in Enumerable.Range(0, Rows.Length).GroupBy(row => Anomalies[row]))
        {
            int[] shuffled = [.. group];
            random.Shuffle(shuffled);
            shuffled = shuffled[..(int)Math.Round(shuffled.Length * Math.Min(1, MostRows / (double)Rows.Length))];
            int some = (int)Math.Round(shuffled.Length * TrainingPart);
            training.AddRange(shuffled[..some]);
            test.AddRange(shuffled[some..]);
        }
        (double Mean, double Deviation)[] moments = [.. Enumerable.Range(0, Rows[0].Length).Select(slot =>
        {
            double mean = training.Average(row => Rows[row][slot]);
            double deviation = Math.Sqrt(training.Average(row => Math.Pow(Rows[row][slot] - mean, 2)));
            return (mean, deviation > 0 ? deviation : 1);
        })];
        AdBenchTable Part(List<int> rows) => new(
            [.. rows.Select(row => Rows[row].Select((value, slot) => (float)((value - moments[slot].Mean) / moments[slot].Deviation)).ToArray())], [.. rows.Select(row => Anomalies[row])]);
        return (Part(training), Part(test));
    }

    public IDataView View(MLContext ml)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Rows[0].Length);
        return ml.Data.LoadFromEnumerable(Rows.Zip(Anomalies, (features, isAnomaly) => new Row { Features = features, Label = isAnomaly }), schema);
    }

    internal sealed class Row
    {
        [VectorType]
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
