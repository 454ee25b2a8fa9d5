using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Persistence;
using Vae.MLNet.Pipeline;

namespace Vae.MLNet;

/// <summary>
/// A trained variational autoencoder (Kingma and Welling, 2014): adds the columns named in <see cref="VaeEstimator.Options"/>. Made by <see cref="VaeEstimator.Fit"/> or loaded by
/// <c>mlContext.Model.Load</c>.
/// </summary>
/// <remarks>
/// Safe to use from several threads at a time, each with its own cursor or <see cref="PredictionEngine{TSrc, TDst}"/>. It owns native memory, which <see cref="Dispose"/> frees; so does
/// disposing the chain that it is in, or a prediction engine that owns its transformer.
/// </remarks>
public sealed class VaeTransformer : ITransformer, IDisposable
{
    internal VaeTransformer(VaeColumns columns, FittedVae model)
    {
        Columns = columns;
        Model = model;
    }

    /// <summary>The column that is read: a vector of <see cref="float"/> of size <see cref="InputSize"/>.</summary>
    public string InputColumnName => Columns.Input;

    /// <summary>Size of the input vector, as it was in training.</summary>
    public int InputSize => Model.Architecture.Features;

    /// <summary>Size of the latent vector.</summary>
    public int LatentDimension => Model.Architecture.LatentDimension;

    /// <summary>Sizes of the encoder's hidden layers, from the input on; the decoder has the same in reverse.</summary>
    public IReadOnlyList<int> HiddenLayerSizes => Model.Architecture.HiddenLayerSizes;

    /// <summary>The distribution p(x|z) that it was trained with.</summary>
    public VaeLikelihood Likelihood => Model.Architecture.Likelihood;

    internal VaeColumns Columns { get; }

    internal FittedVae Model { get; }

    /// <summary>True: every row is mapped by itself, so that a <see cref="PredictionEngine{TSrc, TDst}"/> can use it.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The input's columns and the added ones.</summary>
    /// <param name="inputSchema">Has the input column, of the size of training.</param>
    /// <returns>The schema of what <see cref="Transform"/> gives.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type or size.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Adds the columns; computes nothing until rows are read, and only the columns that are asked for.</summary>
    /// <param name="input">Has the input column, of the size of training.</param>
    /// <returns>A view on <paramref name="input"/> with the added columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type or size.</exception>
    /// <exception cref="ObjectDisposedException">This transformer has been disposed.</exception>
    /// <remarks>While rows are read: <see cref="InvalidOperationException"/> for a value that is not finite or outside the likelihood's range, naming column, row and slot.</remarks>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new VaeDataView(input, Bind(input.Schema), Model);
    }

    /// <summary>The mapping of single rows, which <see cref="PredictionEngine{TSrc, TDst}"/> uses.</summary>
    /// <param name="inputSchema">Has the input column, of the size of training.</param>
    /// <returns>A mapper for rows of that schema.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing, or of another type or size.</exception>
    /// <exception cref="ObjectDisposedException">This transformer has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new VaeRowMapper(Bind(inputSchema), Model);

    /// <summary>
    /// Decodes latents: E[x|z], the mean of the likelihood, in the input's units. Latents drawn from N(0, I) give new rows; latents between those of two rows give what lies between them.
    /// </summary>
    /// <param name="latents">Latent vectors one after the other: rows x <see cref="LatentDimension"/> finite values.</param>
    /// <param name="rows">Receives the rows one after the other: rows x <see cref="InputSize"/> values.</param>
    /// <exception cref="ArgumentException">A length is not rows x <see cref="LatentDimension"/> or rows x <see cref="InputSize"/>, or a latent is not finite.</exception>
    /// <exception cref="ObjectDisposedException">This transformer has been disposed.</exception>
    public void Decode(ReadOnlySpan<float> latents, Span<float> rows)
    {
        if (latents.Length % LatentDimension != 0)
        {
            throw new ArgumentException($"{latents.Length} values are not a whole number of latents of size {LatentDimension}.", nameof(latents));
        }
        int count = latents.Length / LatentDimension;
        if (rows.Length != (long)count * InputSize)
        {
            throw new ArgumentException($"{count} latents decode to {(long)count * InputSize} values ({count} x {InputSize}); there is room for {rows.Length}.", nameof(rows));
        }
        foreach (float value in latents)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"A latent is {value}, which is not finite.", nameof(latents));
            }
        }
        LatentDecoder.Decode(Model, latents, rows);
    }

    /// <summary>Frees the native memory. Cursors that are open then throw <see cref="ObjectDisposedException"/> at their next block of rows.</summary>
    public void Dispose() => Model.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ModelEntry.Save(ctx, this);
    }

    private VaeBinding Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        using FittedVae.Lease lease = Model.Use();
        return new VaeBinding(inputSchema, Columns, Model.Architecture);
    }
}
