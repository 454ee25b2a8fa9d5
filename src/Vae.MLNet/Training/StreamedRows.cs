using System.Security.Cryptography;
using TorchSharp;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>Rows that are read again in every epoch: for more of them than memory holds.</summary>
internal sealed class StreamedRows : ITrainingData
{
    private const int RowsPerBlock = 4096;
    private const long BlockBytes = 1L << 24;
    private const long PoolBytes = 1L << 27;

    // What a learned prior may start as, taken from everywhere among the rows.
    private const int MostStartRows = 10_000;

    private readonly RowSource _source;
    private readonly Device _device;
    private readonly SlotMeans _means;
    private readonly RowBuffer _start;
    private readonly double _weightScale;
    private readonly Action _checkAlive;

    /// <summary>Reads all rows once.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="architecture">What they are for.</param>
    /// <param name="device">Where they are wanted.</param>
    /// <param name="checkAlive">Throws when training is to stop.</param>
    public StreamedRows(RowSource source, VaeArchitecture architecture, Device device, Action checkAlive)
    {
        (_source, _device, _checkAlive, _means) = (source, device, checkAlive, new SlotMeans(architecture));
        _start = new RowBuffer(source, CapacityFor(source, MostStartRows, PoolBytes));
        long stride = source.Learned.Rows / _start.Capacity;
        using RowPass pass = source.Open();
        var block = new RowBuffer(source, CapacityFor(source, RowsPerBlock, BlockBytes));
        double weights = 0;
        double logSlopes = 0;
        while (block.Fill(pass) > 0)
        {
            checkAlive();
            using DisposeScope scope = NewDisposeScope();
            WeightedRows read = block.Rows(0, block.Count, OnDevice.Cpu);
            _means.Add(read.Rows.Values, read.Rows.Missing, read.Weights);
            for (int row = 0; row < block.Count; row++, Count++)
            {
                weights += block.WeightOf(row);
                logSlopes += block.WeightOf(row) * block.LogSlopeOf(row);
                if (Count % stride == 0 && _start.Count < _start.Capacity)
                {
                    _start.Add(block, row);
                }
            }
        }
        LogSlope = logSlopes / weights;
        _weightScale = Count / weights;
    }

    public long Count { get; }

    public double LogSlope { get; }

    public Tensor Mean(VaeArchitecture architecture) => _means.Mean(_device);

    public RowTensors Some(int most) => _start.Rows(0, Math.Min(most, _start.Count), _device).Rows;

    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using RowPass pass = _source.Open();
        var block = new RowBuffer(_source, CapacityFor(_source, RowsPerBlock, BlockBytes));
        while (block.Fill(pass) > 0)
        {
            _checkAlive();
            block.AppendTo(hash);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public IEnumerable<TrainingBatch> Batches(int size, Generator? order)
    {
        int batchSize = (int)Math.Min(size, Count);
        int poolSize = (int)Math.Min(Count, Math.Max(PoolBytes / _source.BytesPerRow, batchSize));
        using var stream = new RowStream(_source, batchSize, poolSize, order is null ? null : RandomOf(order), _checkAlive);
        long first = 0;
        while (stream.Take() is { } rows)
        {
            yield return new Batch(this, rows, first);
            first += rows.Count;
            if (first > Count)
            {
                throw RowSource.OtherRows(Count);
            }
        }
        if (first != Count)
        {
            throw RowSource.OtherRows(Count);
        }
    }

    private static int CapacityFor(RowSource source, int most, long bytes) => (int)Math.Max(1, Math.Min(Math.Min(most, bytes / source.BytesPerRow), source.Learned.Rows));

    private static Random RandomOf(Generator generator)
    {
        using DisposeScope scope = NewDisposeScope();
        return new Random((int)RowNoise.KeyOfValues(0, OnDevice.Floats(empty(2, dtype: ScalarType.Float32, device: OnDevice.Cpu).uniform_(0, 1, generator))));
    }

    private sealed record Batch(StreamedRows All, RowBuffer Buffer, long First) : TrainingBatch(First, Buffer.Count)
    {
        protected override WeightedRows Slice(int first, int count)
        {
            WeightedRows rows = Buffer.Rows(first, count, All._device);
            return rows with { Weights = rows.Weights is { } weights ? weights.@double().Times(All._weightScale).@float() : null };
        }
    }
}
