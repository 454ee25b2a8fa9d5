using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>Two models of the same rows, trained once for all tests.</summary>
public sealed class ImputingModels : IDisposable
{
    public ImputingModels()
    {
        var random = new Random(12);
        IDataView data = Context.Data.LoadFromEnumerable(ImputedRow.Make(2000).Select(row => random.Next(4) switch
        {
            0 => row with { X = float.NaN, Kind = ImputedRow.NoKind },
            1 => row with { Y = double.NaN, Pair = [float.NaN, row.Pair[1]] },
            2 => row with { Free = float.NaN },
            _ => row,
        }).ToArray());
        static void Long(VaeEstimator.Options options) => (options.NumberOfEpochs, options.LearningRate, options.MaskingRate) = (40, 0.01, 0.2);
        Mean = Fit(Context, data, Long);
        Draws = Fit(Context, data, options =>
        {
            Long(options);
            (options.OutputColumnName, options.Imputation, options.NumberOfImputations) = (null, VaeImputation.Draw, 5);
        });
    }

    public MLContext Context { get; } = new(seed: 1);

    public VaeTransformer Mean { get; }

    public VaeTransformer Draws { get; }

    public void Dispose()
    {
        Mean.Dispose();
        Draws.Dispose();
    }

    internal static VaeTransformer Fit(MLContext ml, IDataView data, Action<VaeEstimator.Options>? change = null)
    {
        var options = new VaeEstimator.Options
        {
            InputColumns = ["X", "Y", "Kind", "Pair", "Flag", "Count", "Free"],
            ImputedColumnSuffix = "_filled",
            LatentDimension = 2,
            Network = new VaeNetwork.Dense([32]) { Activation = VaeActivation.ReLU },
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            NumberOfEpochs = 5,
            Seed = 7,
        };
        change?.Invoke(options);
        return ml.Transforms.VariationalAutoencoder(options).Fit(data);
    }
}

/// <summary>All columns but Free follow from one hidden number h, with some noise.</summary>
internal sealed record ImputedRow
{
    // Keys count from 0 in objects; what is no key there is key 0, missing, in the view.
    public const uint NoKind = uint.MaxValue;

    public float X { get; set; }

    public double Y { get; set; }

    [KeyType(3)]
    public uint Kind { get; set; }

    public string Text { get; set; } = "";

    [VectorType(2)]
    public float[] Pair { get; set; } = new float[2];

    public bool Flag { get; set; }

    public int Count { get; set; }

    public float Free { get; set; }

    public static ImputedRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double hidden = random.NextNormal();
            double Noisy(double value) => value + 0.15 * random.NextNormal();
            uint kind = hidden < -0.6 ? 0u : hidden < 0.6 ? 1u : 2u;
            return new ImputedRow
            {
                X = (float)Noisy(hidden),
                Y = Noisy(10 + 3 * hidden),
                Kind = kind,
                Text = new[] { "low", "middle", "high" }[kind],
                Pair = [(float)Noisy(-hidden), (float)Noisy(hidden)],
                Flag = hidden > 0,
                Count = (int)Math.Round(20 + 5 * hidden),
                Free = (float)random.NextNormal(),
            };
        })];
    }
}
