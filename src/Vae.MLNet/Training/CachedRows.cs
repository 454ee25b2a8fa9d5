using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>All rows in memory.</summary>
/// <param name="Values">Encoded values, <c>[rows, slots]</c>; 0 where one is missing.</param>
/// <param name="Missing">1 where a number is missing, <c>[rows, numbers]</c>; null if none is.</param>
/// <param name="Labels">The category of each row's label, <c>[rows]</c>, 64-bit integers; null without a condition.</param>
/// <param name="Weights">How much a row counts, 1 on average, <c>[rows]</c>; null if all count the same.</param>
/// <param name="LogSlopes">What the log density of each row gains in the columns' units, <c>[rows]</c>, 64-bit floats.</param>
/// <param name="Identity">The unit matrix, <c>[labels, labels]</c>, whose rows are the one-hot labels; null without a condition.</param>
internal sealed record CachedRows(Tensor Values, Tensor? Missing, Tensor? Labels, Tensor? Weights, Tensor LogSlopes, Tensor? Identity) : ITrainingData
{
    private const int ValuesPerChunk = 1 << 20;

    public long Count => Values.shape[0];

    /// <summary>The average of <see cref="LogSlopes"/>, by weight.</summary>
    public double LogSlope
    {
        get
        {
            using DisposeScope scope = NewDisposeScope();
            return (Weights is null ? LogSlopes : LogSlopes * Weights).mean().item<double>();
        }
    }

