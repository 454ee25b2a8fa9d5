using System.Text.Json;
using TorchSharp;
using Vae.MLNet.Networks;
using Vae.MLNet.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>
/// The state of a training in one file, checkpoint.safetensors: weights, the optimiser's moments, the best weights so far and the history. It is written beside and renamed, so that there is a whole
/// one at any moment. Everything random comes from the seed and the epoch's number and needs no state.
/// </summary>
internal sealed class Checkpoint
{
    private const string FileName = "checkpoint.safetensors";
    private const string HalfWritten = FileName + ".new";
    private const string Format = "Vae.MLNet checkpoint 1";
    private const string HistoryKey = "history";
    private const string StepKey = "step";
    private const string SettingPrefix = "setting.";

    private readonly string _folder;
    private IReadOnlyDictionary<string, string> _settings = new Dictionary<string, string>();

    private Checkpoint(string folder) => _folder = folder;

    private string FilePath => Path.Combine(_folder, FileName);

    /// <summary>Makes the folder if it is not there; checks that it can be written to and is nobody else's.</summary>
    /// <exception cref="InvalidOperationException">It cannot, or it is.</exception>
    public static Checkpoint Open(string folder)
    {
        var checkpoint = new Checkpoint(Path.GetFullPath(folder));
        try
        {
            Directory.CreateDirectory(checkpoint._folder);
            if (!File.Exists(checkpoint.FilePath) && Directory.EnumerateFileSystemEntries(checkpoint._folder).FirstOrDefault(entry => Path.GetFileName(entry) != HalfWritten) is { } other)
            {
                throw new InvalidOperationException($"The checkpoint folder '{folder}' holds other things, such as '{Path.GetFileName(other)}': it is to be empty, new, or of a training like this.");
            }
            using var probe = new FileStream(Path.Combine(checkpoint._folder, HalfWritten), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The checkpoint folder '{folder}' cannot be written to: {error.Message}", error);
        }
        return checkpoint;
    }

    /// <summary>Names what the training depends on. A checkpoint of other settings is refused.</summary>
    /// <exception cref="InvalidOperationException">The folder has a checkpoint of other settings, or a damaged one.</exception>
    public void Require(IReadOnlyDictionary<string, string> settings)
    {
        _settings = settings;
        if (!File.Exists(FilePath))
        {
            return;
        }
        IReadOnlyDictionary<string, string> found = Load().Metadata;
        foreach ((string name, string value) in settings)
        {
            if (found.GetValueOrDefault(SettingPrefix + name) is var other && other != value)
            {
                throw new InvalidOperationException(
                    $"The checkpoint in '{_folder}' is of another training: its {name} is {other ?? "not known"}; this one's is {value}. Choose another folder, or delete the checkpoint to start anew.");
            }
        }
    }

    /// <summary>Puts network, optimiser and best weights into the state of the checkpoint.</summary>
    /// <returns>The finished epochs; null if there is no checkpoint.</returns>
    /// <exception cref="InvalidOperationException">It is damaged.</exception>
    public IReadOnlyList<VaeProgress>? Restore(VariationalAutoencoder network, Adam adam, WeightSnapshot? best)
    {
        if (!File.Exists(FilePath))
        {
            return null;
        }
        SafetensorsBlock block = Load();
        try
        {
            using IDisposable noGradient = no_grad();
            using DisposeScope scope = NewDisposeScope();
            foreach ((string name, Tensor tensor) in TensorsOf(network, adam, best))
            {
                Tensor values = empty(tensor.shape, dtype: tensor.dtype, device: OnDevice.Cpu);
                Find(block, name, values).CopyTo(values);
                tensor.copy_(values);
            }
            adam.Steps = long.Parse(block.Metadata[StepKey], System.Globalization.CultureInfo.InvariantCulture);
            return JsonSerializer.Deserialize<List<VaeProgress>>(block.Metadata[HistoryKey], HistoryFile.Json) ?? throw new JsonException("It is null.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException)
        {
            throw Damaged(error);
        }
    }

    public void Save(VariationalAutoencoder network, Adam adam, WeightSnapshot? best, IReadOnlyList<VaeProgress> history)
    {
        using DisposeScope scope = NewDisposeScope();
        var metadata = new Dictionary<string, string>
        {
            [HistoryKey] = JsonSerializer.Serialize(history, HistoryFile.Json),
            [StepKey] = FormattableString.Invariant($"{adam.Steps}"),
        };
        foreach ((string name, string value) in _settings)
        {
            metadata[SettingPrefix + name] = value;
        }
        SealedBlock.Replace(
            FilePath, SealedBlock.Write(Format, [.. TensorsOf(network, adam, best).Select(each => (each.Name, OnDevice.Of(each.Tensor.detach(), OnDevice.Cpu)))], metadata));
    }

    private static IEnumerable<(string Name, Tensor Tensor)> TensorsOf(VariationalAutoencoder network, Adam adam, WeightSnapshot? best)
    {
        IEnumerable<(string, Tensor)> weights = network.named_parameters().Select(each => ($"weights.{each.name}", (Tensor)each.parameter));
        IEnumerable<(string, Tensor)> bests = best?.Weights.Select(each => ($"best.{each.Name}", each.Values)) ?? [];
        return [.. weights, .. adam.Moments, .. bests];
    }

    private SafetensorsBlock Load()
    {
        try
        {
            return SealedBlock.Read(Format, File.ReadAllBytes(FilePath));
        }
        catch (FormatException error)
        {
            throw Damaged(error);
        }
    }

    private static Safetensors.Entry Find(SafetensorsBlock block, string name, Tensor wanted) =>
        block.Tensors.TryGetValue(name, out Safetensors.Entry entry) && entry.Type == Safetensors.Float32 && entry.Shape.SequenceEqual(wanted.shape)
            ? entry
            : throw new FormatException($"It has no tensor '{name}' of [{string.Join(", ", wanted.shape)}].");

    private InvalidOperationException Damaged(Exception error) =>
        new($"The checkpoint '{FilePath}' is damaged or not one of Vae.MLNet: {error.Message} Delete it to start anew.", error);
}
