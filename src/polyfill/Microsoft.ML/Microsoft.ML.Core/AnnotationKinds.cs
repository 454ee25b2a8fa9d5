using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>The names of the annotations that components share.</summary>
internal static class AnnotationKinds
{
    public const string SlotNames = "SlotNames";
    public const string KeyValues = "KeyValues";
    public const string CategoricalSlotRanges = "CategoricalSlotRanges";
    public const string IsNormalized = "IsNormalized";
    public const string ScoreColumnSetId = "ScoreColumnSetId";
    public const string ScoreColumnKind = "ScoreColumnKind";
    public const string ScoreValueKind = "ScoreValueKind";
    public const string TrainingLabelValues = "TrainingLabelValues";

    public static SchemaShape.Column NormalizedShape
        => new(IsNormalized, SchemaShape.Column.VectorKind.Scalar, BooleanDataViewType.Instance, false);

    public static SchemaShape.Column TextVectorShape(string kind)
        => new(kind, SchemaShape.Column.VectorKind.Vector, TextDataViewType.Instance, false);

    public static bool IsNormalizedShape(this SchemaShape.Column column)
        => column.Has(IsNormalized, BooleanDataViewType.Instance, SchemaShape.Column.VectorKind.Scalar);
}
