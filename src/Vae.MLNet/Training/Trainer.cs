using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>
/// Maximises the objective by mini-batches and Adam (Kingma and Welling, 2014, algorithm 1; Kingma and Ba, 2015). The members of a team compute the gradient of a part of each batch, and update a part
/// of the weights by the sum. Everything random in an epoch comes from the seed, the epoch's number and the member.
/// </summary>
internal sealed class Trainer : IDisposable
{
    // Weights of a network in training are drawn from the seed itself.
    private const ulong UseOfEpochs = 1;
    private const ulong UseOfCorruption = 2;
    private const ulong UseOfValidation = 3;
    private const ulong UseOfPrior = 4;
    private const ulong UseOfOrder = 5;

    private readonly VariationalAutoencoder _network;
    private readonly ITrainingData _rows;
    private readonly ITrainingData? _validation;
    private readonly VaeEstimator.Options _options;
    private readonly int _seed;
    private readonly IChannel _channel;
    private readonly Action _checkAlive;
    private readonly LearningRate _rate;
    private readonly Adam _adam;
    private readonly ThreadTeam _team;
    private readonly List<TrainingMember> _members = [];
    private readonly WeightSnapshot? _best;
    private readonly List<VaeProgress> _history = [];

    /// <param name="network">Initialised; trained in place.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="validation">Rows that are only looked at; null for none.</param>
    /// <param name="corruption">Changes what the encoder sees; null for nothing. Disposed by its owner.</param>
    /// <param name="options">Epochs, batch size, learning rate, and so on.</param>
    /// <param name="seed">Of the order of rows and all noise.</param>
    /// <param name="channel">Gets one line per epoch, and warnings.</param>
    /// <param name="checkAlive">Throws when training is to stop; called before every step.</param>
    public Trainer(
        VariationalAutoencoder network, ITrainingData rows, ITrainingData? validation, InputCorruption? corruption, VaeEstimator.Options options, int seed, IChannel channel, Action checkAlive)
    {
        (_network, _rows, _validation, _options, _seed, _channel, _checkAlive) = (network, rows, validation, options, seed, channel, checkAlive);
        _rate = new LearningRate(options);
        var division = Division.Of(network, options);
        _team = new ThreadTeam(division.Members, division.ThreadsOfEach);
        try
        {
            while (_members.Count < division.Members)
            {
                _members.Add(new TrainingMember(_members.Count == 0 ? network : network.Twin(), corruption, options));
            }
            _best = options.EarlyStoppingPatience is null ? null : new WeightSnapshot(network);
            _adam = new Adam(network);
        }
        catch
        {
            // There is not enough memory.
            Dispose();
            throw;
        }
    }

    /// <summary>Trains from where the checkpoint is, or from the start, to the end.</summary>
    /// <param name="checkpoint">Keeps the state; null for none.</param>
    /// <returns>One entry per epoch.</returns>
    /// <exception cref="InvalidOperationException">The loss or a weight is no longer finite.</exception>
    public IReadOnlyList<VaeProgress> Train(Checkpoint? checkpoint)
    {
        if (checkpoint?.Restore(_network, _adam, _best) is { } past)
        {
            _history.AddRange(past);
            _channel.Info(MessageSensitivity.None, $"Training goes on after epoch {_history.Count} of {_options.NumberOfEpochs}, from the checkpoint.");
        }
        while (_history.Count < _options.NumberOfEpochs && !ShouldStop())
        {
            VaeProgress epoch = TrainEpoch(_history.Count + 1);
            _history.Add(epoch);
            if (_best is not null && BestEpoch() == epoch.Epoch)
            {
                _best.Take(_network);
            }
            if (checkpoint is not null && (epoch.Epoch % _options.CheckpointInterval == 0 || epoch.Epoch == _options.NumberOfEpochs || ShouldStop()))
            {
                checkpoint.Save(_network, _adam, _best, _history);
            }
            Report(epoch);
        }
        Finish();
        return _history;
    }

    public void Dispose()
    {
        _team.Dispose();
        foreach (TrainingMember member in _members)
        {
            member.Dispose();
            if (member.Network != _network)
            {
                member.Network.Dispose();
            }
        }
        _adam?.Dispose();
        _best?.Dispose();
    }

