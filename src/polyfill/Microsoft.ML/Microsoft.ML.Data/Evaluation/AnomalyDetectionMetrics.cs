namespace Microsoft.ML.Data;

/// <summary>How well scores tell anomalies from other rows.</summary>
public sealed class AnomalyDetectionMetrics
{
    internal AnomalyDetectionMetrics(double area, double detectionRate) => (AreaUnderRocCurve, DetectionRateAtFalsePositiveCount) = (area, detectionRate);

    /// <summary>How probable it is that an anomaly has a higher score than another row; equal scores count half.</summary>
    public double AreaUnderRocCurve { get; }

    /// <summary>The share of the anomalies that are found, from the highest score down, before one more than so many other rows are.</summary>
    public double DetectionRateAtFalsePositiveCount { get; }
}
