using TorchSharp.Modules;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>What one thread of a training has to itself: a network on the weights of all, its noise, its part of each batch and of the gradient.</summary>
/// <param name="network">Shares its weights' memory with those of the others.</param>
/// <param name="corruption">Changes what the encoder sees; null for nothing. Shared.</param>
/// <param name="options">Of the training.</param>
internal sealed class TrainingMember(VariationalAutoencoder network, InputCorruption? corruption, VaeEstimator.Options options) : IDisposable
{
    private readonly Objective _objective = options.Objective.Create();
    private readonly Parameter[] _learned = [.. network.parameters().Where(parameter => parameter.requires_grad)];
    private readonly BatchNoise _noise = new();
    private readonly BatchNoise _corruptionNoise = new();
    private KnownGradients? _known;

    public VariationalAutoencoder Network => network;

    /// <summary>Of the last <see cref="Learn"/>, in the order of the parameters that learn. None if there were no rows.</summary>
    public IReadOnlyList<ParameterGradient> Gradients { get; private set; } = [];

    /// <summary>Of the epoch so far.</summary>
    public EpochSums Sums { get; private set; } = new(0);

    public void BeginEpoch()
    {
        Sums = new EpochSums(network.Architecture.LatentDimension);
        network.train();
        _known = network.Device.type == OnDevice.Cpu.type ? new KnownGradients(_learned) : null;
        network.Train(_noise, _known);
    }

    public void EndEpoch() => network.Train(null, null);

    public void BeginValidation()
    {
        network.eval();
        using IDisposable noGradient = no_grad();
        network.Settle();
    }

    /// <summary>Computes the loss of its part of a batch, and the gradient of that over the rows of the batch.</summary>
    /// <param name="member">Its part; null for none.</param>
    /// <param name="epoch">Finished epochs, with fractions.</param>
    /// <param name="rows">Training rows.</param>
    /// <param name="keys">Of the step's noise.</param>
    public void Learn(BatchPart? member, double epoch, long rows, StepKeys keys)
    {
        if (member is not { } part)
        {
            Gradients = [];
            Sums.AddNothing();
            return;
        }
        _known?.Clear();
        WeightedRows own = part.Rows;
        int batch = part.Batch.Count;
        _corruptionNoise.Begin(keys.Corruption, batch, part.First, own.Rows.Count);
        RowTensors seen = corruption?.Corrupt(own.Rows, _corruptionNoise) ?? own.Rows;
        _noise.Begin(keys.Prior);
        network.Settle();
        _noise.Begin(keys.Model, batch, part.First, own.Rows.Count);
        ObjectiveTerms terms = _objective.Evaluate(network, seen, own.Rows, new TrainingMoment(epoch, options.NumberOfEpochs, rows, _noise));
        Tensor losses = own.Weighted(terms.Loss);
        int trimmed = (int)Math.Round(options.TrimmingRate * batch);
        (Tensor loss, Tensor factors) = trimmed == 0
            ? (terms.Loss, own.Weighted(TensorArithmetic.Filled(1f / batch, network.Device, own.Rows.Count)))
            : (losses.index_select(0, terms.Loss.topk(batch - trimmed, largest: false).indexes).mean(),
                ones([], dtype: ScalarType.Float32, device: network.Device));
        Gradients = _known?.Of(loss, factors) ?? [.. Autograd.Of([loss], [factors], _learned).Select(ParameterGradient.Of)];
        using IDisposable noGradient = no_grad();
        Sums.Add(losses, own.Weighted(terms.Reconstruction), own.Weighted(terms.Kl), terms.Mean);
    }

    /// <summary>Computes the ELBO of its part, summed by weight.</summary>
    /// <param name="member">Its part; null for none.</param>
    /// <param name="key">Of the batch's noise.</param>
    public double Judge(BatchPart? member, ulong key)
    {
        if (member is not { } part)
        {
            return 0;
        }
        using IDisposable noGradient = no_grad();
        WeightedRows own = part.Rows;
        _noise.Begin(key, part.Batch.Count, part.First, own.Rows.Count);
        Tensor noise = _noise.Normal(network.Device, own.Rows.Count, network.Architecture.LatentDimension);
        return own.Weighted(ElboTerms.Of(network, network.Encode(own.Rows), own.Rows, noise).Elbo).sum().item<float>();
    }

    public void Dispose()
    {
        _noise.Dispose();
        _corruptionNoise.Dispose();
    }
}

/// <summary>What the random numbers of a step come from.</summary>
/// <param name="Model">The latents and the networks' dropout.</param>
/// <param name="Prior">The dropout of networks that a prior asks.</param>
/// <param name="Corruption">What the encoder does not see.</param>
internal readonly record struct StepKeys(ulong Model, ulong Prior, ulong Corruption);

/// <summary>What an epoch has seen so far.</summary>
internal sealed class EpochSums(int latentDimension)
{
    private readonly double[] _means = new double[latentDimension];
    private readonly double[] _squares = new double[latentDimension];
    private long _rows;

    public double Loss { get; private set; }

    public double Reconstruction { get; private set; }

    public double Kl { get; private set; }

    /// <summary>The loss that was added last.</summary>
    public double LastLoss { get; private set; }

    public void Add(Tensor loss, Tensor reconstruction, Tensor kl, Tensor mean)
    {
        LastLoss = SumOf(loss);
        Loss += LastLoss;
        Reconstruction += SumOf(reconstruction);
        Kl += SumOf(kl);
        ReadOnlySpan<float> means = OnDevice.Floats(mean);
        for (int i = 0; i < means.Length; i += _means.Length)
        {
            for (int d = 0; d < _means.Length; d++)
            {
                double value = means[i + d];
                _means[d] += value;
                _squares[d] += value * value;
            }
        }
        _rows += mean.shape[0];
    }

    public void AddNothing() => LastLoss = 0;

    public void Add(EpochSums other)
    {
        Loss += other.Loss;
        Reconstruction += other.Reconstruction;
        Kl += other.Kl;
        for (int d = 0; d < _means.Length; d++)
        {
            _means[d] += other._means[d];
            _squares[d] += other._squares[d];
        }
        _rows += other._rows;
    }

    // Var over the rows of E[z_d|x]
    public int ActiveUnits() => _means.Zip(_squares).Count(each => each.Second / _rows - Math.Pow(each.First / _rows, 2) > VaeMetrics.SmallestActiveVariance);

    private static double SumOf(Tensor values)
    {
        double sum = 0;
        foreach (float value in OnDevice.Floats(values))
        {
            sum += value;
        }
        return sum;
    }
}
