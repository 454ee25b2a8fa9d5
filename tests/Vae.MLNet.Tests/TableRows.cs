using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Tests;

/// <summary>A row of a table with a column of each type. All follow from two hidden numbers, U and V, from 0 to 1.</summary>
public sealed class MixedRow
{
    public int Id { get; set; }

    public float U { get; set; }

    public float V { get; set; }

    /// <summary>Like a time in seconds: a large mean and a small spread.</summary>
    public double Time { get; set; }

    public sbyte Tiny { get; set; }

    public short Small { get; set; }

    public int Whole { get; set; }

    public long Large { get; set; }

    /// <summary>Has many values at both ends of its type's range.</summary>
    public byte Level { get; set; }

    public ushort Port { get; set; }

    public uint Count { get; set; }

    public ulong Size { get; set; }

    public bool Flag { get; set; }

    [KeyType(4)]
    public byte Quarter { get; set; }

    [KeyType(5)]
    public uint Fifth { get; set; }

    [KeyType(3)]
    public ulong Third { get; set; }

    public string Word { get; set; } = "";

    [VectorType(3)]
    public float[] Parts { get; set; } = new float[3];

    public static MixedRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(id =>
        {
            double u = random.NextDouble();
            double v = random.NextDouble();
            return new MixedRow
            {
                Id = id,
                U = (float)u,
                V = (float)v,
                Time = 1.6e9 + 3464 * (u - 0.5),
                Tiny = (sbyte)Math.Round(200 * (v - 0.5)),
                Small = (short)Math.Round(20_000 * (u - v)),
                Whole = (int)Math.Round(1e6 * (u + v)),
                Large = (long)Math.Round(1e12 * u),
                Level = (byte)Math.Clamp(Math.Round(-30 + 315 * v), 0, 255),
                Port = (ushort)Math.Round(60_000 * v),
                Count = (uint)Math.Round(4e9 * u),
                Size = (ulong)Math.Round(1e15 * v),
                Flag = u > 0.5,
                Quarter = (byte)Math.Min(3, (int)(4 * v)),
                Fifth = (uint)Math.Min(4, (int)(5 * u)),
                Third = (ulong)Math.Min(2, (int)(3 * v)),
                Word = u < 0.3 ? "low" : u < 0.7 ? "middle" : "high",
                Parts = [(float)(u * v), (float)(10 * u), (float)(-v)],
            };
        })];
    }
}

/// <summary>What a model says of a <see cref="MixedRow"/>.</summary>
public sealed class MixedOutput
{
    public int Id { get; set; }

    public float[] Latent { get; set; } = [];

    public float[] LogVariance { get; set; } = [];

    public float[] Draw { get; set; } = [];

    public float Score { get; set; }

    public float USeen { get; set; }

    public double TimeSeen { get; set; }

    public sbyte TinySeen { get; set; }

    public short SmallSeen { get; set; }

    public int WholeSeen { get; set; }

    public long LargeSeen { get; set; }

    public byte LevelSeen { get; set; }

    public ushort PortSeen { get; set; }

    public uint CountSeen { get; set; }

    public ulong SizeSeen { get; set; }

    public bool FlagSeen { get; set; }

    public byte QuarterSeen { get; set; }

    public uint FifthSeen { get; set; }

    public ulong ThirdSeen { get; set; }

    public uint WordSeen { get; set; }

    public string WordBack { get; set; } = "";

    public float[] PartsSeen { get; set; } = [];

    public float[] PairSeen { get; set; } = [];
}

/// <summary>A model of all columns of <see cref="MixedRow"/>, trained once.</summary>
public sealed class MixedModel : IDisposable
{
    public static readonly string[] Columns =
        ["U", "Time", "Flag", "Tiny", "Small", "Word", "Whole", "Large", "Level", "Quarter", "Port", "Count", "Size", "Fifth", "Third", "Parts", "Pair"];

    private readonly TransformerChain<ITransformer> _chain;

    public MixedModel()
    {
        Data = Ml.Data.LoadFromEnumerable(Rows);
        // "Pair" has slot names, "Word" has key values.
        Prepared = Preparation.Fit(Data).Transform(Data);
        _chain = Preparation.Append<ITransformer>(Ml.Transforms.VariationalAutoencoder(Options())).Append<ITransformer>(Ml.Transforms.Conversion.MapKeyToValue("WordBack", "WordSeen")).Fit(Data);
        Outputs = All(Ml, Chain.Transform(Data));
    }

    public MLContext Ml { get; } = new(seed: 1);

    public MixedRow[] Rows { get; } = MixedRow.Make(1500);

    public IDataView Data { get; }

    /// <summary>What the autoencoder sees.</summary>
    public IDataView Prepared { get; }

    public ITransformer Chain => _chain;

    public VaeTransformer Vae => _chain.OfType<VaeTransformer>().Single();

    public MixedOutput[] Outputs { get; }

    public IEstimator<ITransformer> Preparation => Ml.Transforms.Conversion.MapValueToKey("Word").Append(Ml.Transforms.Concatenate("Pair", "U", "V"));

    public static VaeEstimator.Options Options(Action<VaeEstimator.Options>? change = null)
    {
        var options = new VaeEstimator.Options
        {
            InputColumns = [.. Columns.Select(name => new VaeInputColumn(name))],
            LogVarianceColumnName = "LogVariance",
            DrawColumnName = "Draw",
            ScoreColumnName = "Score",
            ReconstructionColumnSuffix = "Seen",
            LatentDimension = 3,
            Network = new VaeNetwork.Dense([48]) { Activation = VaeActivation.ReLU },
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            NumberOfEpochs = 50,
            BatchSize = 50,
            LearningRate = 5e-3,
            Seed = 7,
        };
        change?.Invoke(options);
        return options;
    }

    public static MixedOutput[] All(MLContext ml, IDataView view) => [.. ml.Data.CreateEnumerable<MixedOutput>(view, reuseRowObject: false)];

    public void Dispose() => _chain.Dispose();
}

/// <summary>Looks at what is there, as it is.</summary>
internal static class Exactly
{
    private static readonly JsonSerializerOptions s_numbers = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>A text that differs where any value does, in its last bit.</summary>
    public static string Text<T>(T value) => JsonSerializer.Serialize(value, s_numbers);

    /// <summary>A column's values.</summary>
    public static T[] Values<T>(this IDataView view, string column)
    {
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[column]]);
        ValueGetter<T> getter = cursor.GetGetter<T>(view.Schema[column]);
        var values = new List<T>();
        while (cursor.MoveNext())
        {
            T value = default!;
            getter(ref value);
            values.Add(value);
        }
        return [.. values];
    }

    /// <summary>The entries of a model file, each with a digest of its bytes.</summary>
    public static string[] Entries(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        return [.. zip.Entries.Select(entry =>
        {
            using Stream stream = entry.Open();
            return $"{entry.FullName} {Convert.ToHexString(SHA256.HashData(stream))}";
        })];
    }
}
