using Microsoft.ML;
using Microsoft.ML.Runtime;
using Vae.MLNet.Columns;
using Vae.MLNet.Persistence;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Sampling.Latents;

namespace Vae.MLNet.Sampling;

/// <summary>The front door: new rows on <see cref="MLContext.Data"/>.</summary>
public static class VaeSamplingCatalog
{
    private const long MostRows = 1L << 40;
    private const int MostSteps = 1_000_000;
    private const string StepColumn = "Step";

    /// <summary>
    /// New rows from a variational autoencoder (Kingma and Welling, 2014): latents from a sampler, decoded. They have the training columns, with their names, types, units, slot names and key values, and
    /// none missing; what comes before the VAE in a chain, such as a normaliser, is not undone.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="rowCount">How many rows, from 0 to 2^40. Memory does not grow with them.</param>
    /// <param name="sampler">Where latents come from. Null: a <see cref="PriorSampler"/>. It is not disposed.</param>
    /// <param name="decoding">Whether rows are draws from p(x|z), as tables want them, or its means, as one wants to look at images.</param>
    /// <param name="label">The label of all rows, of a conditional model: the key's value as text. Null: as often as in the training rows.</param>
    /// <param name="seed">Of all draws: the same seed gives the same rows, in any cursor and process. Null: taken from the seed of the <see cref="MLContext"/>.</param>
    /// <returns>A view on rows that are drawn when they are read. The model and the sampler have to live as long.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one; the sampler is of another model, or there is none for a plain autoencoder; the label is none of training.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is negative or above 2^40.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <example><code>
    /// IDataView rows = ml.Data.SampleFromVae(model, 1000);
    /// IDataView sevens = ml.Data.SampleFromVae(digits, 64, decoding: VaeDecoding.Mean, label: "7");
    /// </code></example>
    public static IDataView SampleFromVae(
        this DataOperationsCatalog catalog, ITransformer model, long rowCount, VaeSampler? sampler = null, VaeDecoding decoding = VaeDecoding.Draw, string? label = null, int? seed = null) =>
        SampleFromVae(catalog, model, rowCount, new VaeSamplingOptions { Sampler = sampler, Decoding = decoding, Label = label, Seed = seed });