    private VaeProgress TrainEpoch(int epoch)
    {
        var clock = Stopwatch.StartNew();
        long count = _rows.Count;
        long steps = _adam.Steps;
        double[] squaredNorms = new double[_team.Size];
        using var order = new Generator(KeyOf(UseOfOrder, epoch), OnDevice.Cpu);

        void Learn(int member, TrainingBatch batch)
        {
            ulong Key(ulong use) => RowNoise.Derived(KeyOf(use, epoch), (ulong)batch.First);

            var keys = new StepKeys(Key(UseOfEpochs), Key(UseOfPrior), Key(UseOfCorruption));
            _members[member].Learn(batch.Part(member, _team.Size), epoch - 1 + (double)batch.First / count, count, keys);
        }

        void Measure(int member, TrainingBatch batch) => squaredNorms[member] = _adam.SquaredNorm(Gradients(), member);

        void Update(int member, TrainingBatch batch)
        {
            double loss = _members.Sum(each => each.Sums.LastLoss);
            if (!double.IsFinite(loss))
            {
                throw Diverged(FormattableString.Invariant($"in epoch {epoch}, at row {batch.First} of {count}, the loss became {loss}"));
            }
            double scale = _options.GradientClipping is { } longest ? Math.Min(1, longest / (Math.Sqrt(squaredNorms.Sum()) + 1e-6)) : 1;
            // The step size is that of the step's middle, so that neither the first of a warm-up nor the last of a cosine is 0.
            double rate = _rate.At(epoch - 1 + (batch.First + batch.Count / 2.0) / count, _history);
            _adam.Update(Gradients(), member, steps + batch.First / _options.BatchSize + 1, rate, scale, _options.WeightDecay);
        }

        _team.Run(member => _members[member].BeginEpoch());
        ForEachBatch(_rows.Batches(_options.BatchSize, order), [Learn, .. _options.GradientClipping is null ? Array.Empty<Action<int, TrainingBatch>>() : [Measure], Update]);
        _adam.Steps += (count + _options.BatchSize - 1) / _options.BatchSize;
        var sums = new EpochSums(_network.Architecture.LatentDimension);
        foreach (TrainingMember member in _members)
        {
            member.EndEpoch();
            sums.Add(member.Sums);
        }
        // Before these weights are kept, as the best or in a checkpoint: the last step's update has been seen by no loss.
        RequireFiniteWeights($"after epoch {epoch}");
        double seconds = clock.Elapsed.TotalSeconds;
        return new VaeProgress(
            epoch, _options.NumberOfEpochs, sums.Reconstruction / count + _rows.LogSlope, sums.Kl / count, sums.Loss / count, sums.ActiveUnits(), Validate(), _rate.At(epoch, _history),
            count / seconds);
    }

    private IReadOnlyList<ParameterGradient>[] Gradients() => [.. _members.Select(member => member.Gradients)];

    // The same noise every time, so that epochs can be compared.
    private double? Validate()
    {
        if (_validation is null)
        {
            return null;
        }
        double[] sums = new double[_team.Size];
        ulong key = KeyOf(UseOfValidation, 0);

        void Judge(int member, TrainingBatch batch) =>
            sums[member] += _members[member].Judge(batch.Part(member, _team.Size), RowNoise.Derived(key, (ulong)batch.First));

        _team.Run(member => _members[member].BeginValidation());
        ForEachBatch(_validation.Batches(_options.BatchSize, order: null), [Judge]);
        return sums.Sum() / _validation.Count + _validation.LogSlope;
    }

    // All members do each of the phases on each batch, one phase after the other. What one member writes and others read is ordered by the
    // meetings of the team:
    // - the announced batch: written by the first member before the meeting that begins a step, read by all after it;
    // - the source and its batch's rows: only the first member asks for the next batch, before that meeting; all read rows in the first
    //   phase only, and meet after it, so that the source never goes on while somebody reads;
    // - what a phase leaves behind (gradients, sums, norms, weights): read in a later phase only, and a meeting lies between any two.
    private void ForEachBatch(IEnumerable<TrainingBatch> batches, Action<int, TrainingBatch>[] phases)
    {
        using IEnumerator<TrainingBatch> all = batches.GetEnumerator();
        TrainingBatch? next = null;
        _team.Run(member =>
        {
            // One for all, taken by the first: members that wait for each other must not wait for cores.
            ComputeThreads.Lease cores = default;
            DisposeScope? step = null;
            try
            {
                while (true)
                {
                    if (member == 0)
                    {
                        cores.Dispose();
                        cores = default;
                        _checkAlive();
                        next = all.MoveNext() ? all.Current : null;
                        cores = ComputeThreads.Reserve(_team.Size * _team.ComputeThreads);
                    }
                    _team.Meet();
                    // Nobody reads this member's gradients any more.
                    step?.Dispose();
                    step = null;
                    if (next is not { } batch)
                    {
                        return;
                    }
                    step = NewDisposeScope();
                    for (int phase = 0; phase < phases.Length; phase++)
                    {
                        Do(phases[phase], member, batch);
                        // The next step's first meeting is that after the last phase, unless the last one is also the one that reads rows.
                        if (phase == 0 || phase + 1 < phases.Length)
                        {
                            _team.Meet();
                        }
                    }
                }
            }
            finally
            {
                cores.Dispose();
                step?.Dispose();
            }
        });
    }

