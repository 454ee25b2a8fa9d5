namespace Vae.MLNet.Sampling;

/// <summary>How near sampled rows are to real ones, by <see cref="VaeSampleQualityCatalog.EvaluateVaeSamples"/>. Similarities go from 0 to 1, the higher the nearer.</summary>
public sealed record VaeSampleQuality
{
    /// <summary>The distribution of each column by itself; of a vector, of each slot.</summary>
    public required IReadOnlyList<VaeColumnSimilarity> Columns { get; init; }

    /// <summary>The average over <see cref="Columns"/> ("Column Shapes"; SDMetrics).</summary>
    public double ColumnSimilarity => Columns.Where(column => !double.IsNaN(column.Similarity)).Select(column => column.Similarity).DefaultIfEmpty(double.NaN).Average();

    /// <summary>
    /// The average over all pairs of numbers of 1 - |r real - r sampled| / 2, with the coefficient r of Pearson over rows where both are there (CorrelationSimilarity; SDMetrics). NaN without such a pair. Pairs with a
    /// constant are left out.
    /// </summary>
    public required double CorrelationSimilarity { get; init; }

    /// <summary>
    /// The average over all pairs with a category of 1 - the total variation distance of their joint frequencies; numbers are put into ten bins of the real rows' range (ContingencySimilarity; SDMetrics). NaN without
    /// such a pair.
    /// </summary>
    public required double ContingencySimilarity { get; init; }

    /// <summary>
    /// The median over sampled rows of the distance to the nearest training row by that to the second nearest: from 0, copies, to 1. Numbers count by standard deviations of the training rows, a different category as
    /// much as one. Compare it with <see cref="HoldOutNearestNeighbourRatio"/>.
    /// </summary>
    public required double NearestNeighbourRatio { get; init; }

    /// <summary>The same of real rows that were not trained on: what rows have that are no copies. Null if there were none.</summary>
    public required double? HoldOutNearestNeighbourRatio { get; init; }

    /// <summary>The share of sampled rows that are training rows, value by value. Of tables with few columns it is above 0 without any copying: compare it with <see cref="HoldOutCopies"/>.</summary>
    public required double Copies { get; init; }

    /// <summary>The same of real rows that were not trained on. Null if there were none.</summary>
    public required double? HoldOutCopies { get; init; }
}

/// <summary>How near the distribution of a sampled column is to the real one.</summary>
/// <param name="Name">Of the column.</param>
/// <param name="Slot">Of a vector, from 0; null of a single value.</param>
/// <param name="IsCategory">Whether it is a key, a Boolean or a text: then a missing value is a category, and the measure 1 - the total variation distance (TVComplement; SDMetrics); of numbers it is 1 - the
/// Kolmogorov-Smirnov statistic over values that are there (KSComplement; SDMetrics).</param>
/// <param name="Similarity">From 0 to 1; NaN if there is no value.</param>
public sealed record VaeColumnSimilarity(string Name, int? Slot, bool IsCategory, double Similarity);

/// <summary>What a model is worth that is trained on sampled rows, beside one that is trained on real ones, both judged by real rows (TSTR; Esteban et al., 2017).</summary>
/// <param name="TrainedOnSamples">The metric of the model that was trained on sampled rows.</param>
/// <param name="TrainedOnReal">The metric of the model that was trained on real rows.</param>
public sealed record VaeTransferQuality(double TrainedOnSamples, double TrainedOnReal);
