using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>Maximises the objective by mini-batches and Adam (Kingma and Welling, 2014, algorithm 1; Kingma and Ba, 2015). Everything random in an epoch comes from the seed and the epoch's number.</summary>
internal sealed class Trainer : IDisposable
{
    // Weights of a network in training are drawn from the seed itself.
    private const ulong UseOfEpochs = 1;
    private const ulong UseOfCorruption = 2;
    private const ulong UseOfValidation = 3;

    private readonly VariationalAutoencoder _network;
    private readonly TrainingRows _rows;
    private readonly TrainingRows? _validation;
    private readonly InputCorruption? _corruption;
    private readonly VaeEstimator.Options _options;
    private readonly int _seed;
    private readonly IChannel _channel;
    private readonly Action _checkAlive;
    private readonly Objective _objective;
    private readonly LearningRate _rate;
    private readonly optim.Optimizer _optimizer;
    private readonly WeightSnapshot? _best;
    private readonly List<VaeProgress> _history = [];

    /// <param name="network">Initialised; trained in place.</param>
    /// <param name="rows">The training rows, on the network's device.</param>
    /// <param name="validation">Rows that are only looked at, on the network's device; null for none.</param>
    /// <param name="corruption">Changes what the encoder sees; null for nothing. Disposed by its owner.</param>
    /// <param name="options">Epochs, batch size, learning rate, and so on.</param>
    /// <param name="seed">Of the order of rows and all noise.</param>
    /// <param name="channel">Gets one line per epoch, and warnings.</param>
    /// <param name="checkAlive">Throws when training is to stop; called before every step.</param>
    public Trainer(
        VariationalAutoencoder network, TrainingRows rows, TrainingRows? validation, InputCorruption? corruption, VaeEstimator.Options options, int seed, IChannel channel, Action checkAlive)
    {
        (_network, _rows, _validation, _corruption, _options, _seed, _channel, _checkAlive) = (network, rows, validation, corruption, options, seed, channel, checkAlive);
        _objective = options.Objective.Create();
        _rate = new LearningRate(options);
        _optimizer = optim.Adam(network.parameters(), options.LearningRate);
        _best = options.EarlyStoppingPatience is null ? null : new WeightSnapshot(network);
    }

