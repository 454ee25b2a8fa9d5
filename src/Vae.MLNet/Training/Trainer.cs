using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>Maximises the ELBO by mini-batches and Adam (Kingma and Welling, 2014, algorithm 1; Kingma and Ba, 2015).</summary>
internal static class Trainer
{
    /// <param name="network">Initialised; trained in place.</param>
    /// <param name="rows">The training rows.</param>
    /// <param name="masking">Hides values from the encoder; null for none.</param>
    /// <param name="generator">The order of rows and all noise but that of <paramref name="masking"/> come from it.</param>
    /// <param name="options">Epochs, batch size, learning rate, progress.</param>
    /// <param name="channel">Gets one line per epoch.</param>
    /// <param name="checkAlive">Throws when training is to stop; called before every step.</param>
    /// <exception cref="InvalidOperationException">The loss or a weight is no longer finite.</exception>
    public static void Train(
        VariationalAutoencoder network, TrainingRows rows, InputMasking? masking, Generator generator, VaeEstimator.Options options, IChannel channel, Action checkAlive)
    {
        using optim.Optimizer optimizer = optim.Adam(network.parameters(), options.LearningRate);
        network.train();
        long count = rows.Count;
        using DisposeScope scope = NewDisposeScope();
        Tensor? identity = rows.Labels is null ? null : eye(network.Architecture.Labels);
        for (int epoch = 1; epoch <= options.NumberOfEpochs; epoch++)
        {
            using DisposeScope epochScope = NewDisposeScope();
            var clock = Stopwatch.StartNew();
            double reconstruction = 0;
            double kl = 0;
            Tensor order = randperm(count, generator: generator);
            for (long first = 0; first < count; first += options.BatchSize)
            {
                checkAlive();
                using DisposeScope stepScope = NewDisposeScope();
                Tensor chosen = order.narrow(0, first, Math.Min(options.BatchSize, count - first));
                RowTensors batch = rows.Select(chosen, identity);
                Tensor noise = randn(chosen.shape[0], network.Architecture.LatentDimension, generator: generator);
                var elbo = Elbo.Evaluate(network, network.Encode(masking?.Hide(batch) ?? batch), batch, noise);
                if (rows.Weights is not null)
                {
                    elbo = elbo.Weighted(rows.Weights.index_select(0, chosen));
                }
                optimizer.zero_grad();
                (elbo.Kl - elbo.Reconstruction).mean().backward();
                optimizer.step();
                double batchReconstruction = elbo.Reconstruction.sum().item<float>();
                double batchKl = elbo.Kl.sum().item<float>();
                if (!double.IsFinite(batchReconstruction - batchKl))
                {
                    throw Diverged($"in epoch {epoch}, at row {first} of {count}, the loss became {batchKl - batchReconstruction}", options);
                }
                reconstruction += batchReconstruction;
                kl += batchKl;
            }

            reconstruction = reconstruction / count + rows.LogSlope;
            kl /= count;
            var progress = new VaeProgress(epoch, options.NumberOfEpochs, reconstruction - kl, reconstruction, kl, count / clock.Elapsed.TotalSeconds);
            channel.Info(MessageSensitivity.None, string.Create(
                CultureInfo.InvariantCulture,
                $"Epoch {progress.Epoch}/{progress.NumberOfEpochs}: ELBO {progress.Elbo:F3} nats per row (reconstruction {progress.Reconstruction:F3}, KL {progress.Kl:F3}), {progress.RowsPerSecond:F0} rows/s"));
            options.Progress?.Report(progress);
        }
        network.eval();
        RequireFiniteWeights(network, options);
    }

    // The last step's update has been seen by no loss.
    private static void RequireFiniteWeights(VariationalAutoencoder network, VaeEstimator.Options options)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach ((string name, Parameter parameter) in network.named_parameters())
        {
            if (!parameter.isfinite().all().item<bool>())
            {
                throw Diverged($"after the last step, weight '{name}' is not finite", options);
            }
        }
    }

    private static InvalidOperationException Diverged(string what, VaeEstimator.Options options) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"Training diverged: {what}. Lower the learning rate (now {options.LearningRate}), or bring extreme values of '{string.Join("', '", options.InputColumns.Select(column => column.Name))}' into a common range first (e.g. NormalizeMinMax)."));
}
