using TorchSharp;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Training;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Flows;

/// <summary>Maximises the log density of the aggregate posterior's draws, new ones in every epoch, by mini-batches and Adam.</summary>
internal static class FlowTraining
{
    // Of an epoch's noise; weights are drawn from the seed itself.
    private const ulong UseOfEpochs = 1;
    private const double LargestGradient = 5;

    /// <exception cref="InvalidOperationException">The loss is no longer finite.</exception>
    public static MaskedAutoregressiveFlow Train(FlowShape shape, LatentPosteriors posteriors, FlowSampler.Options options, int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        var flow = new MaskedAutoregressiveFlow(shape);
        try
        {
            int count = posteriors.Count;
            Tensor means = tensor(posteriors.Means, dtype: ScalarType.Float32, device: OnDevice.Cpu).view(count, shape.Dimension);
            Tensor? deviations = posteriors.Deviations is { } spread
                ? tensor(spread, dtype: ScalarType.Float32, device: OnDevice.Cpu).view(count, shape.Dimension)
                : null;
            Tensor? identity = posteriors.Labels is null ? null : eye(shape.Labels, dtype: ScalarType.Float32, device: OnDevice.Cpu);
            Tensor? labels = posteriors.Labels is { } categories
                ? tensor(Array.ConvertAll(categories, category => (long)category), dtype: ScalarType.Int64, device: OnDevice.Cpu)
                : null;
            using (var generator = new Generator((ulong)seed, OnDevice.Cpu))
            {
                flow.Initialise(Drawn(means, deviations, generator), generator);
            }
            using var adam = new Adam(flow.named_parameters(), decayed: []);
            Tensor[] learned = [.. flow.parameters().Where(parameter => parameter.requires_grad)];
            Tensor one = ones([], dtype: ScalarType.Float32, device: OnDevice.Cpu);
            long batches = (count + options.BatchSize - 1L) / options.BatchSize;
            for (int epoch = 0; epoch < options.NumberOfEpochs; epoch++)
            {
                using DisposeScope epochScope = NewDisposeScope();
                using var generator = new Generator(RowNoise.Derived(RowNoise.Derived((ulong)seed, UseOfEpochs), (ulong)epoch), OnDevice.Cpu);
                Tensor order = randperm(count, dtype: ScalarType.Int64, device: OnDevice.Cpu, generator: generator);
                for (long batch = 0; batch < batches; batch++)
                {
                    options.CancellationToken.ThrowIfCancellationRequested();
                    using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
                    using DisposeScope stepScope = NewDisposeScope();
                    // Cosine, at the step's middle (Loshchilov and Hutter, 2017)
                    double done = (epoch + (batch + 0.5) / batches) / options.NumberOfEpochs;
                    double rate = options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * done));
                    long first = batch * options.BatchSize;
                    Tensor rows = order.narrow(0, first, Math.Min(options.BatchSize, count - first));
                    Tensor latents = Drawn(means.index_select(0, rows), deviations?.index_select(0, rows), generator);
                    Tensor loss = -flow.LogDensity(latents, labels is null ? null : identity!.index_select(0, labels.index_select(0, rows))).mean();
                    if (!double.IsFinite(loss.item<float>()))
                    {
                        throw new InvalidOperationException(FormattableString.Invariant($"Training of the flow diverged: in epoch {epoch + 1} the loss became {loss.item<float>()}. Lower the learning rate (now {options.LearningRate})."));
                    }
                    IReadOnlyList<ParameterGradient>[] gradients = [[.. Autograd.Of([loss], [one], learned).Select(ParameterGradient.Of)]];
                    double scale = Math.Min(1, LargestGradient / (Math.Sqrt(adam.SquaredNorm(gradients, 0)) + 1e-6));
                    adam.Update(gradients, 0, epoch * batches + batch + 1, rate, scale, weightDecay: 0);
                }
            }
            // The last step's update has been seen by no loss.
            if (flow.parameters().Any(parameter => !parameter.isfinite().all().item<bool>()))
            {
                throw new InvalidOperationException(FormattableString.Invariant($"Training of the flow diverged: after the last step a weight is not finite. Lower the learning rate (now {options.LearningRate})."));
            }
            flow.eval();
            return flow;
        }
        catch
        {
            flow.Dispose();
            throw;
        }
    }

    private static Tensor Drawn(Tensor means, Tensor? deviations, Generator generator) => deviations is null
        ? means
        : means.Plus(deviations * randn(means.shape, dtype: ScalarType.Float32, device: OnDevice.Cpu, generator: generator));
}