    /// <summary>New rows from a variational autoencoder, with all settings.</summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="rowCount">How many rows, from 0 to 2^40. Memory does not grow with them.</param>
    /// <param name="options">Sampler, labels, decoding, seed.</param>
    /// <returns>A view on rows that are drawn when they are read. The model and the sampler have to live as long.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one; the sampler is of another model, or there is none for a plain autoencoder; a label is none of training; proportions are
    /// negative or do not sum to 1; or the name of the latent column is that of a training column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows is negative or above 2^40.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public static IDataView SampleFromVae(this DataOperationsCatalog catalog, ITransformer model, long rowCount, VaeSamplingOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        if (rowCount is < 0 or > MostRows)
        {
            throw new ArgumentOutOfRangeException(nameof(rowCount), rowCount, $"The number of rows is to be from 0 to 2^40 ({MostRows}).");
        }
        VaeEstimator.Options.RequireDefined(options.Decoding, nameof(options.Decoding));
        VaeTransformer vae = ModelChain.Find(model);
        int seed = options.Seed ?? Environment(catalog).Rand.Next();
        VaeSampler sampler = options.Sampler ?? new PriorSampler();
        var latents = new SampledLatents(sampler.DrawFor(vae.Model), rowCount, vae.LatentDimension, seed)
        {
            Label = vae.Model.Layout.Label,
            LabelOf = SampledLabels.Of(vae.Model.Layout.Label, sampler, options, seed),
        };
        return DecodedRows.Of(vae, latents, options.Decoding, options.LatentColumnName, seed);
    }

    /// <summary>
    /// The way from one row to another through the latent space: latents between the two posterior means, decoded. The first column, the step, a <see cref="float"/>, goes from 0, the first row, to 1, the
    /// second; the training columns follow.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="rows">Two rows as the model reads them; of a conditional model with the same label.</param>
    /// <param name="steps">How many rows come out, from 2 to 1,000,000: the ends are among them.</param>
    /// <param name="path">A straight line, or along the sphere.</param>
    /// <param name="decoding">The means of p(x|z), or draws from it.</param>
    /// <param name="stepColumnName">Name of the column of the steps.</param>
    /// <param name="latentColumnName">A further column for the latents: a vector of <see cref="float"/>. Null: none.</param>
    /// <returns>A view on rows that are decoded when they are read.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one; there are not two rows; their labels differ; or the name of the step or latent column is that of a training column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 steps or more than 1,000,000, or a column is missing or not as in training.</exception>
    /// <exception cref="InvalidOperationException">A value is not one for its column.</exception>
    public static IDataView InterpolateVae(
        this DataOperationsCatalog catalog, ITransformer model, IDataView rows, int steps = 11, VaePath path = VaePath.Linear, VaeDecoding decoding = VaeDecoding.Mean, string stepColumnName = StepColumn,
        string? latentColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        VaeEstimator.Options.RequireInRange(steps, 2, MostSteps, nameof(steps));
        ArgumentException.ThrowIfNullOrWhiteSpace(stepColumnName);
        VaeEstimator.Options.RequireDefined(path, nameof(path));
        VaeEstimator.Options.RequireDefined(decoding, nameof(decoding));
        (VaeTransformer vae, IDataView input) = ModelChain.Find(model, rows);
        LatentPosteriors ends = LatentPosteriors.Read(vae, input, CancellationToken.None);
        if (ends.Count != 2)
        {
            throw new ArgumentException($"{Counted(ends, vae)} are given: two are wanted, the ends of the way.", nameof(rows));
        }
        if (ends.Labels is [var first, var second] && first != second)
        {
            throw new ArgumentException($"The two rows have different labels in column '{vae.LabelColumnName}' (keys {first + 1} and {second + 1}): the way is within one label.", nameof(rows));
        }
        float[] places = LatentPath.Steps(0, 1, steps);
        float[] latents = LatentPath.Between(ends.Means.AsSpan(0, vae.LatentDimension), ends.Means.AsSpan(vae.LatentDimension), places, path);
        return DecodedRows.Of(vae, new GivenLatents(latents, vae.LatentDimension) { Steps = new PathSteps(stepColumnName, places), Label = vae.Model.Layout.Label, Labels = Repeated(ends.Labels?[0], steps) }, decoding, latentColumnName, vae.Model.Seed);
    }

    /// <summary>
    /// What one latent dimension means: rows whose latents differ in it only. The first column, the step, a <see cref="float"/>, is the value of the dimension; the training columns follow.
    /// </summary>
    /// <param name="catalog">The data operations of an <see cref="MLContext"/>.</param>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="dimension">The latent dimension, from 0.</param>
    /// <param name="from">Its first value, finite.</param>
    /// <param name="to">Its last value, finite.</param>
    /// <param name="steps">How many rows come out, from 2 to 1,000,000.</param>
    /// <param name="row">One row as the model reads it, whose posterior mean gives the other dimensions, and the label of a conditional model. Null: they are 0.</param>
    /// <param name="label">The label of a conditional model, the key's value as text. Null: that of <paramref name="row"/>.</param>
    /// <param name="decoding">The means of p(x|z), or draws from it.</param>
    /// <param name="stepColumnName">Name of the column of the steps.</param>
    /// <param name="latentColumnName">A further column for the latents: a vector of <see cref="float"/>. Null: none.</param>
    /// <returns>A view on rows that are decoded when they are read.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one; there is not one row; a conditional model has no label, or one that is none of training; or the name of the step or latent column is that
    /// of a training column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is not one of the model's, there are fewer than 2 steps or more than 1,000,000, an end is not finite, or a column is missing or not as in training.</exception>
    /// <exception cref="InvalidOperationException">A value is not one for its column.</exception>
    public static IDataView TraverseVae(
        this DataOperationsCatalog catalog,
        ITransformer model,
        int dimension,
        double from = -3,
        double to = 3,
        int steps = 11,
        IDataView? row = null,
        string? label = null,
        VaeDecoding decoding = VaeDecoding.Mean,
        string stepColumnName = StepColumn,
        string? latentColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        VaeEstimator.Options.RequireInRange(steps, 2, MostSteps, nameof(steps));
        VaeEstimator.Options.RequireDefined(decoding, nameof(decoding));
        ArgumentException.ThrowIfNullOrWhiteSpace(stepColumnName);
        foreach ((double end, string name) in new[] { (from, nameof(from)), (to, nameof(to)) })
        {
            if (!float.IsFinite((float)end))
            {
                throw new ArgumentOutOfRangeException(name, end, "An end of the traversal is to be a finite number of single precision.");
            }
        }
        VaeTransformer vae = ModelChain.Find(model);
        VaeEstimator.Options.RequireInRange(dimension, 0, vae.LatentDimension - 1, nameof(dimension));
        (float[] start, int? category) = StartOf(model, vae, row, label);
        float[] places = LatentPath.Steps(from, to, steps);
        float[] latents = [.. Enumerable.Repeat(start, steps).SelectMany(each => each)];
        for (int step = 0; step < steps; step++)
        {
            latents[step * start.Length + dimension] = places[step];
        }
        return DecodedRows.Of(vae, new GivenLatents(latents, start.Length) { Steps = new PathSteps(stepColumnName, places), Label = vae.Model.Layout.Label, Labels = Repeated(category, steps) }, decoding, latentColumnName, vae.Model.Seed);
    }

    private static (float[] Latent, int? Category) StartOf(ITransformer model, VaeTransformer vae, IDataView? row, string? label)
    {
        KeyColumn? condition = vae.Model.Layout.Label;
        int? category = label is null ? null : LabelChoice.CategoryOf(SampledLabels.Required(condition, nameof(label)), label);
        if (row is null)
        {
            return condition is null || category is not null
                ? (new float[vae.LatentDimension], category)
                : throw new ArgumentException($"The model is conditional on column '{condition.Name}': a label or a row with one is wanted.", nameof(label));
        }
        LatentPosteriors start = LatentPosteriors.Read(vae, ModelChain.Find(model, row).Input, CancellationToken.None);
        return start.Count == 1
            ? (start.Means, category ?? start.Labels?[0])
            : throw new ArgumentException($"{Counted(start, vae)} are given: one is wanted, where the traversal starts.", nameof(row));
    }

    private static string Counted(LatentPosteriors rows, VaeTransformer vae) => $"{rows.Count} rows{(vae.LabelColumnName is null ? "" : " with a label")}";

    private static int[]? Repeated(int? category, int times) => category is { } one ? [.. Enumerable.Repeat(one, times)] : null;

    private static IHost Environment(DataOperationsCatalog catalog) => MLNetInternals.Environment(catalog).Register(nameof(SampleFromVae));
}
