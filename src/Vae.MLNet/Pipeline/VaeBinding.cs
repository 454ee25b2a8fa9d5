using Microsoft.ML;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Pipeline;

/// <summary>A VAE's columns on a given input schema: the input's columns keep their places, ours follow.</summary>
internal sealed class VaeBinding
{
    private readonly IReadOnlyList<OutputColumn> _outputs;
    private readonly BoundLayout _bound;

    public VaeBinding(DataViewSchema inputSchema, IReadOnlyList<OutputColumn> outputs, FittedVae model)
    {
        _outputs = outputs;
        _bound = model.Layout.Bind(inputSchema, nameof(inputSchema));
        Model = model;
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(inputSchema);
        foreach (OutputColumn output in outputs)
        {
            schema.AddColumn(output.Name, output.TypeFor(_bound.Inputs, model.Architecture.LatentDimension), output.AnnotationsFor(_bound.Inputs));
        }
        InputSchema = inputSchema;
        OutputSchema = schema.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public FittedVae Model { get; }

    /// <summary>Our output in that column of <see cref="OutputSchema"/>; null for a column of the input.</summary>
    public OutputColumn? OutputAt(int index) => index < InputSchema.Count ? null : _outputs[index - InputSchema.Count];

    /// <summary>A workspace for the rows of a cursor.</summary>
    public RowBlock BlockOf(DataViewRow source, int capacity, ActiveColumns active) =>
        new(Model, _bound.ReaderOf(source, Model.Architecture.SeesMissing), capacity, active.Outputs.Select(output => output.Computed));

    /// <summary>The columns of the input whose values are handed out: those that were asked for, and those that an imputation starts from.</summary>
    public IEnumerable<DataViewSchema.Column> HandedOut(ActiveColumns active) => InputSchema
        .Where(column => active.Contains(column.Index))
        .Concat(active.Outputs.Where(output => output.Output == VaeOutput.Imputed).Select(SourceOf))
        .DistinctBy(column => column.Index);

    /// <summary>The columns of the input that are needed to serve <paramref name="active"/> ones of <see cref="OutputSchema"/>.</summary>
    public IEnumerable<DataViewSchema.Column> SourceColumnsFor(ActiveColumns active) =>
        active.Outputs.Count == 0 ? HandedOut(active) : HandedOut(active).Concat(_bound.All).DistinctBy(column => column.Index);

    /// <summary>A getter of one of our columns.</summary>
    /// <param name="output">Which.</param>
    /// <param name="row">The row that can be asked.</param>
    /// <param name="getterOf">A getter of a column of the input, of its own type.</param>
    /// <exception cref="InvalidOperationException">The column has values of another type.</exception>
    public ValueGetter<TValue> GetterOf<TValue>(OutputColumn output, IEvaluatedRow row, Func<DataViewSchema.Column, Delegate> getterOf)
    {
        RowLayout layout = Model.Layout;
        return OutputGetter.Matched<TValue>(output.Output switch
        {
            VaeOutput.Reconstruction => layout.Columns[output.Input].ReconstructingGetter(() => layout.SlotsOf(output.Input, row.ValueOf(VaeOutput.Reconstruction))),
            VaeOutput.Imputed => layout.Columns[output.Input].ImputingGetter(
                getterOf(SourceOf(output)), () => layout.SlotsOf(output.Input, row.ValueOf(VaeOutput.Imputed).Slice(output.Imputation * layout.Width, layout.Width))),
            VaeOutput.Score => OutputGetter.Scalar(output.Output, row),
            VaeOutput.PredictedLabel => OutputGetter.Above(VaeOutput.Score, Model.ScoreThreshold!.Value, row),
            _ => OutputGetter.Vector(output.Output, row),
        });
    }

    private DataViewSchema.Column SourceOf(OutputColumn output) => _bound.Inputs[output.Input];

    /// <summary>Which columns of <see cref="OutputSchema"/> a consumer asked for.</summary>
    public ActiveColumns Activate(IEnumerable<DataViewSchema.Column> needed)
    {
        var active = new bool[OutputSchema.Count];
        foreach (DataViewSchema.Column column in needed)
        {
            if (column.Index >= active.Length || OutputSchema[column.Index].Name != column.Name)
            {
                throw new ArgumentException($"Column '{column.Name}' is not of this schema.", nameof(needed));
            }
            active[column.Index] = true;
        }
        return new ActiveColumns(active, [.. Enumerable.Range(0, active.Length).Where(index => active[index]).Select(OutputAt).OfType<OutputColumn>()]);
    }
}

/// <summary>The columns that a consumer asked for, by index in the output schema, and those of them that are ours.</summary>
internal sealed record ActiveColumns(bool[] Indices, IReadOnlyList<OutputColumn> Outputs)
{
    public bool Contains(int index) => index < Indices.Length && Indices[index];

    /// <exception cref="ArgumentException">The column was not asked for.</exception>
    public void Require(DataViewSchema.Column column)
    {
        if (!Contains(column.Index))
        {
            throw new ArgumentException($"Column '{column.Name}' is not active: it was not among the columns asked for.", nameof(column));
        }
    }
}
