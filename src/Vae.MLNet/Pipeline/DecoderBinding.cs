using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Pipeline;

/// <summary>A decoder on rows of a given schema, which have latents and, for a conditional model, labels.</summary>
internal sealed class DecoderBinding : RowBinding
{
    // Slots of a row up to which more rows fit into the cache.
    private const int MostNarrow = 256;

    private readonly FittedVae _model;
    private readonly VaeDecoder _decoder;
    private readonly DataViewSchema.Column _latent;
    private readonly DataViewSchema.Column? _label;

    /// <exception cref="ArgumentOutOfRangeException">The latent or the label is missing, or not of the model's type.</exception>
    public DecoderBinding(DataViewSchema inputSchema, VaeDecoder decoder, IReadOnlyList<OutputColumn> outputs, FittedVae model)
        : base(inputSchema, outputs, output => (output.TypeFor(model.Layout, model.Architecture.LatentDimension), model.Layout.Columns[output.Input].Annotations))
    {
        (_model, _decoder) = (model, decoder);
        _latent = ColumnTypes.Find(inputSchema, decoder.LatentColumnName, "latent", nameof(inputSchema));
        var wanted = new VectorDataViewType(NumberDataViewType.Single, model.Architecture.LatentDimension);
        if (!ColumnTypes.AreSame(_latent.Type, wanted))
        {
            throw ColumnTypes.Mismatch("latent", _latent.Name, $"{wanted}, the model's latent", $"{_latent.Type}", nameof(inputSchema));
        }
        if (model.Layout.Label is { } label)
        {
            _label = ColumnTypes.Find(inputSchema, label.Name, "label", nameof(inputSchema));
            label.RequireSame(_label.Value, "label", nameof(inputSchema));
        }
    }

    /// <summary>Of tables more at a time: each of their columns is some calls by itself.</summary>
    public override int RowsPerPart => _model.Layout.Width > MostNarrow ? 512 : 1024;

    protected override IEnumerable<DataViewSchema.Column> Read => _label is { } label ? [_latent, label] : [_latent];

    public override IRowBlock BlockOf(DataViewRow source, int capacity, ActiveColumns active) =>
        new LatentBlock(_model, source, _latent, _label is { } label ? _model.Layout.Label!.CategoryOf(source, label) : null, _decoder.Decoding, _decoder.Seed, capacity, RowsPerPart);

    public override Delegate GetterOf(OutputColumn output, IEvaluatedRow row, Func<DataViewSchema.Column, Delegate> getterOf) =>
        _model.Layout.Columns[output.Input].ReconstructingGetter(() => _model.Layout.SlotsOf(output.Input, row.ValueOf(VaeOutput.Reconstruction)));
}
