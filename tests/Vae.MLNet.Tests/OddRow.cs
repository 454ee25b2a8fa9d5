using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A row with columns that a model takes, and of types that it does not.</summary>
public sealed class OddRow
{
    public float Number { get; set; }

    public int Whole { get; set; }

    public bool Flag { get; set; }

    public double Other { get; set; }

    /// <summary>Counts from 0 here and from 1 in a column; beyond the count it is missing.</summary>
    [KeyType(4)]
    public uint Kind { get; set; }

    [VectorType(3)]
    public float[] Vector { get; set; } = new float[3];

    public float Weight { get; set; } = 1;

    public string Text { get; set; } = "";

    public DateTime Date { get; set; } = new(2020, 1, 2);

    [VectorType(2)]
    [KeyType(4)]
    public uint[] Keys { get; set; } = new uint[2];

    [VectorType(3)]
    public double[] Doubles { get; set; } = new double[3];

    [VectorType]
    public float[] Unsized { get; set; } = new float[3];

    public static OddRow[] Make(int count) => [.. Enumerable.Range(0, count).Select(i => new OddRow
    {
        Number = i % 7 / 7f,
        Whole = i,
        Flag = i % 7 > 3,
        Other = i * 0.5,
        Kind = (uint)(i % 4),
        Vector = [i, -i, i % 7],
    })];
}

/// <summary>A row with a word and a number.</summary>
public sealed class WordRow
{
    public float Number { get; set; }

    public string Word { get; set; } = "";
}
