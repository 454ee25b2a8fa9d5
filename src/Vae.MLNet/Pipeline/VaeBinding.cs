using Microsoft.ML;
using Vae.MLNet.Columns;
using Vae.MLNet.Networks;

namespace Vae.MLNet.Pipeline;

/// <summary>A VAE's columns on a given input schema: the input's columns keep their places, ours follow.</summary>
internal sealed class VaeBinding
{
    private readonly VaeColumns _columns;
    private readonly DataViewSchema.Column _input;

    public VaeBinding(DataViewSchema inputSchema, VaeColumns columns, VaeArchitecture architecture)
    {
        _columns = columns;
        _input = FeatureColumn.Find(inputSchema, columns.Input, nameof(inputSchema));
        Features = new FeatureColumn(_input, architecture.Likelihood);
        if (Features.Size != architecture.Features)
        {
            throw FeatureColumn.Mismatch(columns.Input, $"a vector of Single of size {architecture.Features}, as in training", $"{_input.Type}", nameof(inputSchema));
        }
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(inputSchema);
        foreach (VaeColumn output in columns.Outputs)
        {
            schema.AddColumn(output.Name, output.TypeFor(architecture), output.AnnotationsFor(_input));
        }
        InputSchema = inputSchema;
        OutputSchema = schema.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public FeatureColumn Features { get; }

    /// <summary>Our output in that column of <see cref="OutputSchema"/>; null for a column of the input.</summary>
    public VaeOutput? OutputAt(int index) => index < InputSchema.Count ? null : _columns.Outputs[index - InputSchema.Count].Output;

    /// <summary>The columns of the input that are needed to serve <paramref name="active"/> ones of <see cref="OutputSchema"/>.</summary>
    public List<DataViewSchema.Column> SourceColumnsFor(ActiveColumns active)
    {
        List<DataViewSchema.Column> source = [.. InputSchema.Where(column => active.Contains(column.Index))];
        if (active.Outputs.Count > 0 && !active.Contains(_input.Index))
        {
            source.Add(_input);
        }
        return source;
    }

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
        VaeOutput?[] outputs = [.. Enumerable.Range(0, active.Length).Where(index => active[index]).Select(OutputAt)];
        return new ActiveColumns(active, [.. outputs.OfType<VaeOutput>()]);
    }
}

/// <summary>The columns that a consumer asked for, by index in the output schema, and those of them that are ours.</summary>
internal sealed record ActiveColumns(bool[] Indices, IReadOnlyList<VaeOutput> Outputs)
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
