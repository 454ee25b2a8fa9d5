using System.Numerics;
using Microsoft.ML;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Pipeline;

/// <summary>What a VAE says of rows of a given schema.</summary>
internal sealed class VaeBinding : RowBinding
{
    // Numbers that leave room in the cache for what the network makes of them.
    private const int SlotsPerPart = 1 << 20;
    private const int FewestRows = 64;
    private const int MostRows = 1024;

    private readonly BoundLayout _bound;
    private readonly FittedVae _model;

    public VaeBinding(DataViewSchema inputSchema, IReadOnlyList<OutputColumn> outputs, FittedVae model)
        : this(inputSchema, outputs, model, model.Layout.Bind(inputSchema, nameof(inputSchema)))
    {
    }

    private VaeBinding(DataViewSchema inputSchema, IReadOnlyList<OutputColumn> outputs, FittedVae model, BoundLayout bound)
        : base(inputSchema, outputs, output => (output.TypeFor(model.Layout, model.Architecture.LatentDimension), output.AnnotationsFor(bound.Inputs)))
    {
        (_bound, _model) = (bound, model);
    }

    public override int RowsPerPart => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(SlotsPerPart / _model.Layout.Width, FewestRows, MostRows) / 2 + 1);

    protected override IEnumerable<DataViewSchema.Column> Read => _bound.All;

    public override IRowBlock BlockOf(DataViewRow source, int capacity, ActiveColumns active) =>
        new RowBlock(_model, _bound.ReaderOf(source, _model.Architecture.SeesMissing), capacity, RowsPerPart, active.Outputs.Select(output => output.Computed));

    public override Delegate GetterOf(OutputColumn output, IEvaluatedRow row, Func<DataViewSchema.Column, Delegate> getterOf)
    {
        RowLayout layout = _model.Layout;
        return output.Output switch
        {
            VaeOutput.Reconstruction => layout.Columns[output.Input].ReconstructingGetter(() => layout.SlotsOf(output.Input, row.ValueOf(VaeOutput.Reconstruction))),
            VaeOutput.Imputed => layout.Columns[output.Input].ImputingGetter(
                getterOf(_bound.Inputs[output.Input]),
                () => layout.SlotsOf(output.Input, row.ValueOf(VaeOutput.Imputed).Slice(output.Imputation * layout.Width, layout.Width)),
                () => row.Position),
            VaeOutput.Score => OutputGetter.Scalar(output.Output, row),
            VaeOutput.PredictedLabel => OutputGetter.Above(VaeOutput.Score, _model.ScoreThreshold!.Value, row),
            _ => OutputGetter.Vector(output.Output, row),
        };
    }

    protected override IEnumerable<DataViewSchema.Column> StartsFrom(OutputColumn output) => output.Output == VaeOutput.Imputed ? [_bound.Inputs[output.Input]] : [];
}
