using Microsoft.ML.Data;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Inference;

/// <summary>The workspace of one cursor: some rows in, the wanted outputs of each out, all in one crossing into native code.</summary>
internal interface IRowBlock : IDisposable
{
    /// <summary>Reads rows of the source into the block until it is full or the source ends.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="InvalidOperationException">A value is not one for its column.</exception>
    int Read(NextRow next);

    /// <summary>Begins to compute the wanted outputs of the first <paramref name="count"/> rows.</summary>
    void Begin(int count);

    /// <summary>Waits until they are computed.</summary>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    void Finish();

    /// <summary>The output of a row, once they are; of reconstructions and imputations, encoded slots.</summary>
    ReadOnlySpan<float> Result(VaeOutput output, int row);
}

/// <summary>Moves the source on to the row that is to have this place in the block. All rows before have been read.</summary>
/// <returns>Whether there is one.</returns>
internal delegate bool NextRow(int row, out DataViewRowId id);
