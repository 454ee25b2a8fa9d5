using Microsoft.ML;

namespace Vae.MLNet.Report.Tests;

/// <summary>A row of a table whose columns go together, some values missing.</summary>
public sealed class TableRow
{
    public float Amount { get; set; }

    public int Whole { get; set; }

    public bool Flag { get; set; }

    public string Word { get; set; } = "";

    public string Note { get; set; } = "";

    public static TableRow[] Make(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(index =>
        {
            double u = random.NextDouble();
            return new TableRow
            {
                Amount = index % 10 == 3 ? float.NaN : (float)(10 * u + random.NextDouble()),
                Whole = (int)(1000 * u),
                Flag = u > 0.6,
                Word = index % 25 == 7 ? "" : u < 0.3 ? TableModel.HostileValue : u < 0.7 ? "middle" : "high",
                Note = u < 0.5 ? "one" : TableModel.HostileLabel,
            };
        })];
    }
}

/// <summary>Models of tables, trained once; names and categories are what an attacker would choose.</summary>
public sealed class TableModel : IDisposable
{
    public const string HostileColumn = "<script>alert('x')</script>&\"";
    public const string HostileValue = "</td><img src=x onerror=alert(1)>\u0001\ud800";
    public const string HostileLabel = "]]>--><b>&lt;/b&amp;</b>";

    public TableModel()
    {
        Data = Ml.Data.LoadFromEnumerable(TableRow.Make(400));
        Model = Pipeline().Fit(Data);
        Conditional = Pipeline(options =>
        {
            options.InputColumns = ["Amount", "Whole", "Flag"];
            options.LabelColumnName = "Word";
        }).Fit(Data);
    }

    public MLContext Ml { get; } = new(seed: 1);

    public IDataView Data { get; }

    public ITransformer Model { get; }

    public ITransformer Conditional { get; }

    public IEstimator<ITransformer> Pipeline(Action<VaeEstimator.Options>? change = null)
    {
        var options = new VaeEstimator.Options
        {
            InputColumns = [HostileColumn, "Whole", "Flag", "Word"],
            LatentDimension = 3,
            Network = new VaeNetwork.Dense(16),
            NumberOfEpochs = 12,
            BatchSize = 32,
            LearningRate = 5e-3,
            ValidationFraction = 0.2,
            ScoreColumnName = "Score",
            PredictedLabelColumnName = "IsAnomaly",
            Contamination = 0.05,
            Seed = 3,
        };
        change?.Invoke(options);
        return Ml.Transforms.Conversion.MapValueToKey("Word").Append(Ml.Transforms.CopyColumns(HostileColumn, "Amount")).Append(Ml.Transforms.VariationalAutoencoder(options));
    }

    public void Dispose()
    {
        foreach (IDisposable model in new[] { Model, Conditional }.OfType<IDisposable>())
        {
            model.Dispose();
        }
    }
}
