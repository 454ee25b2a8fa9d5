using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Tool.Csv;
using Vae.MLNet.Tool.Files;

namespace Vae.MLNet.Tool.Models;

/// <summary>A model from a file, and how it reads tables.</summary>
internal sealed class LoadedModel(MLContext ml, string path, ITransformer transformer, DataViewSchema schema, VaeTransformer vae) : IDisposable
{
    public MLContext Ml => ml;

    public string Path => path;

    /// <summary>The whole model, often a chain.</summary>
    public ITransformer Transformer => transformer;

    /// <summary>Of the training table.</summary>
    public DataViewSchema Schema => schema;

    public VaeTransformer Vae => vae;

    private IEnumerable<ITransformer> Steps => Flattened(transformer);

    /// <summary>A table as the model reads it. Of a conditional model the label may be missing.</summary>
    /// <param name="source">The table.</param>
    /// <param name="format">How it is written.</param>
    public CsvView Read(InputSource source, CsvFormat format) => new(source, format, schema, vae.LabelColumnName) { Categories = Categories() };

    /// <summary>The rows of a table with the columns that the model adds.</summary>
    public IDataView Transform(CsvView table) => Steps.Aggregate((IDataView)table, Step);

    /// <summary>The rows of a table as the VAE reads them.</summary>
    public IDataView Prepare(CsvView table) => Steps.TakeWhile(step => step != vae).Aggregate((IDataView)table, Step);

    /// <summary>The VAE's inputs in the order of the training table, those that are columns of it.</summary>
    /// <exception cref="ToolException">There are none: the model makes its inputs from the table's columns, and does not know the way back.</exception>
    public IReadOnlyList<VaeInputColumn> Inputs => vae.InputColumns.Where(input => schema.GetColumnOrNull(input.Name) is not null).OrderBy(input => schema[input.Name].Index).ToArray() is { Length: > 0 } inputs
        ? inputs
        : throw Lacks("input that is a column of its table");

    /// <summary>A column that the model adds.</summary>
    /// <exception cref="ToolException">It does not.</exception>
    public DataViewSchema.Column Require(IDataView rows, string name) =>
        rows.Schema.GetColumnOrNull(name) is { } column && column.Index >= schema.Count ? column : throw Lacks($"column '{name}'");

    /// <summary>The error of a model that was trained without something.</summary>
    public ToolException Lacks(string what) => new(ExitCode.Input, $"{path} has no {what}.");

    public void Dispose() => (transformer as IDisposable)?.Dispose();

    /// <summary>The transformers of a model, which may be a chain of chains, in their order.</summary>
    public static IEnumerable<ITransformer> Flattened(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flattened) : [model];

    // The VAE computes many rows at a time, and reads them in the thread of who asks.
    private static IDataView Step(IDataView rows, ITransformer step) =>
        step is VaeTransformer ? step.Transform(rows) : MappedView.Of(step, rows);

    // Texts that become keys of the same name.
    private Dictionary<string, KnownCategories> Categories()
    {
        DataViewSchema output = transformer.GetOutputSchema(schema);
        return schema.Where(column => column.Type is TextDataViewType && output[column.Name].Type is KeyDataViewType && output[column.Name].HasKeyValues())
            .ToDictionary(column => column.Name, column => new KnownCategories(CategoryNames.Of(output[column.Name])), StringComparer.Ordinal);
    }
}
