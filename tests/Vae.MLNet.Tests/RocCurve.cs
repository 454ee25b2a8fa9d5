namespace Vae.MLNet.Tests;

/// <summary>The receiver operating characteristic of scores.</summary>
internal static class RocCurve
{
    /// <summary>Computes the share of pairs of an anomaly and another row in which the anomaly has the higher score; ties count half.</summary>
    public static double Area(float[] scores, bool[] anomalies)
    {
        double sum = 0;
        int rank = 0;
        foreach (IGrouping<float, bool> tied in scores.Zip(anomalies).GroupBy(pair => pair.First, pair => pair.Second).OrderBy(group => group.Key))
        {
            sum += tied.Count(isAnomaly => isAnomaly) * (rank + (tied.Count() + 1) / 2.0);
            rank += tied.Count();
        }
        double positives = anomalies.Count(isAnomaly => isAnomaly);
        return (sum - positives * (positives + 1) / 2) / (positives * (anomalies.Length - positives));
    }
}
