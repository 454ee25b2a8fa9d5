using Microsoft.ML;
using Vae.MLNet.Evaluation;
using Vae.MLNet.Persistence;
using Vae.MLNet.Pipeline;

namespace Vae.MLNet;

/// <summary>The front door: variational autoencoders on <see cref="MLContext.Transforms"/>.</summary>
public static class VaeCatalog
{
    /// <summary>
    /// Creates a <see cref="VaeEstimator"/>: a variational autoencoder (Kingma and Welling, 2014) that turns a column into a small vector, the mean of its posterior in the latent space.
    /// </summary>
    /// <param name="catalog">The transforms of an <see cref="MLContext"/>.</param>
    /// <param name="outputColumnName">Name of the column with the latent means: a vector of <see cref="float"/> of size <paramref name="latentDimension"/>.</param>
    /// <param name="inputColumnName">Name of the input column: a vector of <see cref="float"/> of known size, a number, a Boolean or a key. Null means <paramref name="outputColumnName"/>, which then replaces it.</param>
    /// <param name="latentDimension">Size of the latent vector, at least 1.</param>
    /// <param name="likelihood">What the decoder says of a row: <see cref="VaeLikelihood.Gaussian"/> for any numbers, <see cref="VaeLikelihood.Bernoulli"/> for values in [0, 1].</param>
    /// <param name="numberOfEpochs">How many times training goes over all rows, at least 1.</param>
    /// <param name="batchSize">Rows per step of the optimiser, at least 1.</param>
    /// <param name="learningRate">The step size of Adam, above 0 and at most 1.</param>
    /// <param name="seed">Makes training repeatable bit for bit. Null: taken from the seed of the <see cref="MLContext"/>.</param>
    /// <returns>An estimator to append to a pipeline. Further outputs (log-variance, draw, reconstruction, score) are set in <see cref="VaeEstimator.Options"/>.</returns>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    /// <example><code>
    /// var pipeline = ml.Transforms.NormalizeMinMax("Features")
    ///     .Append(ml.Transforms.VariationalAutoencoder("Latent", "Features", latentDimension: 16))
    ///     .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Label", "Latent"));
    /// </code></example>
    public static VaeEstimator VariationalAutoencoder(
        this TransformsCatalog catalog,
        string outputColumnName,
        string? inputColumnName = null,
        int latentDimension = VaeEstimator.Defaults.LatentDimension,
        VaeLikelihood likelihood = VaeEstimator.Defaults.Likelihood,
        int numberOfEpochs = VaeEstimator.Defaults.NumberOfEpochs,
        int batchSize = VaeEstimator.Defaults.BatchSize,
        double learningRate = VaeEstimator.Defaults.LearningRate,
        int? seed = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        return VariationalAutoencoder(catalog, new VaeEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = inputColumnName,
            LatentDimension = latentDimension,
            Likelihood = likelihood,
            NumberOfEpochs = numberOfEpochs,
            BatchSize = batchSize,
            LearningRate = learningRate,
            Seed = seed,
        });
    }

    /// <summary>
    /// Creates a <see cref="VaeEstimator"/> of several columns of any types: a variational autoencoder (Kingma and Welling, 2014) that turns a row of a table into a small vector. Each column has the
    /// encoding and the likelihood of its type (<see cref="VaeInputColumn"/>); NaN and key 0 are missing values.
    /// </summary>
    /// <param name="catalog">The transforms of an <see cref="MLContext"/>.</param>
    /// <param name="outputColumnName">Name of the column with the latent means: a vector of <see cref="float"/> of size 16.</param>
    /// <param name="inputColumnNames">Names of the input columns: numbers, Booleans, keys, and vectors of <see cref="float"/> of known size.</param>
    /// <returns>An estimator to append to a pipeline. Everything else is set in <see cref="VaeEstimator.Options"/>.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <example><code>
    /// var pipeline = ml.Transforms.Conversion.MapValueToKey("Occupation")
    ///     .Append(ml.Transforms.VariationalAutoencoder("Latent", "Age", "Hours", "Occupation"));
    /// </code></example>
    public static VaeEstimator VariationalAutoencoder(this TransformsCatalog catalog, string outputColumnName, params string[] inputColumnNames) =>
        VariationalAutoencoder(catalog, outputColumnName, inputColumnNames, VaeEstimator.Defaults.LatentDimension);

    /// <summary>Creates a <see cref="VaeEstimator"/> of several columns of any types, with the most important settings.</summary>
    /// <param name="catalog">The transforms of an <see cref="MLContext"/>.</param>
    /// <param name="outputColumnName">Name of the column with the latent means: a vector of <see cref="float"/> of size <paramref name="latentDimension"/>.</param>
    /// <param name="inputColumnNames">Names of the input columns: numbers, Booleans, keys, and vectors of <see cref="float"/> of known size.</param>
    /// <param name="latentDimension">Size of the latent vector, at least 1.</param>
    /// <param name="numberOfEpochs">How many times training goes over all rows, at least 1.</param>
    /// <param name="batchSize">Rows per step of the optimiser, at least 1.</param>
    /// <param name="learningRate">The step size of Adam, above 0 and at most 1.</param>
    /// <param name="seed">Makes training repeatable bit for bit. Null: taken from the seed of the <see cref="MLContext"/>.</param>
    /// <returns>An estimator to append to a pipeline. Everything else is set in <see cref="VaeEstimator.Options"/>.</returns>
    /// <exception cref="ArgumentException">A name is empty or there twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static VaeEstimator VariationalAutoencoder(
        this TransformsCatalog catalog,
        string outputColumnName,
        string[] inputColumnNames,
        int latentDimension,
        int numberOfEpochs = VaeEstimator.Defaults.NumberOfEpochs,
        int batchSize = VaeEstimator.Defaults.BatchSize,
        double learningRate = VaeEstimator.Defaults.LearningRate,
        int? seed = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(outputColumnName);
        ArgumentNullException.ThrowIfNull(inputColumnNames);
        if (inputColumnNames.Length == 0)
        {
            throw new ArgumentException("No input column is named: at least one is wanted.", nameof(inputColumnNames));
        }
        return VariationalAutoencoder(catalog, new VaeEstimator.Options
        {
            OutputColumnName = outputColumnName,
            InputColumnName = null,
            InputColumns = [.. inputColumnNames.Select(name => new VaeInputColumn(name))],
            LatentDimension = latentDimension,
            NumberOfEpochs = numberOfEpochs,
            BatchSize = batchSize,
            LearningRate = learningRate,
            Seed = seed,
        });
    }

    /// <summary>Creates a <see cref="VaeEstimator"/> with all its settings.</summary>
    /// <param name="catalog">The transforms of an <see cref="MLContext"/>.</param>
    /// <param name="options">The settings; a copy is taken.</param>
    /// <returns>An estimator to append to a pipeline.</returns>
    /// <exception cref="ArgumentException">A column's name is empty or used twice, or no output is named.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static VaeEstimator VariationalAutoencoder(this TransformsCatalog catalog, VaeEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        return new VaeEstimator(MLNetInternals.Environment(catalog), options);
    }

    /// <summary>
    /// Evaluates a model on rows: ELBO, importance-weighted log-likelihood (Burda et al., 2016), active units, reconstruction errors, and with known factors the mutual information gap (Chen et al., 2018).
    /// </summary>
    /// <param name="catalog">The models of an <see cref="MLContext"/>.</param>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="data">Rows as the model reads them, at least one. Read once, block by block.</param>
    /// <param name="draws">Draws of the latent per row for the log-likelihood, from 1 to 10,000.</param>
    /// <param name="factorColumnNames">Columns of known factors, numbers, Booleans or keys, among those that the VAE's rows have. None: no mutual information gap.</param>
    /// <returns>The metrics. The same model and rows give the same numbers.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a type that does not fit, or <paramref name="draws"/> is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a value is not one for its column.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public static VaeMetrics EvaluateVariationalAutoencoder(this ModelOperationsCatalog catalog, ITransformer model, IDataView data, int draws = 100, params string[] factorColumnNames)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(factorColumnNames);
        VaeEstimator.Options.RequireInRange(draws, 1, 10_000, nameof(draws));
        (VaeTransformer vae, IDataView input) = ModelChain.Find(model, data);
        return Evaluator.Evaluate(vae.Model, input, draws, [.. factorColumnNames.Select(name => FactorGaps.Find(input.Schema, name, nameof(factorColumnNames)))]);
    }
}
