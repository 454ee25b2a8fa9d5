using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>Decides where the rows are kept, and reads them.</summary>
/// <param name="architecture">What they are for.</param>
/// <param name="device">Where they are wanted.</param>
/// <param name="cache">What the options say.</param>
/// <param name="tell">Told of rows that are not kept.</param>
/// <param name="checkAlive">Throws when training is to stop.</param>
internal sealed class TrainingDataReader(VaeArchitecture architecture, Device device, VaeRowCache cache, Action<string> tell, Action checkAlive)
{
    /// <exception cref="InvalidOperationException">The rows are not those of the first pass.</exception>
    public ITrainingData Read(RowSource source)
    {
        if (IsCached(source))
        {
            return Kept(source).On(device);
        }
        var rows = new StreamedRows(source, architecture, device, checkAlive);
        return rows.Count == source.Learned.Rows ? rows : throw RowSource.OtherRows(source.Learned.Rows);
    }

    /// <summary>Two parts without a row in common.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="fraction">Of the second part.</param>
    /// <param name="seed">Chooses rows that are not kept.</param>
    /// <param name="generator">Chooses rows that are.</param>
    /// <exception cref="InvalidOperationException">The rows are not those of the first pass, or too few for two parts.</exception>
    public (ITrainingData Training, ITrainingData Validation) Split(RowSource source, double fraction, int seed, Generator generator)
    {
        if (IsCached(source))
        {
            (CachedRows training, CachedRows validation) = Kept(source).Split(fraction, generator);
            return (training.On(device), validation.On(device));
        }
        StreamedRows Part(bool isSecond) => new(source with { Share = new RowShare(seed, fraction, isSecond) }, architecture, device, checkAlive);
        (StreamedRows first, StreamedRows second) = (Part(false), Part(true));
        return first.Count + second.Count != source.Learned.Rows ? throw RowSource.OtherRows(source.Learned.Rows)
            : first.Count > 0 && second.Count > 0 ? (first, second)
            : throw new InvalidOperationException(
                FormattableString.Invariant($"{source.Learned.Rows} rows of training data cannot be divided with {nameof(VaeEstimator.Options.ValidationFraction)} {fraction}: each part wants at least one."));
    }

    private CachedRows Kept(RowSource source)
    {
        try
        {
            return CachedRows.Read(source, checkAlive);
        }
        catch (Exception error) when (MemoryShortage.Is(error))
        {
            throw MemoryShortage.For(
                $"{source.Learned.Rows} rows at a time, {BytesOf(source) >> 20} MiB", $"set {nameof(VaeEstimator.Options.CacheRows)} to {VaeRowCache.Never}, and each epoch reads them again", error);
        }
    }

    private static long BytesOf(RowSource source) => source.Learned.Rows * source.BytesPerRow;

    private bool IsCached(RowSource source)
    {
        long bytes = BytesOf(source);
        long budget = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        bool isCached = cache == VaeRowCache.Always || (cache == VaeRowCache.Auto && bytes <= budget);
        if (!isCached && cache == VaeRowCache.Auto)
        {
            tell(FormattableString.Invariant($"The {source.Learned.Rows} rows would take {bytes >> 20} MiB of memory, of at most {budget >> 20}: each epoch reads them again ({nameof(VaeEstimator.Options.CacheRows)})."));
        }
        return isCached;
    }
}
