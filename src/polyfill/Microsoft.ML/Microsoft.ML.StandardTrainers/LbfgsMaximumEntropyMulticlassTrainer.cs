using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Trainers;

/// <summary>A trainer that minimises a loss by L-BFGS, with L1 and L2 regularisation.</summary>
public abstract class LbfgsTrainerBase<TOptions, TTransformer, TModel> : TrainerEstimatorBase<TTransformer, TModel>
    where TOptions : LbfgsTrainerBase<TOptions, TTransformer, TModel>.OptionsBase, new()
    where TTransformer : ISingleFeaturePredictionTransformer<TModel> where TModel : class
{
    private static readonly TrainerInfo SharedInfo = new(normalization: true, caching: true);

    internal LbfgsTrainerBase(IHost host, TOptions options, SchemaShape.Column feature, SchemaShape.Column label, SchemaShape.Column weight)
        : base(host, feature, label, weight)
    {
        Contracts.CheckParam(options.L2Regularization >= 0, nameof(options.L2Regularization), "Must be non-negative");
        Contracts.CheckParam(options.L1Regularization >= 0, nameof(options.L1Regularization), "Must be non-negative");
        Contracts.CheckParam(options.OptimizationTolerance > 0, nameof(options.OptimizationTolerance), "Must be positive");
        Contracts.CheckParam(options.HistorySize > 0, nameof(options.HistorySize), "Must be positive");
        Contracts.CheckParam(options.MaximumNumberOfIterations > 0, nameof(options.MaximumNumberOfIterations), "Must be positive");
        Settings = options;
    }

    public override TrainerInfo Info => SharedInfo;

    private protected TOptions Settings { get; }

    /// <summary>The settings of the optimiser.</summary>
    public abstract class OptionsBase : TrainerInputBaseWithWeight
    {
        protected OptionsBase()
        {
        }

        public float L2Regularization = 1;
        public float L1Regularization = 1;
        public float OptimizationTolerance = 1e-7f;
        public int HistorySize = 20;
        public int MaximumNumberOfIterations = int.MaxValue;
    }
}

/// <summary>Multinomial logistic regression: the maximum-entropy classifier.</summary>
public sealed class LbfgsMaximumEntropyMulticlassTrainer
    : LbfgsTrainerBase<LbfgsMaximumEntropyMulticlassTrainer.Options, MulticlassPredictionTransformer<MaximumEntropyModelParameters>, MaximumEntropyModelParameters>
{
    internal LbfgsMaximumEntropyMulticlassTrainer(IHostEnvironment env, Options options)
        : base(env.Register("LbfgsTrainerBase"), options,
            new SchemaShape.Column(options.FeatureColumnName, SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false),
            new SchemaShape.Column(options.LabelColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true),
            options.ExampleWeightColumnName == null ? default : new SchemaShape.Column(options.ExampleWeightColumnName, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.Single, false))
    {
    }

    private protected override MulticlassPredictionTransformer<MaximumEntropyModelParameters> Train(IDataView input)
    {
        using var channel = Host.Start("Training");
        var data = TrainingRows.Read(Host, input, FeatureColumn.Name, LabelColumn.Name, WeightColumn.Name);
        if (data.Skipped > 0)
            channel.Warning(MessageSensitivity.Unknown, "Skipped {0} instances with missing features/label/weight during training", data.Skipped);
        Contracts.Check(data.Count > 0, "No valid training instances found, all instances have missing features.");
        if (data.Classes == 1)
            channel.Warning(MessageSensitivity.Unknown, "Training resulted in a one class predictor");

        var objective = new SoftmaxObjective(data, Settings.L2Regularization);
        var optimizer = new Lbfgs(objective.Evaluate, penaltyFrom: data.Classes, Settings.L1Regularization / data.Count, Settings.HistorySize);
        var solution = optimizer.Minimize(new double[objective.Dimension], Settings.OptimizationTolerance, Settings.MaximumNumberOfIterations, Host.CheckAlive);
        int selected = data.Classes + solution.Skip(data.Classes).Count(weight => weight != 0);
        if (Settings.L1Regularization > 0)
            channel.Info(MessageSensitivity.Unknown, "L1 regularization selected {0} of {1} weights.", selected, solution.Length);

        var model = new MaximumEntropyModelParameters(objective.ByClass(solution), data.Classes, data.Features);
        return new MulticlassPredictionTransformer<MaximumEntropyModelParameters>(model, input.Schema, FeatureColumn.Name, LabelColumn.Name);
    }

    private protected override SchemaShape.Column[] OutputColumns(SchemaShape inputSchema)
    {
        var label = inputSchema.RequireColumn(LabelColumn.Name);
        var scores = new List<SchemaShape.Column>
        {
            new(AnnotationKinds.ScoreColumnSetId, SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true),
            new(AnnotationKinds.ScoreColumnKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false),
            new(AnnotationKinds.ScoreValueKind, SchemaShape.Column.VectorKind.Scalar, TextDataViewType.Instance, false),
        };
        var predicted = label.Annotations.Where(annotation => annotation.Name == AnnotationKinds.KeyValues).Concat(scores).ToArray();
        if (label.Annotations.TryFind(AnnotationKinds.KeyValues, out var values) && values.Kind == SchemaShape.Column.VectorKind.Vector)
        {
            if (values.ItemType is TextDataViewType)
                scores.Add(AnnotationKinds.TextVectorShape(AnnotationKinds.SlotNames));
            scores.Add(new(AnnotationKinds.TrainingLabelValues, SchemaShape.Column.VectorKind.Vector, values.ItemType, false));
        }
        return
        [
            new SchemaShape.Column("Score", SchemaShape.Column.VectorKind.Vector, NumberDataViewType.Single, false, new SchemaShape(scores)),
            new SchemaShape.Column("PredictedLabel", SchemaShape.Column.VectorKind.Scalar, NumberDataViewType.UInt32, true, new SchemaShape(predicted)),
        ];
    }

    /// <summary>The settings of this trainer.</summary>
    public sealed class Options : OptionsBase
    {
        public Options()
        {
        }
    }
}