    /// <summary>Trains from where the checkpoint is, or from the start, to the end.</summary>
    /// <param name="checkpoint">Keeps the state; null for none.</param>
    /// <returns>One entry per epoch.</returns>
    /// <exception cref="InvalidOperationException">The loss or a weight is no longer finite.</exception>
    public IReadOnlyList<VaeProgress> Train(Checkpoint? checkpoint)
    {
        if (checkpoint?.Restore(_network, (Adam)_optimizer, _best) is { } past)
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
                checkpoint.Save(_network, (Adam)_optimizer, _best, _history);
            }
            Report(epoch);
        }
        Finish();
        return _history;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _best?.Dispose();
    }

    private VaeProgress TrainEpoch(int epoch)
    {
        using DisposeScope epochScope = NewDisposeScope();
        using Generator generator = GeneratorOf(UseOfEpochs, epoch);
        using Generator corruptionGenerator = GeneratorOf(UseOfCorruption, epoch);
        _network.train();
        _network.DrawFrom(generator);
        var clock = Stopwatch.StartNew();
        var sums = new EpochSums(_network);
        long count = _rows.Count;
        Tensor order = OnDevice.Of(randperm(count, generator: generator), _network.Device);
        for (long first = 0; first < count; first += _options.BatchSize)
        {
            _checkAlive();
            using DisposeScope stepScope = NewDisposeScope();
            long size = Math.Min(_options.BatchSize, count - first);
            Tensor chosen = order.narrow(0, first, size);
            RowTensors batch = _rows.Select(chosen);
            RowTensors seen = _corruption?.Corrupt(batch, corruptionGenerator) ?? batch;
            double done = epoch - 1 + (double)first / count;
            _network.Settle();
            ObjectiveTerms terms = _objective.Evaluate(_network, seen, batch, new TrainingMoment(done, _options.NumberOfEpochs, count, generator));
            Step(LossOf(terms.Loss, chosen), epoch - 1 + (first + size / 2.0) / count);
            double loss = sums.Add(_rows.Weighted(terms.Loss, chosen), _rows.Weighted(terms.Reconstruction, chosen), _rows.Weighted(terms.Kl, chosen), terms.Mean);
            if (!double.IsFinite(loss))
            {
                throw Diverged($"in epoch {epoch}, at row {first} of {count}, the loss became {loss}");
            }
        }
        double seconds = clock.Elapsed.TotalSeconds;
        _network.DrawFrom(null);
        return new VaeProgress(
            epoch, _options.NumberOfEpochs, sums.Reconstruction / count + _rows.LogSlope, sums.Kl / count, sums.Loss / count, sums.ActiveUnits(), Validate(), _rate.At(epoch, _history),
            count / seconds);
    }

    private Tensor LossOf(Tensor losses, Tensor rows)
    {
        int trimmed = (int)Math.Round(_options.TrimmingRate * losses.shape[0]);
        Tensor weighted = _rows.Weighted(losses, rows);
        return (trimmed == 0 ? weighted : weighted.index_select(0, losses.topk((int)losses.shape[0] - trimmed, largest: false).indexes)).mean();
    }

    // The step size is that of the step's middle, so that neither the first of a warm-up nor the last of a cosine is 0.
    private void Step(Tensor loss, double epoch)
    {
        _optimizer.zero_grad();
        loss.backward();
        if (_options.GradientClipping is { } norm)
        {
            nn.utils.clip_grad_norm_(_network.parameters().Where(parameter => parameter.requires_grad), norm);
        }
        double rate = _rate.At(epoch, _history);
        foreach (optim.ILearningRateController group in _optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }
        if (_options.WeightDecay > 0)
        {
            using IDisposable noGradient = no_grad();
            foreach (Parameter weight in _network.DecayedWeights)
            {
                weight.mul_(1 - rate * _options.WeightDecay);
            }
        }
        _optimizer.step();
    }

    // The same noise every time, so that epochs can be compared.
    private double? Validate()
    {
        if (_validation is null)
        {
            return null;
        }
        using IDisposable noGradient = no_grad();
        using Generator generator = GeneratorOf(UseOfValidation, 0);
        using DisposeScope scope = NewDisposeScope();
        _network.eval();
        _network.Settle();
        double sum = 0;
        for (long first = 0; first < _validation.Count; first += _options.BatchSize)
        {
            _checkAlive();
            using DisposeScope stepScope = NewDisposeScope();
            Tensor chosen = arange(first, Math.Min(first + _options.BatchSize, _validation.Count), device: _network.Device);
            RowTensors batch = _validation.Select(chosen);
            Tensor noise = OnDevice.Of(randn(batch.Count, _network.Architecture.LatentDimension, generator: generator), _network.Device);
            sum += _validation.Weighted(ElboTerms.Of(_network, _network.Encode(batch), batch, noise).Elbo, chosen).sum().item<float>();
        }
        return sum / _validation.Count + _validation.LogSlope;
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
        RequireFiniteWeights();
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

    // The last step's update has been seen by no loss.
    private void RequireFiniteWeights()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Parameter parameter) in _network.named_parameters())
        {
            if (!parameter.isfinite().all().item<bool>())
            {
                throw Diverged($"after the last step, weight '{name}' is not finite");
            }
        }
    }

    private Generator GeneratorOf(ulong use, int epoch) => new(RowNoise.Derived(RowNoise.Derived((ulong)_seed, use), (ulong)epoch), OnDevice.Cpu);

    private InvalidOperationException Diverged(string what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Training diverged: {what}. Lower the learning rate (now {_options.LearningRate}), set {nameof(VaeEstimator.Options.GradientClipping)} (now {_options.GradientClipping?.ToString(CultureInfo.InvariantCulture) ?? "none"}), or bring extreme values of '{string.Join("', '", _options.InputColumns.Select(column => column.Name))}' into a common range first (e.g. NormalizeMinMax)."));

    /// <summary>What an epoch has seen so far.</summary>
    private sealed class EpochSums(VariationalAutoencoder network)
    {
        private readonly Tensor _means = zeros(network.Architecture.LatentDimension, device: network.Device);
        private readonly Tensor _squares = zeros(network.Architecture.LatentDimension, device: network.Device);
        private long _rows;

        public double Loss { get; private set; }

        public double Reconstruction { get; private set; }

        public double Kl { get; private set; }

        /// <returns>The loss of these rows.</returns>
        public double Add(Tensor loss, Tensor reconstruction, Tensor kl, Tensor mean)
        {
            using IDisposable noGradient = no_grad();
            double batchLoss = loss.sum().item<float>();
            Loss += batchLoss;
            Reconstruction += reconstruction.sum().item<float>();
            Kl += kl.sum().item<float>();
            _means.add_(mean.sum(dim: 0));
            _squares.add_(mean.square().sum(dim: 0));
            _rows += mean.shape[0];
            return batchLoss;
        }

        // Var over the rows of E[z_d|x]
        public int ActiveUnits() => (int)(_squares / _rows - (_means / _rows).square() > VaeMetrics.SmallestActiveVariance).sum().item<long>();
    }
}
