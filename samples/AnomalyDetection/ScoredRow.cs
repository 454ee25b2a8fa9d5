namespace Vae.MLNet.Samples.AnomalyDetection;

/// <summary>A row's score and whether it is an anomaly, for <c>ml.AnomalyDetection.Evaluate</c>.</summary>
internal sealed class ScoredRow
{
    /// <summary>1 for an anomaly, else 0.</summary>
    public float Label { get; set; }

    /// <summary>The higher, the odder.</summary>
    public float Score { get; set; }

    /// <summary>Whether the score is above the threshold.</summary>
    public bool PredictedLabel { get; set; }
}
