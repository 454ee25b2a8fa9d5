using Vae.MLNet.Columns;

namespace Vae.MLNet.Inference;

/// <summary>The workspace of one cursor: some rows in, the wanted outputs of each out, all in one crossing into native code.</summary>
internal interface IRowBlock
{
    /// <summary>Reads the source's current row into a place of the block.</summary>
    /// <exception cref="InvalidOperationException">A value is not one for its column.</exception>
    void Read(int row, ulong idLow, ulong idHigh);

    /// <summary>Computes the wanted outputs of the first <paramref name="count"/> rows.</summary>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    void Evaluate(int count);

    /// <summary>The output of a row of the last <see cref="Evaluate"/>; of reconstructions and imputations, encoded slots.</summary>
    ReadOnlySpan<float> Result(VaeOutput output, int row);
}
