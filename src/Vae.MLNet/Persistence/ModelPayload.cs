using System.Security.Cryptography;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Persistence;

/// <summary>A transformer as three byte arrays, config.json, weights.safetensors and history.json, and back.</summary>
internal static class ModelPayload
{
    public const int ChecksumLength = SHA256.HashSizeInBytes;

    private const string LabelTables = "label";
    private const int LongestHeader = 1 << 20;

    public static byte[] Checksum(ReadOnlySpan<byte> content) => SHA256.HashData(content);

    /// <exception cref="FormatException">Fewer bytes are left.</exception>
    public static byte[] ReadExactly(BinaryReader reader, int length, string what)
    {
        // Before the array is made: the length may be a lie.
        long left = reader.BaseStream.Length - reader.BaseStream.Position;
        if (length > left)
        {
            throw new FormatException($"The model ends inside {what}: {length} bytes are wanted, {left} are left.");
        }
        byte[] content = reader.ReadBytes(length);
        return content.Length == length ? content : throw new FormatException($"The model ends inside {what}: {length} bytes are wanted, {content.Length} were read.");
    }

    public static (byte[] Configuration, byte[] Weights, byte[] History) Write(VaeTransformer transformer)
    {
        using SharedMemory.Lease lease = transformer.Model.Use();
        using DisposeScope scope = NewDisposeScope();
        return (ModelConfiguration.Of(transformer).ToJson(), Safetensors.Write(TensorsOf(transformer.Model)), HistoryFile.Write(transformer.History));
    }

    /// <summary>Weights, and what was learned of the columns. In the scope of the caller, while the model is in use.</summary>
    public static IReadOnlyList<(string Name, Tensor Tensor)> TensorsOf(FittedVae model)
    {
        IEnumerable<(string, Tensor)> tables = model.Layout.Columns
            .Select((column, index) => (Column: column, Name: TablesOf(index)))
            .Concat(model.Layout.Label is { } label ? [(label, LabelTables)] : [])
            .SelectMany(each => each.Column.Tables.Select(table => ($"{each.Name}.{table.Name}", TensorOf(table))));
        return [.. WeightsOf(model.Network), .. tables];
    }

    /// <summary>An upper bound of weights.safetensors' length, from the configuration alone.</summary>
    /// <exception cref="FormatException">The configuration describes a model too large for a file.</exception>
    public static long LongestWeights(ModelConfiguration configuration)
    {
        long tables = configuration.InputColumns.Sum(column => column.LongestTables) + (configuration.LabelColumn?.LongestTables ?? 0);
        if (configuration.Architecture.MostParameters is not { } parameters)
        {
            return Array.MaxLength;
        }
        long bytes = parameters * sizeof(float) + tables * sizeof(double);
        return bytes <= Array.MaxLength - LongestHeader ? bytes + LongestHeader : throw new FormatException("config.json in the model describes a network of more than two gigabytes.");
    }

    /// <exception cref="FormatException">The weights are not those of the configuration.</exception>
    public static VaeTransformer Read(ModelConfiguration configuration, byte[] content, byte[] history) => Read(configuration, Safetensors.Read(content).Tensors, history);

    /// <exception cref="FormatException">The tensors are not those of the configuration.</exception>
    public static VaeTransformer Read(ModelConfiguration configuration, IReadOnlyDictionary<string, Safetensors.Entry> tensors, byte[] history)
    {
        // Before the networks are made: the configuration may be a lie. No network has less than half of the parameters that it has at most.
        long length = tensors.Values.Sum(entry => (long)entry.Bytes.Length);
        if (configuration.Architecture.MostParameters is { } parameters && parameters * sizeof(float) / 2 > length)
        {
            throw new FormatException($"weights.safetensors in the model has {length} bytes of numbers; its configuration wants networks of about {parameters} numbers.");
        }
        using DisposeScope scope = NewDisposeScope();
        var unread = new HashSet<string>(tensors.Keys, StringComparer.Ordinal);
        TableSource TablesFrom(string owner) => (name, rows, columns) =>
        {
            Safetensors.Entry entry = Find(tensors, $"{owner}.{name}", Safetensors.Float64, rows == 1 ? [columns] : [rows, columns]);
            unread.Remove($"{owner}.{name}");
            return entry.ToArray<double>();
        };

        var layout = new RowLayout(
            [.. configuration.InputColumns.Select((column, index) => column.Load(TablesFrom(TablesOf(index))))],
            (KeyColumn?)configuration.LabelColumn?.Load(TablesFrom(LabelTables)));
        var model = new FittedVae(NetworkOf(configuration), layout, configuration.Imputation, configuration.ScoreDraws, configuration.Seed)
        {
            ScoreThreshold = configuration.ScoreThreshold,
        };
        try
        {
            model.Network.eval();
            foreach ((string name, Tensor tensor) in WeightsOf(model.Network))
            {
                Find(tensors, name, Safetensors.Float32, tensor.shape).CopyTo(tensor);
                unread.Remove(name);
            }
            if (unread.Count > 0)
            {
                throw new FormatException($"weights.safetensors in the model has a tensor '{unread.First()}' that is not of its configuration.");
            }
            using IDisposable noGradient = no_grad();
            model.Network.Settle();
            return new VaeTransformer(configuration.OutputColumns, model, HistoryFile.Read(history));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static VariationalAutoencoder NetworkOf(ModelConfiguration configuration)
    {
        try
        {
            return new VariationalAutoencoder(configuration.Architecture, OnDevice.Cpu);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"config.json in the model describes networks that cannot be made: {error.Message}", error);
        }
    }

    private static string TablesOf(int column) => $"columns.{column}";

    private static Tensor TensorOf(Table table)
    {
        Tensor values = tensor(table.Values, dtype: ScalarType.Float64, device: OnDevice.Cpu);
        return table.Rows == 1 ? values : values.view(table.Rows, -1);
    }

    private static List<(string Name, Tensor Tensor)> WeightsOf(VariationalAutoencoder network) => [.. network.NamedWeights];

    // A negative size: any.
    private static Safetensors.Entry Find(IReadOnlyDictionary<string, Safetensors.Entry> weights, string name, string type, long[] shape)
    {
        if (!weights.TryGetValue(name, out Safetensors.Entry entry))
        {
            throw new FormatException($"weights.safetensors in the model has no tensor '{name}'.");
        }
        if (!entry.IsFinite)
        {
            throw new FormatException($"The tensor '{name}' in the model has values that are not finite.");
        }
        return entry.Type == type && entry.Shape.Length == shape.Length && entry.Shape.Zip(shape).All(sizes => sizes.Second < 0 || sizes.First == sizes.Second)
            ? entry
            : throw new FormatException($"The tensor '{name}' in the model is {entry.Type} [{string.Join(", ", entry.Shape)}]; its configuration wants {type} [{string.Join(", ", shape)}].");
    }
}
