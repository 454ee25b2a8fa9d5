using TorchSharp.Modules;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>What one thread of a training has to itself: a network on the weights of all, its own draws, its part of each batch and of the gradient.</summary>
/// <param name="network">Shares its weights' memory with those of the others.</param>
/// <param name="corruption">Changes what the encoder sees; null for nothing. Shared.</param>
/// <param name="options">Of the training.</param>
internal sealed class TrainingMember(VariationalAutoencoder network, InputCorruption? corruption, VaeEstimator.Options options)
{
    private readonly Objective _objective = options.Objective.Create();
    private readonly Parameter[] _learned = [.. network.parameters().Where(parameter => parameter.requires_grad)];
    private KnownGradients? _known;

    public VariationalAutoencoder Network => network;

    /// <summary>Of the last <see cref="Learn"/>, in the order of the parameters that learn. None if there were no rows.</summary>
    public IReadOnlyList<ParameterGradient> Gradients { get; private set; } = [];

    /// <summary>Of the epoch so far.</summary>
    public EpochSums Sums { get; private set; } = new(0);

    /// <param name="generator">Of all draws but those of the corruption.</param>
    public void BeginEpoch(Generator generator)
    {
        Sums = new EpochSums(network.Architecture.LatentDimension);
        network.train();
        _known = network.Device.type == OnDevice.Cpu.type ? new KnownGradients(_learned) : null;
        network.Train(generator, _known);
    }

    public void EndEpoch() => network.Train(null, null);

    public void BeginValidation()
    {
        network.eval();
        using IDisposable noGradient = no_grad();
        network.Settle();
    }

    /// <summary>The loss of its part of a batch, and the gradient of that over the rows of the batch.</summary>
    /// <param name="rows">Its part; null for none.</param>
    /// <param name="batchRows">Rows of the batch.</param>
    /// <param name="moment">Where in training this is.</param>
    /// <param name="corruptionGenerator">Of its own, so that everything else is drawn as it is without corruption.</param>
    public void Learn(WeightedRows? rows, int batchRows, TrainingMoment moment, Generator corruptionGenerator)
    {
        if (rows is not { } part)
        {
            Gradients = [];
            Sums.AddNothing();
            return;
        }
        _known?.Clear();
        RowTensors seen = corruption?.Corrupt(part.Rows, corruptionGenerator) ?? part.Rows;
        network.Settle();
        ObjectiveTerms terms = _objective.Evaluate(network, seen, part.Rows, moment);
        Tensor losses = part.Weighted(terms.Loss);
        int trimmed = (int)Math.Round(options.TrimmingRate * batchRows);
        (Tensor loss, Tensor factors) = trimmed == 0
            ? (terms.Loss, part.Weighted(full(part.Rows.Count, 1f / batchRows, device: network.Device)))
            : (losses.index_select(0, terms.Loss.topk(batchRows - trimmed, largest: false).indexes).mean(), ones(1, device: network.Device).squeeze());
        Gradients = _known?.Of(loss, factors) ?? [.. autograd.grad([loss], _learned, [factors], allow_unused: true).Select(ParameterGradient.Of)];
        using IDisposable noGradient = no_grad();
        Sums.Add(losses, part.Weighted(terms.Reconstruction), part.Weighted(terms.Kl), terms.Mean);
    }

    /// <summary>The ELBO of its part, summed by weight.</summary>
    public double Judge(WeightedRows? rows, Generator generator)
    {
        if (rows is not { } part)
        {
            return 0;
        }
        using IDisposable noGradient = no_grad();
        Tensor noise = OnDevice.Of(randn(part.Rows.Count, network.Architecture.LatentDimension, generator: generator), network.Device);
        return part.Weighted(ElboTerms.Of(network, network.Encode(part.Rows), part.Rows, noise).Elbo).sum().item<float>();
    }
}

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
