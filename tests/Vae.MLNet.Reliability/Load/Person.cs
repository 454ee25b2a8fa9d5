using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Load;

/// <summary>A row of a table with holes and a label.</summary>
internal sealed class Person
{
    public float Age { get; set; }

    public double Income { get; set; }

    public bool IsMember { get; set; }

    [KeyType(5)]
    public uint Occupation { get; set; }

    [VectorType(4)]
    public float[] Habits { get; set; } = [];

    [KeyType(3)]
    public uint Group { get; set; }

    public static Person[] Make(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double a = random.NextDouble();
            double b = random.NextDouble();
            return new Person
            {
                Age = random.Next(10) == 0 ? float.NaN : (float)(20 + 50 * a),
                Income = 1000 + 100_000 * a * b,
                IsMember = a > b,
                // Counted from 0; 5 is missing.
                Occupation = random.Next(12) == 0 ? 5 : (uint)(5 * b),
                Habits = [(float)a, (float)b, (float)(a * b), (float)(a - b)],
                Group = (uint)(3 * a),
            };
        })];
    }

    /// <summary>A conditional model of all of it, with every output.</summary>
    public static VaeTransformer Fit(MLContext ml, IDataView data) => Estimator(ml).Fit(data);

    /// <summary>The same, from the weights of a model.</summary>
    public static VaeTransformer FitOn(MLContext ml, IDataView data, VaeTransformer model) => Estimator(ml).Fit(data, model);

    private static VaeEstimator Estimator(MLContext ml) => ml.Transforms.VariationalAutoencoder(new VaeEstimator.Options
    {
        InputColumns = ["Age", "Income", "IsMember", "Occupation", "Habits"],
        LabelColumnName = "Group",
        LogVarianceColumnName = "LogVariance",
        DrawColumnName = "Drawn",
        ReconstructionColumnSuffix = "Again",
        ImputedColumnSuffix = "Filled",
        ImputationDraws = 4,
        ScoreColumnName = "Score",
        LatentDimension = 3,
        Network = new VaeNetwork.Dense(32),
        NumberOfEpochs = 3,
        BatchSize = 64,
        Seed = 7,
    });
}

/// <summary>What a prediction engine says of a <see cref="Person"/>.</summary>
internal sealed class Prediction
{
    public float[] Latent { get; set; } = [];

    public float[] LogVariance { get; set; } = [];

    public float[] HabitsAgain { get; set; } = [];

    public float AgeFilled { get; set; }

    public double IncomeAgain { get; set; }

    public float Score { get; set; }

    public string Bits => Convert.ToHexString([.. new[] { Latent, LogVariance, HabitsAgain, [AgeFilled, Score] }.SelectMany(numbers => numbers).SelectMany(BitConverter.GetBytes), .. BitConverter.GetBytes(IncomeAgain)]);
}
