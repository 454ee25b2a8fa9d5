using Microsoft.ML.Data;
using Vae.MLNet.Reliability.Properties;

namespace Vae.MLNet.Reliability.Numbers;

/// <summary>Rows that are legal and extreme, and settings for them.</summary>
/// <param name="Kind">Of input: a row of the table.</param>
/// <param name="Name">What a violation calls it.</param>
/// <param name="Rows">The training rows.</param>
/// <param name="Change">Settings other than usual.</param>
internal sealed record NumberCase(string Kind, string Name, Func<Table> Rows, Action<VaeEstimator.Options>? Change = null)
{
    /// <summary>Rows that the trained model is asked of; null for the training rows.</summary>
    public Func<Table>? Asked { get; init; }

    /// <summary>Whether it is to train, and not only to say what to change.</summary>
    public bool MustTrain { get; init; }
}

/// <summary>Tables of a few columns.</summary>
internal static class SmallTables
{
    public static TableColumn Singles(string name, params IEnumerable<double> values) => new ScalarColumn<float>(name, NumberDataViewType.Single, [.. values.Select(value => (float)value)]);

    public static TableColumn Doubles(string name, params IEnumerable<double> values) => new ScalarColumn<double>(name, NumberDataViewType.Double, [.. values]);

    public static TableColumn Longs(string name, params IEnumerable<long> values) => new ScalarColumn<long>(name, NumberDataViewType.Int64, [.. values]);

    public static TableColumn Flags(string name, params IEnumerable<bool> values) => new ScalarColumn<bool>(name, BooleanDataViewType.Instance, [.. values]);

    public static TableColumn Keys(string name, int categories, params IEnumerable<uint> values) => new ScalarColumn<uint>(name, new KeyDataViewType(typeof(uint), categories), [.. values]);

    public static TableColumn Vectors(string name, int size, params IEnumerable<float[]> values) => new VectorOfSingles(name, [.. values.Select(value => new VBuffer<float>(size, value))], size);

    /// <summary>Vectors of a scalar column's values: each slot has them in another order.</summary>
    public static TableColumn Vectors(string name, double[] values) =>
        Vectors(name, 3, values.Select((_, row) => Enumerable.Range(0, 3).Select(slot => (float)values[(row + slot * 5) % values.Length]).ToArray()));

    public static TableColumn Empty(string name, int size, int rows) => new VectorOfSingles(name, [.. Enumerable.Range(0, rows).Select(_ => new VBuffer<float>(size, 0, [], []))], size);

    public static Table Of(int rows, params IEnumerable<TableColumn> columns) => new(columns, [.. Enumerable.Range(0, rows).Select(row => (ulong)row)]);

    /// <summary>Numbers from N(0, 1), always the same.</summary>
    public static double[] Normal(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
    }
}
