using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A table of ADBench (Han et al., 2022): numbers, and whether each row is an anomaly.</summary>
internal sealed record AdBenchTable(float[][] Rows, bool[] Anomalies)
{
    private const int MostRows = 10_000;
    private const double TrainingPart = 0.7;

    public static AdBenchTable Read(string path)
    {
        float[][] rows = [.. File.ReadLines(path).Skip(1).Select(line => line.Split(',').Select(field => float.Parse(field, CultureInfo.InvariantCulture)).ToArray())];
        return new AdBenchTable([.. rows.Select(row => row[..^1])], [.. rows.Select(row => row[^1] != 0)]);
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
