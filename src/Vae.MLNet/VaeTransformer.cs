using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Persistence;
using Vae.MLNet.Pipeline;

namespace Vae.MLNet;

/// <summary>
/// A trained variational autoencoder (Kingma and Welling, 2014): adds the columns named in <see cref="VaeEstimator.Options"/>. Made by <see cref="VaeEstimator.Fit(Microsoft.ML.IDataView)"/> or loaded by
/// <c>mlContext.Model.Load</c>.
/// </summary>
/// <remarks>
/// Safe to use from several threads at a time, each with its own cursor or <see cref="PredictionEngine{TSrc, TDst}"/>. It owns native memory, which <see cref="Dispose"/> frees; so does
/// disposing the chain that it is in, or a prediction engine that owns its transformer.
/// </remarks>
public sealed class VaeTransformer : ITransformer, IDisposable
{
    internal VaeTransformer(IReadOnlyList<OutputColumn> outputs, FittedVae model, IReadOnlyList<VaeProgress> history)
    {
        Outputs = outputs;
        Model = model;
        History = history;
        InputColumns = [.. model.Layout.Columns.Select((column, input) => column.Settings with
        {
            ReconstructionColumnName = outputs.FirstOrDefault(output => output.Output == VaeOutput.Reconstruction && output.Input == input)?.Name,
            ImputedColumnName = outputs.FirstOrDefault(output => output.Output == VaeOutput.Imputed && output.Input == input)?.Name,
        })];
    }

    /// <summary>The columns that are read, in the order in which they were named, with the likelihood and scaling that training decided on.</summary>
    public IReadOnlyList<VaeInputColumn> InputColumns { get; }

    /// <summary>The condition of a conditional VAE: a key column, which is read as well. Null without one.</summary>
    public string? LabelColumnName => Model.Layout.Label?.Name;

    /// <summary>Numbers in a decoded row: one per number or flag, the size of a vector, one per category of a key.</summary>
    public int InputSize => Model.Layout.Width;

    /// <summary>Size of the latent vector.</summary>
    public int LatentDimension => Model.Architecture.LatentDimension;

    /// <summary>Encoder and decoder.</summary>
    public VaeNetwork Network => Model.Architecture.Network;

    /// <summary>p(z).</summary>
    public VaePrior Prior => Model.Architecture.Prior;

    /// <summary>What each epoch of training brought, in order.</summary>
    public IReadOnlyList<VaeProgress> History { get; }

    /// <summary>Scores above it are anomalies, by <see cref="VaeEstimator.Options.Contamination"/>; null without a column for the predicted label.</summary>
    public float? ScoreThreshold => Model.ScoreThreshold;

    /// <summary>
    /// The way back, from latents to rows: reads the column of the latent means (<c>Latent</c> if the model has none) and adds the mean of p(x|z) as the columns of training. It shares this
    /// transformer's memory.
    /// </summary>
    public VaeDecoder Decoder => CreateDecoder(Outputs.FirstOrDefault(output => output.Output == VaeOutput.Mean)?.Name ?? "Latent");

    internal IReadOnlyList<OutputColumn> Outputs { get; }

    internal FittedVae Model { get; }

