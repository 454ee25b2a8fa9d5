using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>Processes that really have no memory for a batch, for networks, rows or draws: an error that says which setting needs less, and a process that goes on.</summary>
internal static class MemoryRun
{
    private const int AddressSpace = 9;

    // Memory that is left to the process, and less than each of the cases wants at once.
    private const long Left = 200L << 20;

    public static Run Run { get; } = new("memory", "Trains, transforms, decodes and evaluates in processes whose address space is limited, so that there is not enough memory.", Try);

    private static readonly (string What, string Setting, Func<MLContext, Action> Prepare)[] s_cases =
    [
        ("a batch", "BatchSize (now 30000)", ml => () => Fit(ml, Rows(ml, 30_000, 6), options => (options.Network, options.BatchSize) = (new VaeNetwork.Dense(8000), 30_000))),
        ("a streamed batch", "BatchSize (now 30000)", ml => () => Fit(ml, Rows(ml, 30_000, 6), options => (options.Network, options.BatchSize, options.CacheRows) = (new VaeNetwork.Dense(8000), 30_000, VaeRowCache.Never))),
        ("a batch on one thread", "BatchSize (now 30000)", ml => () => Fit(ml, Rows(ml, 30_000, 6), options => (options.Network, options.BatchSize, options.NumberOfThreads) = (new VaeNetwork.Dense(8000), 30_000, 1))),
        ("networks", "Network", ml => () => Fit(ml, Rows(ml, 50, 6), options => options.Network = new VaeNetwork.Dense(60_000, 60_000))),
        ("rows in memory", "CacheRows", ml => () => Fit(ml, Rows(ml, 150_000, 400), options => options.CacheRows = VaeRowCache.Always)),
        ("rows of a cursor", "Network", ml => Wide(ml, model => SampleReader.RowBits.Digest(model.Transform(Rows(ml, 3000, 6))))),
        ("latents to rows", "Network", ml => Wide(ml, model => model.Decode(new float[1000 * model.LatentDimension], new float[1000 * model.InputSize]))),
        ("latents to rows in a cursor", "Network", ml =>
        {
            IDataView latents = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 3000).Select(_ => new Latents()));
            return Wide(ml, model => SampleReader.RowBits.Digest(model.Decoder.Transform(latents)));
        }),
        ("draws of an evaluation", "draws", ml =>
        {
            VaeTransformer model = Fit(ml, Rows(ml, 300, 6), options => options.Network = new VaeNetwork.Dense(512));
            return () => ml.Model.EvaluateVariationalAutoencoder(model, Rows(ml, 300, 6), draws: 10_000);
        }),
    ];

    private static IEnumerable<Outcome> Try(Effort effort)
    {
        if (!OperatingSystem.IsLinux())
        {
            yield return new Outcome("Not enough memory", 0, "only tried on Linux", []);
            yield break;
        }
        List<string> violations = [];
        string[] cases = [.. s_cases.Select(each => each.What).Where((_, index) => !effort.IsShort || index % 5 == 0)];
        int repeats = effort.Of(1, 5);
        foreach (string what in cases)
        {
            for (int i = 0; i < repeats; i++)
            {
                (int code, string said) = Child.Finished(Child.Start("memory", what));
                if (code != 0)
                {
                    violations.Add($"{what}: exit code {code}, {said}");
                }
            }
        }
        yield return new Outcome(
            $"Not enough memory for {string.Join(", ", cases)}", cases.Length * repeats, "InsufficientMemoryException that names the setting that needs less; no tensor left, and the process goes on to the right bits", violations);
    }

    /// <summary>Says what is wrong; nothing if all is as it should be.</summary>
    public static int DoInChild(string what)
    {
        (_, string setting, Func<MLContext, Action> prepare) = s_cases.Single(each => each.What == what);
        var ml = new MLContext(seed: 1);
        string expected = Trained(ml);
        Action act = prepare(ml);
        using var tensors = TensorWatch.Start();
        Exception? error = null;
        Limit(AddressSpaceOfProcess() + Left);
        try
        {
            act();
        }
        catch (Exception thrown)
        {
            error = thrown;
        }
        Limit(long.MaxValue);
        if (error is not InsufficientMemoryException || !error.Message.Contains(setting, StringComparison.Ordinal))
        {
            Console.WriteLine($"{error?.ToString() ?? "no error"}");
            return 1;
        }
        if (tensors.Left() is > 0 and var left)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{left} tensors are left"));
            return 1;
        }
        if (Trained(ml) != expected)
        {
            Console.WriteLine("afterwards a training gives other bits");
            return 1;
        }
        Console.WriteLine(error.Message);
        return 0;
    }

    private static string Trained(MLContext ml)
    {
        using VaeTransformer model = Fit(ml, Rows(ml, 3000, 6), _ => { });
        return SampleReader.RowBits.Digest(model.Transform(Rows(ml, 3000, 6)));
    }

    // Few weights, and many numbers for each row.
    private static Action Wide(MLContext ml, Action<VaeTransformer> use)
    {
        VaeTransformer model = Fit(ml, Rows(ml, 64, 6), options => options.Network = new VaeNetwork.Dense(400_000));
        return () => use(model);
    }

    private static VaeTransformer Fit(MLContext ml, IDataView data, Action<VaeEstimator.Options> change)
    {
        var options = new VaeEstimator.Options
        {
            LatentDimension = 2,
            Network = new VaeNetwork.Dense(16),
            Likelihood = VaeLikelihood.Bernoulli,
            NumberOfEpochs = 1,
            BatchSize = 32,
            Seed = 7,
        };
        change(options);
        return ml.Transforms.VariationalAutoencoder(options).Fit(data);
    }

    // One object for all rows.
    private static IDataView Rows(MLContext ml, int count, int width)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        var row = new Row { Features = [.. Enumerable.Range(0, width).Select(i => i % 7 / 7f)] };
        return ml.Data.LoadFromEnumerable(Enumerable.Repeat(row, count), schema);
    }

    private static long AddressSpaceOfProcess() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[0], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    private static void Limit(long bytes)
    {
        var limit = new ResourceLimit { Soft = (ulong)bytes, Hard = ulong.MaxValue };
        if (ResourceLimit.setrlimit(AddressSpace, in limit) != 0)
        {
            throw new InvalidOperationException("The limit cannot be set.");
        }
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class Latents
    {
        [VectorType(2)]
        public float[] Latent { get; set; } = new float[2];
    }
}
