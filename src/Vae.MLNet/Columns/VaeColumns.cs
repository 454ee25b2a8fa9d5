using Microsoft.ML;
using Microsoft.ML.Data;
using Vae.MLNet.Networks;
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
}

/// <summary>One output column.</summary>
internal sealed record VaeColumn(VaeOutput Output, string Name)
{
    private const string SlotNames = "SlotNames";

    public DataViewType TypeFor(VaeArchitecture architecture) => Output == VaeOutput.Score
        ? NumberDataViewType.Single
        : new VectorDataViewType(NumberDataViewType.Single, WidthFor(Output, architecture));

    /// <summary>Numbers per row.</summary>
    public static int WidthFor(VaeOutput output, VaeArchitecture architecture) => output switch
    {
        VaeOutput.Score => 1,
        VaeOutput.Reconstruction => architecture.Features,
        _ => architecture.LatentDimension,
    };

    public DataViewSchema.Annotations? AnnotationsFor(DataViewSchema.Column input)
    {
        if (Output != VaeOutput.Reconstruction)
        {
            return null;
        }
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(input.Annotations, kind => kind == SlotNames);
        return annotations.ToAnnotations();
    }

    public SchemaShape.Column ShapeFor(SchemaShape.Column input) => MLNetInternals.NewShape(
        Name,
        Output == VaeOutput.Score ? SchemaShape.Column.VectorKind.Scalar : SchemaShape.Column.VectorKind.Vector,
        NumberDataViewType.Single,
        isKey: false,
        Output == VaeOutput.Reconstruction ? new SchemaShape(input.Annotations.Where(annotation => annotation.Name == SlotNames)) : null);
}

/// <summary>The columns of a VAE: the one that it reads and those that it adds, in the order in which they are added.</summary>
internal sealed record VaeColumns(string Input, IReadOnlyList<VaeColumn> Outputs)
{
    public static VaeColumns Of(VaeEstimator.Options options)
    {
        (VaeOutput Output, string? Name)[] all =
        [
            (VaeOutput.Mean, options.OutputColumnName),
            (VaeOutput.LogVariance, options.LogVarianceColumnName),
            (VaeOutput.Draw, options.DrawColumnName),
            (VaeOutput.Reconstruction, options.ReconstructionColumnName),
            (VaeOutput.Score, options.ScoreColumnName),
        ];
        return new VaeColumns(options.InputColumnName!, [.. all.Where(each => each.Name is not null).Select(each => new VaeColumn(each.Output, each.Name!))]);
    }
}
