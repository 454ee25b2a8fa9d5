using Microsoft.ML;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Sampling.Mixtures;
using Vae.MLNet.Sampling.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling;

/// <summary>
/// Draws latents from a mixture of normal distributions that is fitted to the aggregate posterior, the latents that the model gives to rows (ex-post density estimation; Ghosh et al., 2020): where
/// these are not spread like the prior, rows are better than from the prior. Of a conditional model each label has a mixture of its own.
/// </summary>
public sealed class GaussianMixtureSampler : VaeSampler
{
    private const int MostLabels = 1 << 24;

    private readonly string _model;
    private readonly int _dimension;
    // One per label; null for a label that training never saw.
    private readonly GaussianMixture?[] _mixtures;

    private GaussianMixtureSampler(string model, int dimension, GaussianMixture?[] mixtures) => (_model, _dimension, _mixtures) = (model, dimension, mixtures);

    /// <summary>How many components the mixture has; of a conditional model, of each label in the order of the keys, 0 for one without rows.</summary>
    public IReadOnlyList<int> Components => [.. _mixtures.Select(mixture => mixture?.Components ?? 0)];

    internal override string? Model => _model;

    internal override int? Dimension => _dimension;

    internal override bool Knows(int label) => _mixtures[label] is not null;

    /// <summary>Fits the mixture by expectation maximisation (Dempster et al., 1977), the number of components by the smallest BIC (Schwarz, 1978).</summary>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="data">Rows as the model reads them, best those of its training. Their latents are kept in memory while it is fitted.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <returns>The sampler.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or not as in training, or a setting is out of its range.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a value is not one for its column.</exception>
    /// <exception cref="OperationCanceledException"><see cref="Options.CancellationToken"/> was cancelled.</exception>
    public static GaussianMixtureSampler Fit(ITransformer model, IDataView data, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new Options();
        options.Validate();
        (VaeTransformer vae, IDataView input) = ModelChain.Find(model, data);
        int seed = options.Seed ?? vae.Model.Seed;
        LatentPosteriors posteriors = LatentPosteriors.ReadToFit(vae, input, options.CancellationToken);
        float[] latents = posteriors.Draws(seed);
        GaussianMixture? FitTo(float[] rows) => rows.Length == 0
            ? null
            : options.Components is { } components
                ? ExpectationMaximisation.Fit(rows, posteriors.Dimension, components, options.HasDiagonalCovariances, seed, options.CancellationToken.ThrowIfCancellationRequested).Mixture
                : ExpectationMaximisation.FitByBic(rows, posteriors.Dimension, options.MaximumComponents, options.HasDiagonalCovariances, seed, options.CancellationToken.ThrowIfCancellationRequested);
        IEnumerable<float[]> groups = posteriors.Labels is { } labels
            ? Enumerable.Range(0, vae.Model.Layout.Label!.Width).Select(label => RowsOf(latents, posteriors.Dimension, labels, label))
            : [latents];
        return new GaussianMixtureSampler(vae.Model.Fingerprint, posteriors.Dimension, [.. groups.Select(FitTo)]);
    }

    internal override SamplerContent Content() => new(nameof(GaussianMixtureSampler), _model)
    {
        Tensors =
        [
            .. _mixtures.SelectMany((mixture, label) => mixture is null ? Enumerable.Empty<(string, Tensor)>() :
            [
                ($"{label}.weights", Numbers(mixture.Weights, mixture.Components)),
                ($"{label}.means", Numbers(mixture.Means, mixture.Components, _dimension)),
                ($"{label}.factors", Numbers(
                    mixture.Factors, mixture.IsDiagonal ? [mixture.Components, _dimension] : [mixture.Components, _dimension, _dimension])),
            ]),
        ],
        Texts = [("labels", FormattableString.Invariant($"{_mixtures.Length}"))],
    };

    /// <exception cref="FormatException">The content is not one of this class.</exception>
    internal static GaussianMixtureSampler Read(SamplerBlock block)
    {
        if (!int.TryParse(block.Text("labels"), out int labels) || labels < 1 || labels > MostLabels)
        {
            throw new FormatException("The number of labels is impossible.");
        }
        var mixtures = new GaussianMixture?[labels];
        int dimension = 0;
        for (int label = 0; label < labels; label++)
        {
            if (!block.Has($"{label}.weights"))
            {
                continue;
            }
            long[] shape = block.ShapeOf($"{label}.means", 2);
            double[] weights = block.Doubles($"{label}.weights", [shape[0]]);
            double[] factors = block.Doubles($"{label}.factors", block.Tensors.TryGetValue($"{label}.factors", out var entry) && entry.Shape.Length == 2 ? shape : [.. shape, shape[1]]);
            if (weights.Length == 0 || weights.Any(weight => weight < 0) || (dimension > 0 && shape[1] != dimension))
            {
                throw new FormatException("A mixture is none.");
            }
            dimension = (int)shape[1];
            mixtures[label] = new GaussianMixture(dimension, weights, block.Doubles($"{label}.means", shape), factors);
        }
        return new GaussianMixtureSampler(block.Model, dimension, mixtures);
    }

    private protected override LatentDraw Draw(FittedVae model) => (rows, latents) =>
    {
        Span<float> noise = stackalloc float[_dimension];
        for (int row = 0; row < latents.Length / _dimension; row++)
        {
            _mixtures[rows.LabelOf(row)]!.Draw(rows, row, latents.Slice(row * _dimension, _dimension), noise);
        }
    };

    private static Tensor Numbers(double[] numbers, params long[] shape) =>
        tensor(numbers, dtype: ScalarType.Float64, device: OnDevice.Cpu).view(shape);

    private static float[] RowsOf(float[] latents, int dimension, int[] labels, int label)
    {
        List<float> rows = [];
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] == label)
            {
                rows.AddRange(latents.AsSpan(row * dimension, dimension));
            }
        }
        return [.. rows];
    }

    /// <summary>The settings of <see cref="Fit"/>.</summary>
    public sealed class Options
    {
        /// <summary>How many components, from 1 to 1,000. Default null: by BIC.</summary>
        public int? Components { get; set; }

        /// <summary>The most components that are tried if their number is left to the BIC, from 1 to 1,000: 1, 2, 4, ... until two in a row are no better. Default 64.</summary>
        public int MaximumComponents { get; set; } = 64;

        /// <summary>Whether covariances are diagonal: faster for large latents, with more components. Default false: full ones.</summary>
        public bool HasDiagonalCovariances { get; set; }

        /// <summary>Of the latents' draws and the start. Default null: that of the model.</summary>
        public int? Seed { get; set; }

        /// <summary>Cancels the fitting.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal void Validate()
        {
            VaeEstimator.Options.RequireInRange(Components ?? 1, 1, 1000, nameof(Components));
            VaeEstimator.Options.RequireInRange(MaximumComponents, 1, 1000, nameof(MaximumComponents));
        }
    }
}
