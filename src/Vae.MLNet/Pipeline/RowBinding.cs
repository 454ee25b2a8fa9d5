using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;

namespace Vae.MLNet.Pipeline;

/// <summary>A transformer's columns on a given input schema: the input's columns keep their places, ours follow.</summary>
internal abstract class RowBinding
{
    private readonly IReadOnlyList<OutputColumn> _outputs;

    /// <param name="inputSchema">The columns of the input.</param>
    /// <param name="outputs">Our columns.</param>
    /// <param name="describe">The type of one of ours, and its annotations.</param>
    protected RowBinding(DataViewSchema inputSchema, IReadOnlyList<OutputColumn> outputs, Func<OutputColumn, (DataViewType Type, DataViewSchema.Annotations? Annotations)> describe)
    {
        _outputs = outputs;
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(inputSchema);
        foreach (OutputColumn output in outputs)
        {
            (DataViewType type, DataViewSchema.Annotations? annotations) = describe(output);
            schema.AddColumn(output.Name, type, annotations);
        }
        InputSchema = inputSchema;
        OutputSchema = schema.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>
    /// Rows per crossing into native code, in one thread: enough to keep the matrix products busy, few enough to stay in the cache. How rows are divided may change their last bits: so it depends on the
    /// model only.
    /// </summary>
    public abstract int RowsPerPart { get; }

    /// <summary>Our output in that column of <see cref="OutputSchema"/>; null for a column of the input.</summary>
    public OutputColumn? OutputAt(int index) => index < InputSchema.Count ? null : _outputs[index - InputSchema.Count];

    /// <summary>A workspace for the rows of a cursor.</summary>
    /// <param name="source">The cursor.</param>
    /// <param name="capacity">Rows at a time.</param>
    /// <param name="active">What is asked for.</param>
    public abstract IRowBlock BlockOf(DataViewRow source, int capacity, ActiveColumns active);

    /// <summary>The columns of the input whose values are handed out: those that were asked for, and those that one of ours starts from.</summary>
    public IEnumerable<DataViewSchema.Column> HandedOut(ActiveColumns active) => InputSchema
        .Where(column => active.Contains(column.Index))
        .Concat(active.Outputs.SelectMany(StartsFrom))
        .DistinctBy(column => column.Index);

    /// <summary>The columns of the input that are needed to serve <paramref name="active"/> ones of <see cref="OutputSchema"/>.</summary>
    public IEnumerable<DataViewSchema.Column> SourceColumnsFor(ActiveColumns active) =>
        active.Outputs.Count == 0 ? HandedOut(active) : HandedOut(active).Concat(Read).DistinctBy(column => column.Index);

    /// <summary>A getter of one of our columns.</summary>
    /// <param name="output">Which.</param>
    /// <param name="row">The row that can be asked.</param>
    /// <param name="getterOf">A getter of a column of the input, of its own type.</param>
    public abstract Delegate GetterOf(OutputColumn output, IEvaluatedRow row, Func<DataViewSchema.Column, Delegate> getterOf);

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

    /// <summary>The columns of the input that our computing reads.</summary>
    protected abstract IEnumerable<DataViewSchema.Column> Read { get; }

    /// <summary>The columns of the input whose values are a part of one of ours.</summary>
    protected virtual IEnumerable<DataViewSchema.Column> StartsFrom(OutputColumn output) => [];
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