    /// <summary>The second pass over the training rows.</summary>
    /// <exception cref="InvalidOperationException">The rows are not those of the first pass.</exception>
    public static CachedRows Read(RowSource source, Action checkAlive)
    {
        using DisposeScope scope = NewDisposeScope();
        RowLayout layout = source.Layout;
        long all = source.Learned.Rows;
        Tensor values = empty(all, layout.Width, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        Tensor? missing = source.HasHoles ? zeros(all, layout.NumberWidth, dtype: ScalarType.Float32, device: OnDevice.Cpu) : null;
        var labels = new long[layout.Label is null ? 0 : all];
        var weights = new float[source.HasWeights ? all : 0];
        var none = new float[layout.NumberWidth];
        var logSlopes = new double[all];
        double weightSum = 0;

        using RowPass pass = source.Open();
        long rowsPerChunk = Math.Max(1, ValuesPerChunk / layout.Width);
        long count = 0;
        for (long first = 0; first < all; first += rowsPerChunk)
        {
            checkAlive();
            using DisposeScope chunkScope = NewDisposeScope();
            int rows = (int)Math.Min(rowsPerChunk, all - first);
            Span<float> chunk = Floats(values.narrow(0, first, rows));
            Span<float> marks = missing is null ? default : Floats(missing.narrow(0, first, rows));
            for (int row = 0; row < rows && pass.MoveNext(); row++, count++)
            {
                pass.Read(chunk.Slice(row * layout.Width, layout.Width), missing is null ? none : marks.Slice(row * layout.NumberWidth, layout.NumberWidth));
                logSlopes[count] = pass.Facts.LogSlope;
                weightSum += pass.Weight;
                if (labels.Length > 0)
                {
                    labels[count] = pass.Facts.Label;
                }
                if (weights.Length > 0)
                {
                    weights[count] = (float)pass.Weight;
                }
            }
        }
        if (count != all || pass.MoveNext())
        {
            throw RowSource.OtherRows(all);
        }
        return new CachedRows(
            values.MoveToOuterDisposeScope(),
            missing?.MoveToOuterDisposeScope(),
            layout.Label is null ? null : tensor(labels, dtype: ScalarType.Int64, device: OnDevice.Cpu).MoveToOuterDisposeScope(),
            source.HasWeights
                ? tensor(Array.ConvertAll(weights, weight => (float)(weight * (all / weightSum))), dtype: ScalarType.Float32, device: OnDevice.Cpu)
                    .MoveToOuterDisposeScope()
                : null,
            tensor(logSlopes, dtype: ScalarType.Float64, device: OnDevice.Cpu).MoveToOuterDisposeScope(),
            layout.Label is { } condition
                ? eye(condition.Width, dtype: ScalarType.Float32, device: OnDevice.Cpu).MoveToOuterDisposeScope()
                : null);
    }

    public Tensor Mean(VaeArchitecture architecture)
    {
        var means = new SlotMeans(architecture);
        means.Add(Values, Missing, Weights);
        return means.Mean(Values.device);
    }

    public RowTensors Some(int most) => Select(TensorArithmetic.Indices(Math.Min(Count, most), Values.device)).Rows;

    public IEnumerable<TrainingBatch> Batches(int size, Generator? order)
    {
        using Tensor rows = (order is null ? TensorArithmetic.Indices(Count, Values.device) : Permutation(order)).DetachFromDisposeScope();
        for (long first = 0; first < Count; first += size)
        {
            yield return new Batch(this, rows, first, (int)Math.Min(size, Count - first));
        }
    }

    /// <summary>Two parts without a row in common, in a random order.</summary>
    /// <param name="fraction">Of the second, which has at least one row and leaves at least one.</param>
    /// <param name="generator">Chooses the rows.</param>
    /// <exception cref="InvalidOperationException">There is only one row.</exception>
    public (CachedRows Training, CachedRows Validation) Split(double fraction, Generator generator)
    {
        if (Count < 2)
        {
            throw new InvalidOperationException($"One row of training data cannot be divided: {nameof(VaeEstimator.Options.ValidationFraction)} wants at least two.");
        }
        long second = Math.Clamp((long)Math.Round(Count * fraction), 1, Count - 1);
        Tensor order = Permutation(generator);
        return (Part(order.narrow(0, 0, Count - second)), Part(order.narrow(0, Count - second, second)));
    }

    /// <summary>The same rows where they can be computed with.</summary>
    public CachedRows On(Device device) => this with
    {
        Values = OnDevice.Of(Values, device),
        Missing = Missing is null ? null : OnDevice.Of(Missing, device),
        Labels = Labels is null ? null : OnDevice.Of(Labels, device),
        Weights = Weights is null ? null : OnDevice.Of(Weights, device),
        LogSlopes = OnDevice.Of(LogSlopes, device),
        Identity = Identity is null ? null : OnDevice.Of(Identity, device),
    };

    /// <summary>SHA-256 of everything that training sees of the rows.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Tensor tensor in new[] { Values, Missing, Labels, Weights, LogSlopes }.OfType<Tensor>())
        {
            for (long first = 0, rows = Math.Max(1, ValuesPerChunk * Count / tensor.numel()); first < Count; first += rows)
            {
                using DisposeScope scope = NewDisposeScope();
                hash.AppendData(OnDevice.Of(tensor.narrow(0, first, Math.Min(rows, Count - first)), OnDevice.Cpu).contiguous().bytes);
            }
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private Tensor Permutation(Generator generator) =>
        OnDevice.Of(randperm(Count, dtype: ScalarType.Int64, device: OnDevice.Cpu, generator: generator), Values.device);

    // Of their positions, [some].
    private WeightedRows Select(Tensor rows) => new(
        new RowTensors(
            Values.index_select(0, rows),
            Missing?.index_select(0, rows),
            Labels is null ? null : Identity!.index_select(0, Labels.index_select(0, rows))),
        Weights?.index_select(0, rows));

    private CachedRows Part(Tensor rows)
    {
        Tensor? weights = Weights?.index_select(0, rows);
        return this with
        {
            Values = Values.index_select(0, rows),
            Missing = Missing?.index_select(0, rows),
            Labels = Labels?.index_select(0, rows),
            // 1 on average in each part.
            Weights = weights is null ? null : weights / weights.mean(),
            LogSlopes = LogSlopes.index_select(0, rows),
        };
    }

    private static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private sealed record Batch(CachedRows All, Tensor Order, long First, int Count) : TrainingBatch(First, Count)
    {
        protected override WeightedRows Slice(int first, int count) => All.Select(Order.narrow(0, First + first, count));
    }
}
