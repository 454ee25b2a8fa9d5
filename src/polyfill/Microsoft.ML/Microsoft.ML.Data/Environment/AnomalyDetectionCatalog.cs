using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Trainers and metrics for rows that are unlike the others.</summary>
public sealed class AnomalyDetectionCatalog : TrainCatalogBase
{
    internal AnomalyDetectionCatalog(IHostEnvironment env) : base(env) => Trainers = new AnomalyDetectionTrainers(this);

    public AnomalyDetectionTrainers Trainers { get; }

    public AnomalyDetectionMetrics Evaluate(IDataView data, string labelColumnName = "Label", string scoreColumnName = "Score",
        string predictedLabelColumnName = "PredictedLabel", int falsePositiveCount = 10)
    {
        ArgumentNullException.ThrowIfNull(data);
        Contracts.CheckNonEmpty(labelColumnName, nameof(labelColumnName));
        Contracts.CheckNonEmpty(scoreColumnName, nameof(scoreColumnName));
        Contracts.CheckNonEmpty(predictedLabelColumnName, nameof(predictedLabelColumnName));
        var env = ((IInternalCatalog)this).Environment;
        env.Draw(hosts: 1);
        Contracts.CheckParam(falsePositiveCount > 0, "K", "Must be positive");
        var scores = AnomalyScores.Collect(env, data, labelColumnName, scoreColumnName, predictedLabelColumnName);
        return new AnomalyDetectionMetrics(scores.AreaUnderRocCurve(), scores.DetectionRate(falsePositiveCount));
    }

    /// <summary>The trainers; extension methods add them.</summary>
    public sealed class AnomalyDetectionTrainers : CatalogInstantiatorBase
    {
        internal AnomalyDetectionTrainers(AnomalyDetectionCatalog catalog) : base(catalog)
        {
        }
    }
}
