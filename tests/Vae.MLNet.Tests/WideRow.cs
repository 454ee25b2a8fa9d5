using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A row of many numbers that all follow from three hidden ones.</summary>
internal sealed class WideRow
{
    private const int Width = 64;

    [VectorType(Width)]
    public float[] Features { get; set; } = new float[Width];

    public float Weight { get; set; }

    public static WideRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double[] hidden = [random.NextNormal(), random.NextNormal(), random.NextNormal()];
            return new WideRow
            {
                Features = [.. Enumerable.Range(0, Width).Select(slot => (float)(hidden[slot % 3] * Math.Cos(slot) + hidden[(slot + 1) % 3] * Math.Sin(slot) + 0.1 * random.NextNormal()))],
                Weight = 0.5f + random.Next(3),
            };
        })];
    }

    /// <summary>A network with enough work for four threads.</summary>
    public static VaeEstimator.Options Options(Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            ScoreColumnName = "Score",
            LatentDimension = 3,
            Network = new VaeNetwork.Dense(1024),
            BatchSize = 256,
            NumberOfEpochs = 2,
            NumberOfThreads = 4,
            Seed = 7,
        };
        change(options);
        return options;
    }
}
