using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>The rows that training learns from, encoded, and given out batch by batch. Rows of weight 0 are not among them.</summary>
internal interface ITrainingData
{
    long Count { get; }

    /// <summary>What the log density of a row gains in the columns' units, on average, by weight.</summary>
    double LogSlope { get; }

    /// <summary>The mean of the values that are there, by weight, <c>[slots]</c>.</summary>
    /// <param name="architecture">Says which slots may be marked as missing.</param>
    Tensor Mean(VaeArchitecture architecture);

    /// <summary>Some of the rows, at most so many.</summary>
    RowTensors Some(int most);

    /// <summary>SHA-256 of everything that training sees of the rows.</summary>
    string Fingerprint();

    /// <summary>All rows once, in batches of one size but for the last one. A batch is good until the next one, or the end, is asked for.</summary>
    /// <param name="size">Rows of a batch.</param>
    /// <param name="order">Draws the order of the rows; null leaves it as it is.</param>
    IEnumerable<TrainingBatch> Batches(int size, Generator? order);
}

/// <summary>The rows of one step. Any number of threads may ask it for parts.</summary>
/// <param name="First">Rows before it.</param>
/// <param name="Count">Rows.</param>
internal abstract record TrainingBatch(long First, int Count)
{
    /// <summary>Reads a member's part.</summary>
    /// <param name="member">The member's number, from 0.</param>
    /// <param name="members">Members among which the batch is divided.</param>
    /// <returns>Tensors of the caller's dispose scope; null if there are not enough rows for all.</returns>
    public BatchPart? Part(int member, int members)
    {
        int first = (int)((long)Count * member / members);
        int end = (int)((long)Count * (member + 1) / members);
        return end > first ? new BatchPart(this, first, Slice(first, end - first)) : null;
    }

    protected abstract WeightedRows Slice(int first, int count);
}

/// <summary>What one member does of a step.</summary>
/// <param name="Batch">All rows of the step.</param>
/// <param name="First">The member's first row within the batch, from 0.</param>
/// <param name="Rows">The member's rows.</param>
internal readonly record struct BatchPart(TrainingBatch Batch, int First, WeightedRows Rows);

/// <summary>Rows, and how much each counts.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Weights">1 on average over all rows, <c>[rows]</c>; null if all count the same.</param>
internal readonly record struct WeightedRows(RowTensors Rows, Tensor? Weights)
{
    /// <summary>Numbers of the rows, <c>[rows]</c>, times their weights.</summary>
    public Tensor Weighted(Tensor numbers) => Weights is null ? numbers : numbers * Weights;
}