    /// <summary>True: every row is mapped by itself, so that a <see cref="PredictionEngine{TSrc, TDst}"/> can use it.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The input's columns and the added ones.</summary>
    /// <param name="inputSchema">Has the input columns and the label, of the types of training.</param>
    /// <returns>The schema of what <see cref="Transform"/> gives.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of the type of training.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Adds the columns; computes nothing until rows are read, and only the columns that are asked for.</summary>
    /// <param name="input">Has the input columns and the label, of the types of training.</param>
    /// <returns>A view on <paramref name="input"/> with the added columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of the type of training.</exception>
    /// <exception cref="ObjectDisposedException">This transformer has been disposed.</exception>
    /// <remarks>While rows are read: <see cref="InvalidOperationException"/> for a value that is infinite, outside the likelihood's range, of a category that training never saw, or
    /// missing where training had no missing values, naming column, row and slot. A number that is further than 1e12 from the training rows, on its column's scaling, counts as that far.</remarks>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new VaeDataView(input, Bind(input.Schema));
    }

    /// <summary>The mapping of single rows, which <see cref="PredictionEngine{TSrc, TDst}"/> uses.</summary>
    /// <param name="inputSchema">Has the input columns and the label, of the types of training.</param>
    /// <returns>A mapper for rows of that schema.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of the type of training.</exception>
    /// <exception cref="ObjectDisposedException">This transformer has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new VaeRowMapper(Bind(inputSchema));

    /// <summary>Makes a <see cref="VaeDecoder"/> with settings of its own. It shares this transformer's memory.</summary>
    /// <param name="latentColumnName">The column that it reads: a vector of <see cref="float"/> of size <see cref="LatentDimension"/>.</param>
    /// <param name="decoding">Whether its rows are means of p(x|z) or draws from it.</param>
    /// <param name="seed">Of the draws. Null: that of the model.</param>
    /// <returns>The decoder.</returns>
    /// <exception cref="ArgumentException">The name is empty, or the decoding is none.</exception>
    public VaeDecoder CreateDecoder(string latentColumnName, VaeDecoding decoding = VaeDecoding.Mean, int? seed = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(latentColumnName);
        VaeEstimator.Options.RequireDefined(decoding, nameof(decoding));
        return new VaeDecoder(this, latentColumnName, decoding, seed ?? Model.Seed, ownsModel: false);
    }

    /// <summary>
    /// Decodes latents: E[x|z], in the columns' units and order, a key as the probabilities of its categories. Latents drawn from N(0, I) give new rows; latents between those of two rows give
    /// what lies between them.
    /// </summary>
    /// <param name="latents">Latent vectors one after the other: rows x <see cref="LatentDimension"/> finite values.</param>
    /// <param name="rows">Receives the rows one after the other: rows x <see cref="InputSize"/> values.</param>
    /// <exception cref="ArgumentException">A length is not rows x <see cref="LatentDimension"/> or rows x <see cref="InputSize"/>, or a latent is not finite.</exception>
    /// <exception cref="InvalidOperationException">The model is conditional: it has to be told labels.</exception>
    /// <exception cref="ObjectDisposedException">This transformer has been disposed.</exception>
    public void Decode(ReadOnlySpan<float> latents, Span<float> rows)
    {
        if (LabelColumnName is { } label)
        {
            throw new InvalidOperationException($"The model is conditional on column '{label}': give {nameof(Decode)} a label for each latent.");
        }
        Decode(latents, [], CountOf(latents, rows), rows);
    }

    /// <summary>Decodes latents of a conditional model: E[x|z, y], in the columns' units and order, a key as the probabilities of its categories.</summary>
    /// <param name="latents">Latent vectors one after the other: rows x <see cref="LatentDimension"/> finite values.</param>
    /// <param name="labels">The key of <see cref="LabelColumnName"/> of each row, from 1: rows values.</param>
    /// <param name="rows">Receives the rows one after the other: rows x <see cref="InputSize"/> values.</param>
    /// <exception cref="ArgumentException">A length is not rows x <see cref="LatentDimension"/>, rows, or rows x <see cref="InputSize"/>; a latent is not finite; or a label is not one of training.</exception>
    /// <exception cref="InvalidOperationException">The model is not conditional.</exception>
    /// <exception cref="ObjectDisposedException">This transformer has been disposed.</exception>
    public void Decode(ReadOnlySpan<float> latents, ReadOnlySpan<uint> labels, Span<float> rows)
    {
        KeyColumn label = Model.Layout.Label ?? throw new InvalidOperationException("The model is not conditional: it was trained without a label column.");
        int count = CountOf(latents, rows);
        if (labels.Length != count)
        {
            throw new ArgumentException($"{count} latents want {count} labels; there are {labels.Length}.", nameof(labels));
        }
        var categories = new long[count];
        for (int row = 0; row < count; row++)
        {
            if (labels[row] < 1 || labels[row] > label.Width || label.Counts[(int)labels[row] - 1] == 0)
            {
                throw new ArgumentException($"Label {labels[row]} of row {row} is not a key of '{label.Name}' that training had; there are keys from 1 to {label.Width}.", nameof(labels));
            }
            categories[row] = labels[row] - 1;
        }
        Decode(latents, categories, count, rows);
    }

    /// <summary>Frees the native memory. Cursors that are open then throw <see cref="ObjectDisposedException"/> at their next block of rows.</summary>
    public void Dispose() => Model.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ModelEntry.Save(ctx, this);
    }

    private int CountOf(ReadOnlySpan<float> latents, Span<float> rows)
    {
        if (latents.Length % LatentDimension != 0)
        {
            throw new ArgumentException($"{latents.Length} values are not a whole number of latents of size {LatentDimension}.", nameof(latents));
        }
        int count = latents.Length / LatentDimension;
        return rows.Length == (long)count * InputSize
            ? count
            : throw new ArgumentException($"{count} latents decode to {(long)count * InputSize} values ({count} x {InputSize}); there is room for {rows.Length}.", nameof(rows));
    }

    private void Decode(ReadOnlySpan<float> latents, ReadOnlySpan<long> categories, int count, Span<float> rows)
    {
        foreach (float value in latents)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException(FormattableString.Invariant($"A latent is {value}, which is not finite."), nameof(latents));
            }
        }
        if (count > 0)
        {
            LatentDecoder.Means(Model, latents, categories, rows);
        }
    }

    private VaeBinding Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        using SharedMemory.Lease lease = Model.Use();
        return new VaeBinding(inputSchema, Outputs, Model);
    }
}
