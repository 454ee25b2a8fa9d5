using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Persistence;

namespace Vae.MLNet.Columns;

/// <summary>What can be said of a row: the kinds of output column.</summary>
internal enum VaeOutput
{
    Mean,
    LogVariance,
    Draw,
    Reconstruction,
    Score,
    Imputed,
    PredictedLabel,
}

/// <summary>One output column. Those that are of an input column have its index, and if there are several imputations, which one.</summary>
internal sealed record OutputColumn(VaeOutput Output, string Name, int Input = 0, int Imputation = 0)
{
    private static readonly string[] s_passedOn = [SlotNames.Annotation, KeyValues.Annotation];

    /// <summary>Whether it has the type of an input column.</summary>
    [JsonIgnore]
    public bool IsOfInput => Output is VaeOutput.Reconstruction or VaeOutput.Imputed;

    /// <summary>Whether it is one number of the whole row.</summary>
    [JsonIgnore]
    public bool IsOfScore => Output is VaeOutput.Score or VaeOutput.PredictedLabel;

    /// <summary>What has to be computed for it.</summary>
    [JsonIgnore]
    public VaeOutput Computed => IsOfScore ? VaeOutput.Score : Output;

    /// <summary>All that the options name, in the order in which they are added.</summary>
    public static IReadOnlyList<OutputColumn> Of(VaeEstimator.Options options)
    {
        (VaeOutput Output, string? Name)[] ofRows =
        [
            (VaeOutput.Mean, options.OutputColumnName),
            (VaeOutput.LogVariance, options.LogVarianceColumnName),
            (VaeOutput.Draw, options.DrawColumnName),
            (VaeOutput.Score, options.ScoreColumnName),
            (VaeOutput.PredictedLabel, options.PredictedLabelColumnName),
        ];
        IEnumerable<OutputColumn> reconstructions = options.InputColumns
            .Select((column, input) => (Name: column.ReconstructionColumnName ?? Suffixed(column, options.ReconstructionColumnSuffix), input))
            .Where(each => each.Name is not null)
            .Select(each => new OutputColumn(VaeOutput.Reconstruction, each.Name!, each.input));
        IEnumerable<OutputColumn> imputed = options.InputColumns
            .Select((column, input) => (Name: column.ImputedColumnName ?? Suffixed(column, options.ImputedColumnSuffix), input))
            .Where(each => each.Name is not null)
            .SelectMany(each => Enumerable.Range(0, options.NumberOfImputations).Select(imputation =>
                new OutputColumn(VaeOutput.Imputed, options.NumberOfImputations == 1 ? each.Name! : $"{each.Name}{imputation + 1}", each.input, imputation)));
        List<OutputColumn> columns = [.. ofRows.Where(each => each.Name is not null).Select(each => new OutputColumn(each.Output, each.Name!))];
        // The score comes after the reconstruction.
        int score = columns.FindIndex(column => column.IsOfScore);
        columns.InsertRange(score < 0 ? columns.Count : score, reconstructions);
        return [.. columns, .. imputed];
    }

    public DataViewType TypeFor(RowLayout layout, int latentDimension) => Output switch
    {
        _ when IsOfInput => layout.Columns[Input].Type,
        VaeOutput.Score => NumberDataViewType.Single,
        VaeOutput.PredictedLabel => BooleanDataViewType.Instance,
        _ => new VectorDataViewType(NumberDataViewType.Single, latentDimension),
    };

    public DataViewSchema.Annotations? AnnotationsFor(IReadOnlyList<DataViewSchema.Column> inputs)
    {
        if (!IsOfInput)
        {
            return null;
        }
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(inputs[Input].Annotations, s_passedOn.Contains);
        return annotations.ToAnnotations();
    }

    public SchemaShape.Column ShapeFor(IReadOnlyList<SchemaShape.Column> inputs)
    {
        if (IsOfInput)
        {
            SchemaShape.Column input = inputs[Input];
            return MLNetInternals.NewShape(Name, input.Kind, input.ItemType, input.IsKey, new SchemaShape(input.Annotations.Where(annotation => s_passedOn.Contains(annotation.Name))));
        }
        SchemaShape.Column.VectorKind kind = IsOfScore ? SchemaShape.Column.VectorKind.Scalar : SchemaShape.Column.VectorKind.Vector;
        return MLNetInternals.NewShape(Name, kind, Output == VaeOutput.PredictedLabel ? BooleanDataViewType.Instance : NumberDataViewType.Single, isKey: false, null);
    }

    private static string? Suffixed(VaeInputColumn column, string? suffix) => suffix is null ? null : column.Name + suffix;
}
