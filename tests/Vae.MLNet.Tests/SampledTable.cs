using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A row of a table that follows from two hidden numbers from 0 to 1, and a column that no model reads.</summary>
public sealed class SampledRow
{
    public string Note { get; set; } = "";

    public float Amount { get; set; }

    /// <summary>Like a time in seconds: a large mean and a small spread.</summary>
    public double Time { get; set; }

    public int Whole { get; set; }

    public byte Level { get; set; }

    public long Large { get; set; }

    public short Small { get; set; }

    /// <summary>Has many values at the lower end of its type's range.</summary>
    public ulong Size { get; set; }

    public bool Flag { get; set; }

    public string Word { get; set; } = "";

    [KeyType(4)]
    public byte Quarter { get; set; }

    public int Code { get; set; }

    /// <summary>Of six categories only the first four occur.</summary>
    [KeyType(6)]
    public uint Bare { get; set; }

    public float Left { get; set; }

    public float Right { get; set; }

    /// <summary>0 in nine of ten rows.</summary>
    public float Spike { get; set; }

    public static SampledRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            double u = random.NextDouble();
            double v = random.NextDouble();
            return new SampledRow
            {
                Note = "note " + index,
                Amount = (float)(10 * u + v),
                Time = 1.6e9 + 3464 * (v - 0.5),
                Whole = (int)Math.Round(1000 * (u - v)),
                Level = (byte)Math.Round(200 * v),
                Large = (long)Math.Round(1e12 * u),
                Small = (short)Math.Round(20_000 * (u - v)),
                Size = (ulong)Math.Max(0, Math.Round(1e6 * (v - 0.3))),
                Quarter = (byte)(4 * u),
                Flag = u > 0.6,
                Word = u < 0.3 ? "low" : u < 0.7 ? "middle" : "high",
                Code = v < 0.5 ? 42 : 7,
                Bare = (uint)(4 * v),
                Left = (float)(u * v),
                Right = (float)(5 - u),
                Spike = u > 0.9 ? (float)(100 + 1000 * (u - 0.9) + 20 * v) : 0,
            };
        })];
    }
}

/// <summary>A sampled row as an object; keys count from 1.</summary>
public sealed class SampledOutput
{
    public float Amount { get; set; }

    public double Time { get; set; }

    public int Whole { get; set; }

    public byte Level { get; set; }

    public long Large { get; set; }

    public short Small { get; set; }

    public ulong Size { get; set; }

    public bool Flag { get; set; }

    public uint Word { get; set; }

    public byte Quarter { get; set; }

    public uint Code { get; set; }

    public uint Bare { get; set; }

    public float[] Pair { get; set; } = [];

    public float Spike { get; set; }
}

/// <summary>A model of all columns of <see cref="SampledRow"/> but one, trained once.</summary>
public sealed class SampledTable : IDisposable
{
    /// <summary>Of the training.</summary>
    public const int Seed = 8;

    /// <summary>In another order than the rows have them.</summary>
    public static readonly string[] Columns = ["Spike", "Amount", "Flag", "Time", "Word", "Whole", "Level", "Code", "Bare", "Pair", "Large", "Small", "Size", "Quarter"];

    public SampledTable()
    {
        Data = Ml.Data.LoadFromEnumerable(Rows);
        Prepared = Preparation.Fit(Data).Transform(Data);
        Model = Ml.Transforms.VariationalAutoencoder(Options()).Fit(Prepared);
    }

    public MLContext Ml { get; } = new(seed: 1);

    public SampledRow[] Rows { get; } = SampledRow.Make(1200);

    public IDataView Data { get; }

    /// <summary>What the model was trained on: "Word" and "Code" are keys with values, "Pair" has slot names.</summary>
    public IDataView Prepared { get; }

    public VaeTransformer Model { get; }

    public IEstimator<ITransformer> Preparation => Ml.Transforms.Conversion.MapValueToKey("Word").Append(Ml.Transforms.Conversion.MapValueToKey("Code")).Append(Ml.Transforms.Concatenate("Pair", "Left", "Right"));

    public static VaeEstimator.Options Options(Action<VaeEstimator.Options>? change = null)
    {
        var options = new VaeEstimator.Options
        {
            InputColumns = [.. Columns.Select(name => new VaeInputColumn(name) { Scaling = name == "Spike" ? VaeScaling.Quantile : null })],
            DrawColumnName = "Drawn",
            LatentDimension = 3,
            Network = new VaeNetwork.Dense([32]) { Activation = VaeActivation.ReLU },
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            NumberOfEpochs = 30,
            BatchSize = 50,
            LearningRate = 5e-3,
            Seed = Seed,
        };
        change?.Invoke(options);
        return options;
    }

    public void Dispose() => Model.Dispose();
}
