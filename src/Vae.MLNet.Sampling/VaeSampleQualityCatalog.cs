using Microsoft.ML;
using Vae.MLNet.Sampling.Quality;

namespace Vae.MLNet.Sampling;

/// <summary>Measures of sampled rows on <see cref="MLContext.Data"/>.</summary>
public static class VaeSampleQualityCatalog
{
    /// <summary>
    /// Compares sampled rows with real ones: distributions of columns and of pairs of columns (the definitions of SDMetrics), and distances to the nearest training rows, which tell whether rows are copied.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="training">The real rows that the model was trained on. All rows are kept in memory.</param>
    /// <param name="sampled">The sampled rows.</param>
    /// <param name="holdOut">Real rows that the model was not trained on, to tell what distances are usual. Null: none.</param>
    /// <param name="neighbourRows">How many sampled rows, from the first, are compared with all training rows, at least 1.</param>
    /// <param name="columnNames">Columns: numbers, Booleans, keys, texts, vectors of <see cref="float"/> of known size. None: all that both have.</param>
    /// <returns>The measures.</returns>
    /// <exception cref="ArgumentException">There is no column that both have.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of a type that cannot be compared or of different types, or a number is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    public static VaeSampleQuality EvaluateVaeSamples(
        this DataOperationsCatalog catalog, IDataView training, IDataView sampled, IDataView? holdOut = null, int neighbourRows = 1000, params string[] columnNames)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(sampled);
        ArgumentNullException.ThrowIfNull(columnNames);
        VaeEstimator.Options.RequireInRange(neighbourRows, 1, int.MaxValue, nameof(neighbourRows));
        SampleSchema schema = SampleSchema.Of(training.Schema, columnNames, sampled.Schema);
        IReadOnlyList<SampleColumn> real = schema.Read(training, "real");
        IReadOnlyList<SampleColumn> drawn = schema.Read(sampled, "sampled");
        using var neighbours = new NearestNeighbours(real);
        (double ratio, double copies) = neighbours.Of(schema.Read(sampled, "sampled", neighbourRows));
        (double Ratio, double Copies)? usual = holdOut is null ? null : neighbours.Of(schema.Read(holdOut, "held-out", neighbourRows));
        return new VaeSampleQuality
        {
            Columns = [.. real.Zip(drawn, (first, second) => new VaeColumnSimilarity(first.Name, first.Slot, first.IsCategory, ColumnSimilarities.Of(first, second)))],
            CorrelationSimilarity = PairSimilarities.Correlation(real, drawn),
            ContingencySimilarity = PairSimilarities.Contingency(real, drawn),
            NearestNeighbourRatio = ratio,
            Copies = copies,
            HoldOutNearestNeighbourRatio = usual?.Ratio,
            HoldOutCopies = usual?.Copies,
        };
    }

    /// <summary>Trains a pipeline once on sampled and once on real rows, and judges both by real rows: what the sampled rows are worth (TSTR; Esteban et al., 2017).</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="sampled">The sampled rows.</param>
    /// <param name="training">Real rows with the same columns.</param>
    /// <param name="test">Real rows that neither model is trained on, with the same columns.</param>
    /// <param name="pipeline">Ends in any trainer.</param>
    /// <param name="metric">The number that judges: given the test rows as a model has scored them.</param>
    /// <returns>The metric of both models.</returns>
    /// <example><code>
    /// VaeTransferQuality worth = ml.Data.TrainOnVaeSamples(sampled, training, test,
    ///     ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Features"),
    ///     scored => ml.MulticlassClassification.Evaluate(scored).MicroAccuracy);
    /// </code></example>
    public static VaeTransferQuality TrainOnVaeSamples<TTransformer>(
        this DataOperationsCatalog catalog, IDataView sampled, IDataView training, IDataView test, IEstimator<TTransformer> pipeline, Func<IDataView, double> metric)
        where TTransformer : ITransformer
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(sampled);
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(metric);
        return new VaeTransferQuality(MetricOf(sampled), MetricOf(training));

        double MetricOf(IDataView rows)
        {
            TTransformer model = pipeline.Fit(rows);
            using var memory = model as IDisposable;
            return metric(model.Transform(test));
        }
    }
}
