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
/// <item><term>Looks at the data</term><description>Yes, twice: one pass learns scalings and categories, one reads all rows into memory, where training works; rows that do not fit are read in each epoch
/// (<see cref="Options.CacheRows"/>)</description></item>
/// <item><term>Needs normalised input</term><description>No for <see cref="VaeLikelihood.Gaussian"/> (scaled inside); values in [0, 1] for <see cref="VaeLikelihood.Bernoulli"/></description></item>
/// <item><term>Computes on</term><description>A CUDA device if there is one, else the CPU; a trained model on the CPU</description></item>
/// <item><term>Needed package besides Vae.MLNet</term><description>A TorchSharp runtime, such as TorchSharp-cpu</description></item>
/// </list>
/// </remarks>
public sealed partial class VaeEstimator : IEstimator<VaeTransformer>
{
    // Rows that learned inputs of a prior can start as.
    private const int MostStartRows = 100_000;

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

    /// <summary>Trains on all rows of <paramref name="input"/>, but those held out by <see cref="Options.ValidationFraction"/>.</summary>
    /// <param name="input">At least one row, with the columns that <see cref="Options"/> names. It is read at least twice and is to give the same rows each time.</param>
    /// <returns>The trained model, which owns native memory: dispose it, or the chain it is in, when done.</returns>
    /// <exception cref="ArgumentException">Settings contradict each other or the rows' shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of a type that does not fit, or has too many categories.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, a value is infinite or outside the likelihood's range or a weight negative (column, row and slot are named), the checkpoint folder
    /// cannot be used, CUDA is asked for and absent, or the loss became NaN.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> was cancelled.</exception>
    /// <exception cref="InsufficientMemoryException">There is not enough memory for a batch, the networks or the rows; it says which setting needs less.</exception>
    /// <exception cref="IOException">A checkpoint cannot be written; the last one is as it was.</exception>
    public VaeTransformer Fit(IDataView input) => Fit(input, null, null);

    /// <summary>Trains on, from the weights of a model: with its scalings and categories, and with settings that make the same networks.</summary>
    /// <param name="input">As for <see cref="Fit(IDataView)"/>; other rows than those of the model, if you like.</param>
    /// <param name="previousModel">Stays as it is.</param>
    /// <returns>A new model.</returns>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public VaeTransformer Fit(IDataView input, VaeTransformer previousModel)
    {
        ArgumentNullException.ThrowIfNull(previousModel);
        return Fit(input, null, previousModel);
    }

    /// <summary>Trains, and judges every epoch by other rows (<see cref="Options.EarlyStoppingPatience"/>).</summary>
    /// <param name="input">As for <see cref="Fit(IDataView)"/>.</param>
    /// <param name="validationData">At least one row with the same columns; nothing is learned from it.</param>
    /// <param name="previousModel">A model to start from; null for none.</param>
    /// <returns>The trained model.</returns>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public VaeTransformer Fit(IDataView input, IDataView? validationData, VaeTransformer? previousModel = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        RequireOneValidation(validationData is not null);
        var columns = TrainingColumns.Find(input.Schema, _options, nameof(input));
        TrainingColumns? validationColumns = validationData is null ? null : TrainingColumns.Find(validationData.Schema, _options, nameof(validationData));
        if (previousModel is not null)
        {
            columns.RequireSame(previousModel.Model.Layout, _options);
        }
        Device device = TrainingDevice.Choose(_options.Device, out string? fallback);
        Checkpoint? checkpoint = _options.CheckpointFolder is { } folder ? Checkpoint.Open(folder) : null;
        using IChannel channel = _host.Start("Training");
        if (fallback is not null)
        {
            channel.Info(MessageSensitivity.None, fallback);
        }
        using DisposeScope scope = NewDisposeScope();
        LearnedLayout learned = previousModel is null
            ? LayoutLearner.Learn(input, columns, message => channel.Warning(MessageSensitivity.Schema, message), CheckAlive)
            : LayoutLearner.Recall(input, columns, previousModel.Model.Layout, CheckAlive);
        IReadOnlyList<OutputColumn> outputs = OutputColumn.Of(_options);
        bool expectsHoles = learned.MissingValues > 0 || outputs.Any(output => output.Output == VaeOutput.Imputed);
        double maskingRate = _options.MaskingRate ?? (expectsHoles && learned.MissingValues == 0 ? Defaults.MaskingRate : 0);
        bool seesMissing = expectsHoles || maskingRate > 0 || previousModel is { Model.Architecture.SeesMissing: true };
        RowLayout layout = learned.Layout;
        var architecture = new VaeArchitecture(
            layout.Parts, seesMissing, layout.Label?.Width ?? 0, _options.LatentDimension, _options.Objective.IsDeterministic, _options.Network, _options.Prior);
        architecture.Network.ValidateFor(architecture.ShapeOn(device));
        previousModel?.Model.Architecture.RequireSame(architecture);

