using TorchSharp;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Sampling.Latents;
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
            Tensor means = tensor(posteriors.Means).view(count, shape.Dimension);
            Tensor? deviations = posteriors.Deviations is { } spread ? tensor(spread).view(count, shape.Dimension) : null;
            Tensor? identity = posteriors.Labels is null ? null : eye(shape.Labels);
            Tensor? labels = posteriors.Labels is { } categories ? tensor(Array.ConvertAll(categories, category => (long)category)) : null;
            using (var generator = new Generator((ulong)seed, OnDevice.Cpu))
            {
                flow.Initialise(deviations is null ? means : means + deviations * randn(means.shape, generator: generator), generator);
            }
            using optim.Optimizer optimizer = optim.Adam(flow.parameters().Where(parameter => parameter.requires_grad), options.LearningRate);
            long batches = (count + options.BatchSize - 1L) / options.BatchSize;
            for (int epoch = 0; epoch < options.NumberOfEpochs; epoch++)
            {
                using DisposeScope epochScope = NewDisposeScope();
                using var generator = new Generator(RowNoise.Derived(RowNoise.Derived((ulong)seed, UseOfEpochs), (ulong)epoch), OnDevice.Cpu);
                Tensor order = randperm(count, generator: generator);
                for (long batch = 0; batch < batches; batch++)
                {
                    options.CancellationToken.ThrowIfCancellationRequested();
                    using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
                    using DisposeScope stepScope = NewDisposeScope();
                    // Cosine, at the step's middle (Loshchilov and Hutter, 2017)
                    double done = (epoch + (batch + 0.5) / batches) / options.NumberOfEpochs;
                    foreach (optim.ILearningRateController group in optimizer.ParamGroups)
                    {
                        group.LearningRate = options.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * done));
                    }
                    long first = batch * options.BatchSize;
                    Tensor rows = order.narrow(0, first, Math.Min(options.BatchSize, count - first));
                    Tensor latents = means.index_select(0, rows);
                    if (deviations is not null)
                    {
                        latents = latents + deviations.index_select(0, rows) * randn(latents.shape, generator: generator);
                    }
                    Tensor loss = -flow.LogDensity(latents, labels is null ? null : identity!.index_select(0, labels.index_select(0, rows))).mean();
                    if (!double.IsFinite(loss.item<float>()))
                    {
                        throw new InvalidOperationException(FormattableString.Invariant($"Training of the flow diverged: in epoch {epoch + 1} the loss became {loss.item<float>()}. Lower the learning rate (now {options.LearningRate})."));
                    }
                    optimizer.zero_grad();
                    loss.backward();
                    nn.utils.clip_grad_norm_(flow.parameters().Where(parameter => parameter.requires_grad), LargestGradient);
                    optimizer.step();
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
}
