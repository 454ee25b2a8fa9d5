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
/// Trains a variational autoencoder (Kingma and Welling, 2014) on one or more columns and gives a <see cref="VaeTransformer"/>.
/// Made by <see cref="VaeCatalog.VariationalAutoencoder(TransformsCatalog, Options)"/>.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Characteristic</term><description>Value</description></listheader>
/// <item><term>Input columns</term><description>Numbers, Booleans, keys, and vectors of <see cref="float"/> of known size, dense or sparse. NaN and key 0 are missing values</description></item>
/// <item><term>Label column</term><description>A key, optional: the condition of a conditional VAE</description></item>
/// <item><term>Output columns</term><description>Latent mean, log-variance and draw: vectors of <see cref="float"/> of the latent dimension. Reconstructions and imputed columns: of the
/// input's type. Score: a <see cref="float"/>, the negative ELBO in nats. Each only if it is named.</description></item>
/// <item><term>Looks at the data</term><description>Yes, twice: one pass learns scalings and categories, one reads all rows into memory, where training works</description></item>
/// <item><term>Needs normalised input</term><description>No for <see cref="VaeLikelihood.Gaussian"/> (scaled inside); values in [0, 1] for <see cref="VaeLikelihood.Bernoulli"/></description></item>
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
    /// <param name="input">At least one row, with the columns that <see cref="Options"/> names. It is read twice and is to give the same rows both times.</param>
    /// <returns>The trained model, which owns native memory: dispose it, or the chain it is in, when done.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of a type that does not fit, or has too many categories.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, a value is infinite or outside the likelihood's range or a weight negative (column, row and slot are named), or the loss became
    /// NaN.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> was cancelled.</exception>
    public VaeTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = TrainingColumns.Find(input.Schema, _options, nameof(input));
        using IChannel channel = _host.Start("Training");
        using DisposeScope scope = NewDisposeScope();
        LearnedLayout learned = LayoutLearner.Learn(input, columns, message => channel.Warning(MessageSensitivity.Schema, message), CheckAlive);
        TrainingRows rows = TrainingRows.Read(input, columns, learned, CheckAlive);

        IReadOnlyList<OutputColumn> outputs = OutputColumn.Of(_options);
        bool expectsHoles = learned.MissingValues > 0 || outputs.Any(output => output.Output == VaeOutput.Imputed);
        double maskingRate = _options.MaskingRate ?? (expectsHoles && learned.MissingValues == 0 ? Defaults.MaskingRate : 0);
        RowLayout layout = learned.Layout;
        var architecture = new VaeArchitecture(layout.Parts, expectsHoles || maskingRate > 0, layout.Label?.Width ?? 0, _options.LatentDimension, _options.HiddenLayerSizes);
        var model = new FittedVae(new VariationalAutoencoder(architecture), layout, new ImputationSettings(_options.Imputation, _options.ImputationDraws, _options.NumberOfImputations), _seed);
        try
        {
            using var generator = new Generator((ulong)_seed);
            model.Network.Initialise(generator, rows.Mean(architecture));
            using InputMasking? masking = maskingRate > 0 ? new InputMasking(architecture, maskingRate, _seed) : null;
            Trainer.Train(model.Network, rows, masking, generator, _options, channel, CheckAlive);
            return new VaeTransformer(outputs, model);
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
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of a type that does not fit.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        SchemaShape.Column[] inputs = [.. _options.InputColumns.Select(column => ColumnTypes.Input(inputSchema, column, _options, nameof(inputSchema)))];
        if (_options.LabelColumnName is { } label)
        {
            ColumnTypes.Label(inputSchema, label, nameof(inputSchema));
        }
        if (_options.ExampleWeightColumnName is { } weight)
        {
            ColumnTypes.Weight(inputSchema, weight, nameof(inputSchema));
        }
        Dictionary<string, SchemaShape.Column> columns = inputSchema.ToDictionary(column => column.Name, StringComparer.Ordinal);
        foreach (OutputColumn output in OutputColumn.Of(_options))
        {
            columns[output.Name] = output.ShapeFor(inputs);
        }
        return new SchemaShape(columns.Values);
    }

    private void CheckAlive()
    {
        _options.CancellationToken.ThrowIfCancellationRequested();
        MLNetInternals.CheckAlive(_host);
    }
}