        var reader = new TrainingDataReader(architecture, device, _options.CacheRows, message => channel.Info(MessageSensitivity.None, message), CheckAlive);
        var source = new RowSource(input, columns, learned);
        ITrainingData? validation = validationData is null ? null : reader.Read(ValidationSource(validationData, validationColumns!, layout, seesMissing));
        using var generator = new Generator((ulong)_seed, OnDevice.Cpu);
        ITrainingData rows;
        if (_options.ValidationFraction is { } fraction)
        {
            (rows, validation) = reader.Split(source, fraction, _seed, generator);
        }
        else
        {
            rows = reader.Read(source);
        }
        VariationalAutoencoder? network = null;
        try
        {
            network = new VariationalAutoencoder(architecture, device);
            if (previousModel is null)
            {
                network.Initialise(generator, rows.Mean(architecture), () => rows.Some(MostStartRows));
            }
            else
            {
                using SharedMemory.Lease lease = previousModel.Model.Use();
                network.CopyFrom(previousModel.Model.Network);
            }
            checkpoint?.Require(
                TrainingSettings.Of(_options, _seed, maskingRate, Division.Of(network, _options), rows is CachedRows, $"{rows.Fingerprint()}{validation?.Fingerprint()}", network.Fingerprint()));
            using var corruption = maskingRate > 0 || _options.InputNoise > 0 ? new InputCorruption(architecture, maskingRate, _options.InputNoise, device) : null;
            using var trainer = new Trainer(network, rows, validation, corruption, _options, _seed, channel, CheckAlive);
            IReadOnlyList<VaeProgress> history = trainer.Train(checkpoint);
            return Finished(network, layout, outputs, [.. history], new TrainedRows(input, columns));
        }
        catch (Exception error)
        {
            network?.Dispose();
            if (MemoryShortage.Is(error))
            {
                throw MemoryShortage.For(
                    $"the networks and what training keeps of each weight",
                    $"lower the sizes in {nameof(Options.Network)}, {nameof(Options.LatentDimension)} (now {_options.LatentDimension}), or the number of inputs (now {layout.Width})",
                    error);
            }
            throw;
        }
    }

    /// <summary>Says which columns <see cref="Fit(IDataView)"/>'s transformer will add, without any data.</summary>
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

    private void RequireOneValidation(bool hasData)
    {
        if (hasData && _options.ValidationFraction is not null)
        {
            throw new ArgumentException($"Both {nameof(Options.ValidationFraction)} and validation rows are given: one of them is wanted.");
        }
        if (!hasData && _options is { ValidationFraction: null, EarlyStoppingPatience: not null })
        {
            throw new ArgumentException($"{nameof(Options.EarlyStoppingPatience)} wants validation rows: set {nameof(Options.ValidationFraction)}, or give Fit a second view of rows.");
        }
    }

    private RowSource ValidationSource(IDataView input, TrainingColumns columns, RowLayout layout, bool allowsHoles)
    {
        LearnedLayout recalled = LayoutLearner.Recall(input, columns, layout, CheckAlive);
        return recalled.MissingValues == 0 || allowsHoles
            ? new RowSource(input, columns, recalled)
            : throw new InvalidOperationException(
                $"The validation rows have missing values, and the training rows have none: set {nameof(Options.MaskingRate)} above 0, or leave out validation rows with holes.");
    }

    // Owns the network from here on.
    private VaeTransformer Finished(VariationalAutoencoder trained, RowLayout layout, IReadOnlyList<OutputColumn> outputs, IReadOnlyList<VaeProgress> history, IDataView input)
    {
        VariationalAutoencoder network = trained;
        if (trained.Device.type != OnDevice.Cpu.type)
        {
            network = new VariationalAutoencoder(trained.Architecture, OnDevice.Cpu);
            network.CopyFrom(trained);
            network.eval();
            using IDisposable noGradient = no_grad();
            network.Settle();
            trained.Dispose();
        }
        var imputation = new ImputationSettings(_options.Imputation, _options.ImputationDraws, _options.NumberOfImputations);
        var model = new FittedVae(network, layout, imputation, _options.ScoreDraws, _seed);
        if (_options.PredictedLabelColumnName is not null)
        {
            try
            {
                model.ScoreThreshold = ScoreThreshold.Of(model, input, _options.Contamination, CheckAlive);
            }
            catch
            {
                model.Dispose();
                throw;
            }
        }
        return new VaeTransformer(outputs, model, history);
    }

    private void CheckAlive()
    {
        _options.CancellationToken.ThrowIfCancellationRequested();
        MLNetInternals.CheckAlive(_host);
    }
}
