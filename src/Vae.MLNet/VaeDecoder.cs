using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Persistence;
using Vae.MLNet.Pipeline;

namespace Vae.MLNet;

/// <summary>
/// The generative half of a variational autoencoder (Kingma and Welling, 2014): reads a latent column, and of a conditional model the label column, and adds the columns that the model was trained on.
/// Made by <see cref="VaeTransformer.Decoder"/> or <see cref="VaeTransformer.CreateDecoder"/>, or loaded by <c>mlContext.Model.Load</c>.
/// </summary>
/// <remarks>
/// The columns have the names, types, units, slot names and key values of training; one of a name that is there already hides that one. Safe to use from several threads at a time. A decoder that a
/// transformer made shares its memory and lives as long as it does; one that was loaded owns its own, which <see cref="Dispose"/> frees.
/// </remarks>
public sealed class VaeDecoder : ITransformer, IDisposable
{
    private readonly bool _ownsModel;
    private readonly IReadOnlyList<OutputColumn> _outputs;

    internal VaeDecoder(VaeTransformer model, string latentColumnName, VaeDecoding decoding, int seed, bool ownsModel)
    {
        (Model, LatentColumnName, Decoding, Seed, _ownsModel) = (model, latentColumnName, decoding, seed, ownsModel);
        _outputs = [.. model.Model.Layout.Columns.Select((column, index) => new OutputColumn(VaeOutput.Reconstruction, column.Name, index))];
    }

    /// <summary>The column that is read: a vector of <see cref="float"/> of size <see cref="VaeTransformer.LatentDimension"/>.</summary>
    public string LatentColumnName { get; }

    /// <summary>The condition of a conditional model: a key column, which is read as well. Null without one.</summary>
    public string? LabelColumnName => Model.LabelColumnName;

    /// <summary>The columns that are added, in the order of training.</summary>
    public IReadOnlyList<string> OutputColumnNames => [.. _outputs.Select(output => output.Name)];

    /// <summary>Whether rows are means of p(x|z) or draws from it.</summary>
    public VaeDecoding Decoding { get; }

    /// <summary>Of the draws from p(x|z): the same seed and row id give the same row.</summary>
    public int Seed { get; }

    /// <summary>True: every row is mapped by itself, so that a <see cref="PredictionEngine{TSrc, TDst}"/> can use it.</summary>
    public bool IsRowToRowMapper => true;

    internal VaeTransformer Model { get; }

    /// <summary>The input's columns and the decoded ones.</summary>
    /// <param name="inputSchema">Has the latent and, for a conditional model, the label.</param>
    /// <returns>The schema of what <see cref="Transform"/> gives.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of the model's type.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>Adds the decoded columns; computes nothing until rows are read.</summary>
    /// <param name="input">Has the latent and, for a conditional model, the label.</param>
    /// <returns>A view on <paramref name="input"/> with the decoded columns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of the model's type.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <remarks>While rows are read: <see cref="InvalidOperationException"/> for a latent that is not finite, and a label that is missing or that training never saw, naming column and row.</remarks>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new VaeDataView(input, Bind(input.Schema));
    }

    /// <summary>The mapping of single rows, which <see cref="PredictionEngine{TSrc, TDst}"/> uses.</summary>
    /// <param name="inputSchema">Has the latent and, for a conditional model, the label.</param>
    /// <returns>A mapper for rows of that schema.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of the model's type.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new VaeRowMapper(Bind(inputSchema));

    /// <summary>Frees the native memory of a loaded decoder; does nothing to one that shares its transformer's.</summary>
    public void Dispose()
    {
        if (_ownsModel)
        {
            Model.Dispose();
        }
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ModelEntry.Save(ctx, this);
    }

    private DecoderBinding Bind(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        using SharedMemory.Lease lease = Model.Model.Use();
        return new DecoderBinding(inputSchema, this, _outputs, Model.Model);
    }
}
