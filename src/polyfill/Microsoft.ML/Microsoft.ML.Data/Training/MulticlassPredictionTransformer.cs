using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(ITransformer), typeof(MulticlassPredictionTransformer), null, typeof(SignatureLoadModel), "", MulticlassPredictionTransformer.LoaderSignature)]

namespace Microsoft.ML.Data;

/// <summary>A model that gives every class a score.</summary>
internal interface IMulticlassModel
{
    int ClassCount { get; }

    void Score(in VBuffer<float> features, ref VBuffer<float> scores);
}

/// <summary>Adds the predicted label, a key, and the scores of all classes.</summary>
public sealed class MulticlassPredictionTransformer<TModel> : SingleFeaturePredictionTransformerBase<TModel> where TModel : class
{
    private readonly string _labelColumn;

    internal MulticlassPredictionTransformer(TModel model, DataViewSchema trainSchema, string featureColumn, string labelColumn) : base(model, trainSchema, featureColumn)
        => _labelColumn = labelColumn;

    private protected override void Save(ModelSaveContext ctx)
    {
        ctx.SetVersionInfo(MulticlassPredictionTransformer.Version);
        ctx.SaveNonEmptyString(FeatureColumnName);
        ctx.SaveNonEmptyString(_labelColumn);
    }

    private protected override RowMapping Bind(DataViewSchema inputSchema)
        => new MulticlassScores((IMulticlassModel)Model, inputSchema, RequireFeatures(inputSchema), TrainSchema.RequireColumn(_labelColumn, nameof(inputSchema), "label"));
}

/// <summary>Reads saved predictors.</summary>
internal static class MulticlassPredictionTransformer
{
    public const string LoaderSignature = "MulticlassPredXfer";

    public static VersionInfo Version => VersionInfo.Of<MulticlassScores>("MC  PRED", LoaderSignature);

    private static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        string featureColumn = ctx.LoadNonEmptyString(), labelColumn = ctx.LoadNonEmptyString();
        var (model, schema) = PredictorParts.Load(env, ctx);
        Contracts.CheckDecode(model is IMulticlassModel, "The model is not one for several classes.");
        return Generic.Call<ITransformer>(Make<object>, model.GetType(), model, schema, featureColumn, labelColumn);
    }

    private static MulticlassPredictionTransformer<TModel> Make<TModel>(TModel model, DataViewSchema schema, string featureColumn, string labelColumn) where TModel : class
        => new(model, schema, featureColumn, labelColumn);
}

/// <summary>The two columns of a multiclass prediction.</summary>
internal sealed class MulticlassScores : RowMapping
{
    private const string Kind = "MulticlassClassification";

    private readonly IMulticlassModel _model;
    private readonly DataViewSchema.Column _features;

    public MulticlassScores(IMulticlassModel model, DataViewSchema input, DataViewSchema.Column features, DataViewSchema.Column trainLabel) : base(input)
    {
        _model = model;
        _features = features;
        var labels = trainLabel.Annotations.Schema.GetColumnOrNull(AnnotationKinds.KeyValues);
        if ((labels?.Type as VectorDataViewType)?.Size != model.ClassCount)
            labels = null;
        uint set = 1 + input.Select(SetId).DefaultIfEmpty().Max();

        var predicted = Describe(set, "PredictedLabel");
        var scores = Describe(set, "Score");
        if (labels is { } values)
        {
            Copy(trainLabel, values, predicted, AnnotationKinds.KeyValues);
            Copy(trainLabel, values, scores, AnnotationKinds.TrainingLabelValues);
            if (values.Type.ItemType() is TextDataViewType)
                Copy(trainLabel, values, scores, AnnotationKinds.SlotNames);
        }
        Added =
        [
            new DataViewSchema.DetachedColumn("PredictedLabel", new KeyDataViewType(typeof(uint), model.ClassCount), predicted.ToAnnotations()),
            new DataViewSchema.DetachedColumn("Score", new VectorDataViewType(NumberDataViewType.Single, model.ClassCount), scores.ToAnnotations()),
        ];
    }

    public override DataViewSchema.DetachedColumn[] Added { get; }

    public override IEnumerable<int> Sources(int added) => [_features.Index];

    public override Delegate MakeGetter(DataViewRow row, int added) => MakeGetters(row, i => i == added)[added];

    public override Delegate[] MakeGetters(DataViewRow row, Func<int, bool> wanted)
    {
        if (!wanted(0) && !wanted(1))
            return new Delegate[2];
        var getter = row.GetGetter<VBuffer<float>>(_features);
        VBuffer<float> features = default, scores = default;
        long scored = -1;
        // The scores of a row are computed once for both columns.
        void Score()
        {
            if (row.Position == scored && scored >= 0)
                return;
            getter(ref features);
            _model.Score(in features, ref scores);
            scored = row.Position;
        }
        ValueGetter<uint> getLabel = (ref uint value) =>
        {
            Score();
            value = Largest(scores.GetValues());
        };
        ValueGetter<VBuffer<float>> getScores = (ref VBuffer<float> value) =>
        {
            Score();
            scores.CopyTo(ref value);
        };
        return [getLabel, getScores];
    }

    /// <summary>The key of the first largest score; missing where no score is a number.</summary>
    private static uint Largest(ReadOnlySpan<float> scores)
    {
        int best = -1;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!float.IsNaN(scores[i]) && (best < 0 || scores[i] > scores[best]))
                best = i;
        }
        return (uint)(best + 1);
    }

    private static DataViewSchema.Annotations.Builder Describe(uint set, string valueKind)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.AddPrimitiveValue(AnnotationKinds.ScoreColumnSetId, new KeyDataViewType(typeof(uint), int.MaxValue), set);
        builder.AddPrimitiveValue(AnnotationKinds.ScoreColumnKind, TextDataViewType.Instance, Kind.AsMemory());
        builder.AddPrimitiveValue(AnnotationKinds.ScoreValueKind, TextDataViewType.Instance, valueKind.AsMemory());
        return builder;
    }

    private static uint SetId(DataViewSchema.Column column)
    {
        uint id = 0;
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationKinds.ScoreColumnSetId)?.Type is KeyDataViewType { RawType: var raw } && raw == typeof(uint))
            column.Annotations.GetValue(AnnotationKinds.ScoreColumnSetId, ref id);
        return id;
    }

    private static void Copy(DataViewSchema.Column source, DataViewSchema.Column annotation, DataViewSchema.Annotations.Builder target, string kind)
        => target.Add(kind, annotation.Type, Generic.Call<Delegate>(GetterOf<int>, annotation.Type.RawType, source.Annotations, annotation));

    private static Delegate GetterOf<T>(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation) => annotations.GetGetter<T>(annotation);
}
