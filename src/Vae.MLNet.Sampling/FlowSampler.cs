using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.ML;
using TorchSharp;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Persistence;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Sampling.Flows;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Sampling.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling;

/// <summary>
/// Draws latents from a masked autoregressive flow (Papamakarios et al., 2017) that is fitted to the aggregate posterior, the latents that the model gives to rows: it follows any shape, and takes longer
/// to fit and to draw from than a <see cref="GaussianMixtureSampler"/>. Of a conditional model the flow is conditional as well.
/// </summary>
public sealed class FlowSampler : VaeSampler
{
    private const int MostUnits = 1 << 20;
    private const string CountsName = "counts";

    private readonly string _model;
    private readonly FlowShape _shape;
    // Of each label, how many rows it was fitted to; empty without a condition.
    private readonly double[] _counts;
    private readonly MaskedAutoregressiveFlow _flow;
    private readonly SharedMemory _memory;

    private FlowSampler(string model, FlowShape shape, double[] counts, MaskedAutoregressiveFlow flow)
    {
        (_model, _shape, _counts, _flow) = (model, shape, counts, flow);
        _memory = new SharedMemory(flow, typeof(FlowSampler));
    }

    internal override string? Model => _model;

    internal override int? Dimension => _shape.Dimension;

    internal override bool Knows(int label) => _counts[label] > 0;

    /// <summary>Trains the flow.</summary>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="data">Rows as the model reads them, best those of its training. Their posteriors are kept in memory while it is fitted.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The sampler, which owns native memory: dispose it when done.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or not as in training, or a setting is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, a value is not one for its column, or training diverged.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> was cancelled.</exception>
    public static FlowSampler Fit(ITransformer model, IDataView data, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new Options();
        options.Validate();
        (VaeTransformer vae, IDataView input) = ModelChain.Find(model, data);
        LatentPosteriors posteriors = LatentPosteriors.ReadToFit(vae, input, options.CancellationToken);
        var shape = new FlowShape(vae.LatentDimension, vae.Model.Layout.Label?.Width ?? 0, options.NumberOfLayers, [.. options.HiddenLayerSizes]);
        var counts = new double[shape.Labels];
        foreach (int label in posteriors.Labels ?? [])
        {
            counts[label]++;
        }
        return new FlowSampler(vae.Model.Fingerprint, shape, counts, FlowTraining.Train(shape, posteriors, options, options.Seed ?? vae.Model.Seed));
    }

    internal override SamplerContent Content()
    {
        using SharedMemory.Lease lease = _memory.Use();
        return new SamplerContent(nameof(FlowSampler), _model)
        {
            Texts =
            [
                ("dimension", Text(_shape.Dimension)), ("labels", Text(_shape.Labels)), ("layers", Text(_shape.Layers)), ("hidden", string.Join(' ', _shape.HiddenLayerSizes.Select(Text))),
            ],
            Tensors =
            [
                .. _counts.Length == 0 ? Enumerable.Empty<(string, Tensor)>() : [(CountsName, tensor(_counts, dtype: ScalarType.Float64, device: OnDevice.Cpu))],
                .. _flow.named_parameters().Select(each => (each.name, (Tensor)each.parameter.detach().clone())),
            ],
        };
    }

    /// <exception cref="FormatException">The content is not one of this class.</exception>
    internal static FlowSampler Read(SamplerBlock block)
    {
        var shape = new FlowShape(Number(block.Text("dimension"), 1), Number(block.Text("labels"), 0), Number(block.Text("layers"), 1), [.. block.Text("hidden").Split(' ').Select(size => Number(size, 1))]);
        // Before the network is made: the numbers may be a lie.
        if (shape.Parameters != block.Tensors.Values.Where(entry => entry.Type == Safetensors.Float32).Sum(entry => (long)entry.Bytes.Length) / sizeof(float))
        {
            throw new FormatException($"The flow's {shape.Parameters} numbers are not there.");
        }
        double[] counts = shape.Labels == 0 ? [] : block.Doubles(CountsName, [shape.Labels]);
        var flow = new MaskedAutoregressiveFlow(shape);
        try
        {
            foreach ((string name, Tensor tensor) in flow.named_parameters().Select(each => (each.name, (Tensor)each.parameter)))
            {
                block.CopyTo(name, tensor);
            }
            flow.eval();
            return new FlowSampler(block.Model, shape, counts, flow);
        }
        catch
        {
            flow.Dispose();
            throw;
        }
    }

    private protected override LatentDraw Draw(FittedVae model) => (rows, latents) =>
    {
        using SharedMemory.Lease lease = _memory.Use();
        using ComputeThreads.Lease cores = ComputeThreads.Use(ComputeThreads.Total);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor noise = empty(latents.Length / _shape.Dimension, _shape.Dimension, dtype: ScalarType.Float32, device: OnDevice.Cpu);
        rows.FillNormal(MemoryMarshal.Cast<byte, float>(noise.bytes), _shape.Dimension, NoiseUse.Latent);
        Tensor? context = _shape.Labels == 0 ? null : OneHot.Of(rows.Categories(), _shape.Labels);
        MemoryMarshal.Cast<byte, float>(_flow.Latents(noise, context).contiguous().bytes).CopyTo(latents);
    };

    private protected override void Dispose(bool disposing)
    {
        _memory.Dispose();
        base.Dispose(disposing);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text, int smallest) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= smallest && number <= MostUnits
        ? number
        : throw new FormatException($"'{text}' is not a number from {smallest} to {MostUnits}.");

    /// <summary>The settings of <see cref="Fit"/>.</summary>
    public sealed class Options
    {
        /// <summary>Autoregressive layers, from 1 to 100. Default 5.</summary>
        public int NumberOfLayers { get; set; } = 5;

        /// <summary>Units of the hidden layers of each layer's network, each from 1 to 65,536. Default 128 and 128.</summary>
        public IReadOnlyList<int> HiddenLayerSizes { get; set; } = [128, 128];

        /// <summary>How many times training goes over all rows, at least 1. Default 50.</summary>
        public int NumberOfEpochs { get; set; } = 50;

        /// <summary>Rows per step of the optimiser, at least 1. Default 256.</summary>
        public int BatchSize { get; set; } = 256;

        /// <summary>The step size of Adam (Kingma and Ba, 2015), above 0 and at most 1; it falls along a cosine. Default 0.001.</summary>
        public double LearningRate { get; set; } = 1e-3;

        /// <summary>Of weights, rows' order and noise. Default null: that of the model.</summary>
        public int? Seed { get; set; }

        /// <summary>Cancels the fitting.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal void Validate()
        {
            VaeEstimator.Options.RequireInRange(NumberOfLayers, 1, 100, nameof(NumberOfLayers));
            VaeEstimator.Options.RequireInRange(NumberOfEpochs, 1, int.MaxValue, nameof(NumberOfEpochs));
            VaeEstimator.Options.RequireInRange(BatchSize, 1, int.MaxValue, nameof(BatchSize));
            VaeEstimator.Options.RequireLearningRate(LearningRate, nameof(LearningRate));
            VaeEstimator.Options.RequireInRange(HiddenLayerSizes.Count, 1, 100, $"The number of {nameof(HiddenLayerSizes)}");
            foreach (int size in HiddenLayerSizes)
            {
                VaeEstimator.Options.RequireInRange(size, 1, 1 << 16, nameof(HiddenLayerSizes));
            }
        }
    }
}
