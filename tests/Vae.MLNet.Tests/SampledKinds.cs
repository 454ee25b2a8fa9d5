using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A row of one of three kinds, in one of two clusters. X lies around the kind's centre; Y and W tell the cluster.</summary>
public sealed class KindRow
{
    public string Kind { get; set; } = "";

    /// <summary>The kind as a key without values; the last of four never occurs.</summary>
    [KeyType(4)]
    public uint Number { get; set; }

    /// <summary>The kind as a number that is no key.</summary>
    public int Digit { get; set; }

    public float X { get; set; }

    public float Y { get; set; }

    public float W { get; set; }

    public static KindRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            double share = random.NextDouble();
            uint kind = share < SampledKinds.Proportions[0] ? 0u : share < SampledKinds.Proportions[0] + SampledKinds.Proportions[1] ? 1u : 2u;
            int cluster = random.Next(3) == 0 ? 1 : -1;
            float Near(double value) => (float)(value + 0.3 * random.NextNormal());
            return new KindRow { Kind = SampledKinds.Names[kind], Number = kind, Digit = SampledKinds.Digits[kind], X = Near(SampledKinds.Centres[kind]), Y = Near(4 * cluster), W = Near(-4 * cluster) };
        })];
    }
}

/// <summary>Models of <see cref="KindRow"/> with a label and without, trained once. Their latents are in clusters: nothing holds them together.</summary>
public sealed class SampledKinds : IDisposable
{
    public static readonly string[] Names = ["a", "b", "c"];
    public static readonly int[] Digits = [7, -42, 3];
    public static readonly double[] Centres = [-5, 0, 5];
    public static readonly double[] Proportions = [0.5, 0.3, 0.2];

    public SampledKinds()
    {
        Data = Ml.Data.LoadFromEnumerable(Rows);
        KindToKey = Ml.Transforms.Conversion.MapValueToKey("Kind").Fit(Data);
        Prepared = KindToKey.Transform(Data);
        ByKind = Fit(options => options.LabelColumnName = "Kind");
        ByNumber = Fit(options => options.LabelColumnName = "Number");
        Unlabelled = Fit();
    }

    public MLContext Ml { get; } = new(seed: 1);

    public KindRow[] Rows { get; } = KindRow.Make(1200);

    public IDataView Data { get; }

    public ITransformer KindToKey { get; }

    /// <summary>What the models were trained on: "Kind" is a key with values.</summary>
    public IDataView Prepared { get; }

    /// <summary>Conditional on a key with values.</summary>
    public VaeTransformer ByKind { get; }

    /// <summary>Conditional on a key without values.</summary>
    public VaeTransformer ByNumber { get; }

    public VaeTransformer Unlabelled { get; }

    public VaeTransformer Fit(Action<VaeEstimator.Options>? change = null, IDataView? data = null)
    {
        var options = new VaeEstimator.Options
        {
            InputColumns = ["X", "Y", "W"],
            DrawColumnName = "Drawn",
            LatentDimension = 2,
            Objective = new VaeObjective.Elbo { Beta = 0.05 },
            Network = new VaeNetwork.Dense([24]),
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            NumberOfEpochs = 12,
            BatchSize = 50,
            LearningRate = 5e-3,
            Seed = 7,
        };
        change?.Invoke(options);
        return Ml.Transforms.VariationalAutoencoder(options).Fit(data ?? Prepared);
    }

    public void Dispose()
    {
        ByKind.Dispose();
        ByNumber.Dispose();
        Unlabelled.Dispose();
    }
}
