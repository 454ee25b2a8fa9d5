using System.Runtime.InteropServices;
using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Persistence;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Sampling.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling;

/// <summary>
/// Draws latents from a second VAE, which is trained on the latents that the model gives to rows and whose own latents are near to N(0, I) (Dai and Wipf, 2019). Of a conditional model the second one is
/// conditional as well.
/// </summary>
public sealed class TwoStageSampler : VaeSampler
{
    private const string ConfigurationName = "configuration";
    private const string HistoryName = "history";

    private readonly string _model;

    private TwoStageSampler(string model, VaeTransformer secondStage) => (_model, SecondStage) = (model, secondStage);

    /// <summary>The second VAE, whose rows are the model's latents.</summary>
    public VaeTransformer SecondStage { get; }

    internal override string? Model => _model;

    internal override int? Dimension => SecondStage.InputSize;

    /// <summary>Trains the second VAE.</summary>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="data">Rows as the model reads them, best those of its training. Their latents are kept in memory while it is trained.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The sampler, which owns native memory: dispose it when done.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or not as in training, or a setting is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, a value is not one for its column, or training diverged.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> was cancelled.</exception>
    public static TwoStageSampler Fit(ITransformer model, IDataView data, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new Options();
        (VaeTransformer vae, IDataView input) = ModelChain.Find(model, data);
        // Names that the label does not have.
        string latentColumn = vae.LabelColumnName + "Latent";
        int seed = options.Seed ?? vae.Model.Seed;
        VaeEstimator estimator = new MLContext(seed).Transforms.VariationalAutoencoder(new VaeEstimator.Options
        {
            OutputColumnName = vae.LabelColumnName + "Second",
            InputColumnName = null,
            InputColumns = [latentColumn],
            LabelColumnName = vae.LabelColumnName,
            LatentDimension = vae.LatentDimension,
            Network = new VaeNetwork.Dense([.. options.HiddenLayerSizes]),
            MaximumCategories = Math.Max(vae.Model.Layout.Label?.Width ?? 1, 1),
            NumberOfEpochs = options.NumberOfEpochs,
            BatchSize = options.BatchSize,
            LearningRate = options.LearningRate,
            Progress = options.Progress,
            CancellationToken = options.CancellationToken,
            Seed = seed,
        });
        LatentPosteriors posteriors = LatentPosteriors.ReadToFit(vae, input, options.CancellationToken);
        var latents = new GivenLatents(posteriors.Draws(seed), posteriors.Dimension) { Labels = posteriors.Labels, Label = vae.Model.Layout.Label };
        return new TwoStageSampler(vae.Model.Fingerprint, estimator.Fit(new LatentView(latents, latentColumn)));
    }

    internal override bool Knows(int label) => SecondStage.Model.Layout.Label is not { } known || known.Counts[label] > 0;

    internal override SamplerContent Content()
    {
        using SharedMemory.Lease lease = SecondStage.Model.Use();
        return new SamplerContent(nameof(TwoStageSampler), _model)
        {
            Texts =
            [
                (ConfigurationName, System.Text.Encoding.UTF8.GetString(ModelConfiguration.Of(SecondStage).ToJson())),
                (HistoryName, System.Text.Encoding.UTF8.GetString(HistoryFile.Write(SecondStage.History))),
            ],
            Tensors = [.. ModelPayload.TensorsOf(SecondStage.Model).Select(each => (each.Name, each.Tensor.detach().clone()))],
        };
    }

    /// <exception cref="FormatException">The content is not one of this class.</exception>
    internal static TwoStageSampler Read(SamplerBlock block)
    {
        var configuration = ModelConfiguration.Parse(System.Text.Encoding.UTF8.GetBytes(block.Text(ConfigurationName)));
        return new TwoStageSampler(block.Model, ModelPayload.Read(configuration, block.Tensors, System.Text.Encoding.UTF8.GetBytes(block.Text(HistoryName))));
    }

    private protected override LatentDraw Draw(FittedVae model)
    {
        FittedVae second = SecondStage.Model;
        int dimension = second.Architecture.LatentDimension;
        int width = second.Layout.Width;
        return (rows, latents) =>
        {
            using SharedMemory.Lease lease = second.Use();
            using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
            using IDisposable noGradient = no_grad();
            using DisposeScope scope = NewDisposeScope();
            int count = latents.Length / width;
            var noise = new float[count * dimension];
            rows.FillNormal(noise, dimension, NoiseUse.Latent);
            var keys = new ulong[count];
            for (int row = 0; row < count; row++)
            {
                keys[row] = rows.Key(row, NoiseUse.SecondStage);
            }
            Tensor drawn = LatentDecoder.Draw(second, LatentDecoder.Decode(second, noise, rows.Categories()), keys);
            ReadOnlySpan<float> encoded = MemoryMarshal.Cast<byte, float>(drawn.contiguous().bytes);
            for (int row = 0; row < count; row++)
            {
                second.Layout.Decode(encoded.Slice(row * width, width), latents.Slice(row * width, width));
            }
        };
    }

    private protected override void Dispose(bool disposing)
    {
        SecondStage.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The settings of <see cref="Fit"/>.</summary>
    public sealed class Options
    {
        /// <summary>Units of the hidden layers of the second encoder, each at least 1; the decoder has them in the reverse order. Default 256 and 256.</summary>
        public IReadOnlyList<int> HiddenLayerSizes { get; set; } = [256, 256];

        /// <summary>How many times training goes over all rows, at least 1. Default 60.</summary>
        public int NumberOfEpochs { get; set; } = 60;

        /// <summary>Rows per step of the optimiser, at least 1. Default 128.</summary>
        public int BatchSize { get; set; } = 128;

        /// <summary>The step size of Adam (Kingma and Ba, 2015), above 0 and at most 1; it falls along a cosine. Default 0.001.</summary>
        public double LearningRate { get; set; } = 1e-3;

        /// <summary>Of weights, rows' order and noise. Default null: that of the model.</summary>
        public int? Seed { get; set; }

        /// <summary>Told of every finished epoch. Default null.</summary>
        public IProgress<VaeProgress>? Progress { get; set; }

        /// <summary>Cancels the fitting.</summary>
        public CancellationToken CancellationToken { get; set; }
    }
}
