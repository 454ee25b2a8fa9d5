using Microsoft.ML;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Pipeline;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Sampling.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling;

/// <summary>
/// Draws rows near given rows, to augment a small data set: latents from their posteriors q(z|x), row after row in turn, so that n rows and a count of 5 n give five variations of each.
/// </summary>
/// <remarks>Of a conditional model a row keeps its own label, unless another is asked for: then its latent is decoded with that one (an analogy; Kingma et al., 2014).</remarks>
public sealed class PosteriorSampler : VaeSampler
{
    private const string MeansName = "means";
    private const string DeviationsName = "deviations";
    private const string LabelsName = "labels";

    private readonly string _model;
    private readonly LatentPosteriors _posteriors;

    internal PosteriorSampler(string model, LatentPosteriors posteriors, double temperature) => (_model, _posteriors, Temperature) = (model, posteriors, Temperatures.Required(temperature));

    /// <summary>On the standard deviations.</summary>
    public double Temperature { get; }

    /// <summary>How many rows it draws near to.</summary>
    public int RowCount => _posteriors.Count;

    internal override string? Model => _model;

    internal override int? Dimension => _posteriors.Dimension;

    internal override IReadOnlyList<int>? OwnLabels => _posteriors.Labels;

    /// <summary>Reads the rows to draw near to; their posteriors are kept in memory.</summary>
    /// <param name="model">A <see cref="VaeTransformer"/>, or a chain of transformers, fitted or loaded, with one in it.</param>
    /// <param name="data">Rows as the model reads them, at least one. Those without a label are left out if the model is conditional.</param>
    /// <param name="temperature">On the standard deviations, above 0: below 1 rows stay nearer. Default 1: the posterior itself.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The sampler.</returns>
    /// <exception cref="ArgumentException">The model has no VAE or more than one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or not as in training, or the temperature is not above 0.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, or a value is not one for its column.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static PosteriorSampler Fit(ITransformer model, IDataView data, double temperature = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        Temperatures.Required(temperature);
        (VaeTransformer vae, IDataView input) = ModelChain.Find(model, data);
        return new PosteriorSampler(vae.Model.Fingerprint, LatentPosteriors.ReadToFit(vae, input, cancellationToken), temperature);
    }

    internal override SamplerContent Content()
    {
        List<(string, Tensor)> tensors = [(MeansName, PerLatent(_posteriors.Means))];
        if (_posteriors.Deviations is { } deviations)
        {
            tensors.Add((DeviationsName, PerLatent(deviations)));
        }
        if (_posteriors.Labels is { } labels)
        {
            double[] numbers = Array.ConvertAll(labels, label => (double)label);
            tensors.Add((LabelsName, tensor(numbers, dtype: ScalarType.Float64, device: OnDevice.Cpu)));
        }
        return new SamplerContent(nameof(PosteriorSampler), _model) { Texts = [Temperatures.Text(Temperature)], Tensors = tensors };
    }

    /// <exception cref="FormatException">The content is not one of this class.</exception>
    internal static PosteriorSampler Read(SamplerBlock block)
    {
        long[] shape = block.ShapeOf(MeansName, 2);
        float[] means = block.Floats(MeansName, shape);
        float[]? deviations = block.Has(DeviationsName) ? block.Floats(DeviationsName, shape) : null;
        int[]? labels = block.Has(LabelsName) ? Array.ConvertAll(block.Doubles(LabelsName, [shape[0]]), label => (int)label) : null;
        return means.Length > 0 && deviations?.Any(deviation => deviation < 0) != true && labels?.Any(label => label < 0) != true
            ? new PosteriorSampler(block.Model, new LatentPosteriors((int)shape[1], means, deviations, labels), Temperatures.Of(block))
            : throw new FormatException("The posteriors are none.");
    }

    private protected override LatentDraw Draw(FittedVae model)
    {
        int dimension = _posteriors.Dimension;
        float temperature = (float)Temperature;
        return (rows, latents) =>
        {
            rows.FillNormal(latents, dimension, NoiseUse.Latent);
            for (int row = 0; row < latents.Length / dimension; row++)
            {
                int from = (int)((rows.First + row) % _posteriors.Count) * dimension;
                for (int i = 0; i < dimension; i++)
                {
                    ref float latent = ref latents[row * dimension + i];
                    latent = _posteriors.Means[from + i] + (_posteriors.Deviations is { } deviations ? temperature * deviations[from + i] * latent : 0);
                }
            }
        };
    }

    private Tensor PerLatent(float[] numbers) =>
        tensor(numbers, dtype: ScalarType.Float32, device: OnDevice.Cpu).view(_posteriors.Count, _posteriors.Dimension);
}
