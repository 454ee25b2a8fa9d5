namespace Vae.MLNet.Samples.AnomalyDetection;

/// <summary>Scores that need no network, of the columns in standard deviations.</summary>
internal static class Baselines
{
    /// <summary>The distance from the mean: sees a value that is odd by itself.</summary>
    public static float[] DistanceFromMean(NumberTable table) => [.. Standardised(table).Select(row => MathF.Sqrt(row.Sum(value => value * value)))];

    /// <summary>The distance from the mean along the principal components, each in its standard deviations (Mahalanobis): also sees a value that is odd beside the others, where they go along straight lines.</summary>
    public static float[] Mahalanobis(NumberTable table)
    {
        float[][] rows = Standardised(table);
        var components = PrincipalComponents.Fit(rows, table.Names.Count);
        return [.. rows.Select(row => MathF.Sqrt(components.Encode(row).Zip(components.Deviations, (value, deviation) => deviation > 1e-3f ? value * value / (deviation * deviation) : 0).Sum()))];
    }

    // A missing value is the mean.
    private static float[][] Standardised(NumberTable table)
    {
        (float Mean, float Deviation)[] moments = [.. table.Names.Select((_, column) =>
        {
            float[] values = [.. table.Column(column).Where(float.IsFinite)];
            float mean = values.Average();
            float deviation = MathF.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            return (mean, deviation > 0 ? deviation : 1);
        })];
        return [.. table.Rows.Select(row => row.Select((value, column) => float.IsNaN(value) ? 0 : (value - moments[column].Mean) / moments[column].Deviation).ToArray())];
    }
}
