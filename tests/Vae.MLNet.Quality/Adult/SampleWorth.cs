namespace Vae.MLNet.Quality.Adult;

/// <summary>What sampled rows are worth.</summary>
/// <param name="Accuracy">On held-out rows, of a classifier that was trained on sampled ones.</param>
/// <param name="AccuracyOfReal">On held-out rows, of a classifier that was trained on the training rows.</param>
/// <param name="Columns">Mean similarity of the columns' distributions.</param>
/// <param name="Correlations">Mean similarity of the numbers' correlations.</param>
/// <param name="Contingencies">Mean similarity of the joint distributions of pairs with a category.</param>
/// <param name="NeighbourRatio">Mean ratio of the distances to the nearest two training rows; 0 for copies.</param>
/// <param name="HeldOutNeighbourRatio">That ratio of held-out rows.</param>
/// <param name="Copies">Share of rows that are training rows.</param>
/// <param name="HeldOutCopies">Share of held-out rows that are training rows.</param>
internal sealed record SampleWorth(
    double Accuracy,
    double AccuracyOfReal,
    double Columns,
    double Correlations,
    double Contingencies,
    double NeighbourRatio,
    double HeldOutNeighbourRatio,
    double Copies,
    double HeldOutCopies);