    private void Do(Action<int, TrainingBatch> phase, int member, TrainingBatch batch)
    {
        try
        {
            phase(member, batch);
        }
        catch (Exception error) when (MemoryShortage.Is(error))
        {
            throw MemoryShortage.For(
                $"a batch of {batch.Count} rows of {_network.Architecture.ShapeOn(_network.Device).EncoderInputs} numbers",
                $"lower {nameof(VaeEstimator.Options.BatchSize)} (now {_options.BatchSize}), or the sizes in {nameof(VaeEstimator.Options.Network)}",
                error);
        }
    }

    private int BestEpoch() => _history.MaxBy(epoch => epoch.ValidationElbo)?.Epoch ?? 0;

    private bool ShouldStop() => _options.EarlyStoppingPatience is { } patience && _history.Count - BestEpoch() >= patience;

    private void Report(VaeProgress epoch)
    {
        string validation = epoch.ValidationElbo is { } elbo ? string.Create(CultureInfo.InvariantCulture, $", validation ELBO {elbo:F3}") : "";
        _channel.Info(MessageSensitivity.None, string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {epoch.Epoch}/{epoch.NumberOfEpochs}: ELBO {epoch.Elbo:F3} nats per row (reconstruction {epoch.Reconstruction:F3}, KL {epoch.Kl:F3}){validation}, {epoch.ActiveUnits} active units, {epoch.RowsPerSecond:F0} rows/s"));
        if (epoch.ValidationElbo is { } judged && !double.IsFinite(judged) && !_history.SkipLast(1).Any(past => past.ValidationElbo is { } other && !double.IsFinite(other)))
        {
            _channel.Warning(MessageSensitivity.None, string.Create(
                CultureInfo.InvariantCulture,
                $"The ELBO of the validation rows is {judged} in epoch {epoch.Epoch}, which tells no epoch from another: some of them are far outside the range of the training rows. Leave those out, or set {nameof(VaeInputColumn.Scaling)} to {VaeScaling.Quantile}."));
        }
        _options.Progress?.Report(epoch);
    }

    private void Finish()
    {
        if (_best is not null)
        {
            _best.Restore(_network);
            _channel.Info(MessageSensitivity.None, $"The weights of epoch {BestEpoch()} are kept, the best on validation rows.");
        }
        _network.eval();
        RequireFiniteWeights("at the end");
        using (DisposeScope scope = NewDisposeScope())
        using (no_grad())
        {
            _network.Settle();
        }
        if (_history[^1].ActiveUnits == 0)
        {
            _channel.Warning(
                MessageSensitivity.None,
                $"Posterior collapse: none of the {_network.Architecture.LatentDimension} latent dimensions tells anything about the rows. Raise the KL divergence's weight slowly ({nameof(VaeObjective.Elbo.WarmUp)}), set "
                + $"{nameof(VaeObjective.Elbo.FreeBits)}, lower {nameof(VaeObjective.Elbo.Beta)}, or train longer; or the columns are independent noise.");
        }
    }

    private void RequireFiniteWeights(string when)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Parameter parameter) in _network.named_parameters())
        {
            if (!parameter.isfinite().all().item<bool>())
            {
                throw Diverged($"{when}, weight '{name}' is not finite");
            }
        }
    }

    private ulong KeyOf(ulong use, int epoch) => RowNoise.Derived(RowNoise.Derived((ulong)_seed, use), (ulong)epoch);

    private InvalidOperationException Diverged(string what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Training diverged: {what}. Lower the learning rate (now {_options.LearningRate}), set {nameof(VaeEstimator.Options.GradientClipping)} (now {_options.GradientClipping?.ToString(CultureInfo.InvariantCulture) ?? "none"}), or bring extreme values of '{string.Join("', '", _options.InputColumns.Select(column => column.Name))}' into a common range first (e.g. NormalizeMinMax)."));
}
