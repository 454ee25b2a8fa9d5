using System.Runtime.InteropServices;
using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Columns;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>All rows of the input column in memory, as training wants them.</summary>
internal static class TrainingRows
{
    private const int ValuesPerChunk = 1 << 20;

    /// <returns>The rows as they are, <c>[rows, features]</c>, and their moments.</returns>
    /// <exception cref="InvalidOperationException">There are no rows, or a value is not one to train on.</exception>
    public static (Tensor Rows, RunningMoments Moments) Read(IDataView input, DataViewSchema.Column column, FeatureColumn features, Action checkAlive)
    {
        using DisposeScope scope = NewDisposeScope();
        var moments = new RunningMoments(features.Size);
        var chunks = new List<Tensor>();
        int rowsPerChunk = Math.Max(1, ValuesPerChunk / features.Size);
        using DataViewRowCursor cursor = input.GetRowCursor([column]);
        FeatureColumn.RowReader reader = features.ReaderOf(cursor);
        int filled;
        do
        {
            checkAlive();
            Tensor chunk = empty(rowsPerChunk, features.Size);
            Span<float> values = MemoryMarshal.Cast<byte, float>(chunk.bytes);
            for (filled = 0; filled < rowsPerChunk && cursor.MoveNext(); filled++)
            {
                Span<float> row = values.Slice(filled * features.Size, features.Size);
                reader.Read(row);
                moments.Add(row);
            }
            chunks.Add(chunk.narrow(0, 0, filled));
        }
        while (filled == rowsPerChunk);

        return moments.Count == 0
            ? throw new InvalidOperationException($"The training data has no rows (column '{column.Name}'): at least one is wanted.")
            : (cat(chunks, 0).MoveToOuterDisposeScope(), moments);
    }
}
