using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;
using Vae.MLNet.Columns;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Persistence;
using Vae.MLNet.Training;
using static TorchSharp.torch;

namespace Vae.MLNet;

/// <summary>
/// Trains a variational autoencoder (Kingma and Welling, 2014) on a vector column and gives a <see cref="VaeTransformer"/>.
/// Made by <see cref="VaeCatalog.VariationalAutoencoder(TransformsCatalog, Options)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Input column</term><description>A vector of <see cref="float"/> of known size, dense or sparse</description></item>
/// <item><term>Output columns</term><description>Latent mean, log-variance and draw: vectors of <see cref="float"/> of the latent dimension. Reconstruction: a vector of <see cref="float"/> of
/// the input's size. Score: a <see cref="float"/>, the negative ELBO in nats. Each only if it is named.</description></item>
/// <item><term>Looks at the data</term><description>Yes: one pass reads all rows into memory, training works there</description></item>
/// <item><term>Needs normalised input</term><description>No for <see cref="VaeLikelihood.Gaussian"/> (standardised inside); values in [0, 1] for <see cref="VaeLikelihood.Bernoulli"/></description></item>
/// <item><term>Needed package besides Vae.MLNet</term><description>A TorchSharp runtime, such as TorchSharp-cpu</description></item>
/// </list>
/// </remarks>
public sealed partial class VaeEstimator : IEstimator<VaeTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;
    private readonly int _seed;

    internal VaeEstimator(IHostEnvironment environment, Options options)
    {
        _options = options.Validated();
        _host = environment.Register(nameof(VaeCatalog.VariationalAutoencoder));
        // Drawn here, not in Fit: fitting the same estimator twice gives the same model.
        _seed = _options.Seed ?? _host.Rand.Next();
    }

    /// <summary>Trains on all rows of <paramref name="input"/>.</summary>
    /// <param name="input">At least one row, with the input column of <see cref="Options.InputColumnName"/>.</param>
    /// <returns>The trained model, which owns native memory: dispose it, or the chain it is in, when done.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, a value is not finite or outside the likelihood's range (column, row and slot are named), or the loss became NaN.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> was cancelled.</exception>
    public VaeTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        DataViewSchema.Column column = FeatureColumn.Find(input.Schema, _options.InputColumnName!, nameof(input));
        var features = new FeatureColumn(column, _options.Likelihood);

        using IChannel channel = _host.Start("Training");
        using DisposeScope scope = NewDisposeScope();
        (Tensor rows, RunningMoments moments) = TrainingRows.Read(input, column, features, CheckAlive);
        Standardisation standardisation = _options.Likelihood == VaeLikelihood.Gaussian ? moments.ToStandardisation() : Standardisation.Identity(features.Size);
        standardisation.ApplyInPlace(rows);

        var model = new FittedVae(
            new VariationalAutoencoder(new VaeArchitecture(features.Size, _options.LatentDimension, _options.HiddenLayerSizes, _options.Likelihood)),
            standardisation,
            _seed);
        try
        {
            using var generator = new Generator((ulong)_seed);
            model.Network.Initialise(generator, rows.mean([0]));
            Trainer.Train(model.Network, rows, standardisation.LogScale, generator, _options, channel, CheckAlive);
            return new VaeTransformer(VaeColumns.Of(_options), model);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Says which columns <see cref="Fit"/>'s transformer will add, without any data.</summary>
    /// <param name="inputSchema">The shape of the rows to come.</param>
    /// <returns><paramref name="inputSchema"/> with the named output columns added, or replaced where the names meet.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column input = FeatureColumn.Find(inputSchema, _options.InputColumnName!, nameof(inputSchema));
        Dictionary<string, SchemaShape.Column> columns = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (VaeColumn output in VaeColumns.Of(_options).Outputs)
        {
            columns[output.Name] = output.ShapeFor(input);
        }
        return new SchemaShape(columns.Values);
    }

    private void CheckAlive()
    {
        _options.CancellationToken.ThrowIfCancellationRequested();
        MLNetInternals.CheckAlive(_host);
    }
}
