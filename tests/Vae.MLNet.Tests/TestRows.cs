using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A row of the tests' own data: six features that depend on two hidden numbers, and columns to pass through.</summary>
public sealed class TestRow
{
    public const int FeatureCount = 6;

    [VectorType(FeatureCount)]
    public float[] Features { get; set; } = new float[FeatureCount];

    public string Name { get; set; } = "";

    public float Number { get; set; }

    [VectorType(3)]
    public double[] Extra { get; set; } = new double[3];
}

/// <summary>Everything that a VAE can say of a row.</summary>
public sealed class TestOutput
{
    public float[] Latent { get; set; } = [];

    public float[] LogVariance { get; set; } = [];

    public float[] Draw { get; set; } = [];

    public float[] Reconstruction { get; set; } = [];

    public float Score { get; set; }
}

internal static class TestRows
{
    public static TestRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            double a = random.NextDouble();
            double b = random.NextDouble();
            float Noisy(double value) => (float)(value + 0.02 * (random.NextDouble() - 0.5));
            return new TestRow
            {
                Features = [Noisy(a), Noisy(b), Noisy(a * b), Noisy(10 * a + 5), Noisy(-b), Noisy(a - b)],
                Name = "row " + index,
                Number = index,
                Extra = [index, -index, 0.5],
            };
        })];
    }

    /// <summary>The same with features between 0 and 1.</summary>
    public static TestRow[] MakeUnit(int count) =>
        [.. Make(count).Select(row => new TestRow { Features = [.. row.Features.Select(value => Math.Clamp(Math.Abs(value) / 20, 0, 1))] })];

    public static IDataView View(this MLContext ml, int count, int seed = 1) => ml.Data.LoadFromEnumerable(Make(count, seed));

    /// <summary>Small and quick, every output on.</summary>
    public static VaeEstimator.Options Options(Action<VaeEstimator.Options>? change = null)
    {
        var options = new VaeEstimator.Options
        {
            LogVarianceColumnName = "LogVariance",
            DrawColumnName = "Draw",
            ReconstructionColumnName = "Reconstruction",
            ScoreColumnName = "Score",
            LatentDimension = 2,
            Network = new VaeNetwork.Dense([16]) { Activation = VaeActivation.ReLU },
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            NumberOfEpochs = 3,
            Seed = 7,
        };
        change?.Invoke(options);
        return options;
    }

    public static VaeTransformer Fit(MLContext ml, IDataView data, Action<VaeEstimator.Options>? change = null) =>
        ml.Transforms.VariationalAutoencoder(Options(change)).Fit(data);

    public static TestOutput[] Outputs(this MLContext ml, IDataView view) =>
        [.. ml.Data.CreateEnumerable<TestOutput>(view, reuseRowObject: false)];

    public static void AssertEqual(TestOutput[] expected, TestOutput[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            AssertClose(expected[i].Latent, actual[i].Latent, tolerance);
            AssertClose(expected[i].LogVariance, actual[i].LogVariance, tolerance);
            AssertClose(expected[i].Draw, actual[i].Draw, tolerance);
            AssertClose(expected[i].Reconstruction, actual[i].Reconstruction, tolerance);
            AssertClose([expected[i].Score], [actual[i].Score], tolerance);
        }
    }

    public static void AssertClose(float[] expected, float[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(MathF.Abs(expected[i] - actual[i]) <= tolerance * (1 + MathF.Abs(expected[i])), $"slot {i}: {expected[i]} against {actual[i]}");
        }
    }
}
