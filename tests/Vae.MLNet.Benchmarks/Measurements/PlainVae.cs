using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>A variational autoencoder as one writes it in TorchSharp, the same as that of python/fit.py; its output is the loss of a batch.</summary>
internal sealed class PlainVae : nn.Module<Tensor, Tensor>
{
    private readonly int _latent;
    private readonly Sequential _encoder;
    private readonly Sequential _decoder;
    private readonly Parameter? _logScale;

    /// <param name="features">Width of a row.</param>
    /// <param name="hidden">Widths of the encoder's hidden layers; the decoder has them in reverse.</param>
    /// <param name="latent">Dimension of the latent.</param>
    /// <param name="isImage">Whether the likelihood is Bernoulli; otherwise it is normal, with a learned scale of each feature.</param>
    public PlainVae(int features, int[] hidden, int latent, bool isImage)
        : base(nameof(PlainVae))
    {
        _latent = latent;
        _encoder = Layers([features, .. hidden, 2 * latent]);
        _decoder = Layers([latent, .. hidden.Reverse(), features]);
        _logScale = isImage ? null : nn.Parameter(zeros(features, float32, CPU));
        RegisterComponents();
    }

    /// <summary>784-400-20-400-784.</summary>
    public static PlainVae ForImages() => new(Rows.ImageWidth, [Models.ImageHidden], Models.ImageLatent, isImage: true);

    /// <summary>30-128-64-8-64-128-30.</summary>
    public static PlainVae ForTable() => new(Rows.TableWidth, [128, 64], Models.TableLatent, isImage: false);

    /// <summary>Linear layers of such widths with rectified units between them.</summary>
    public static Sequential Layers(params int[] widths)
    {
        IEnumerable<nn.Module<Tensor, Tensor>> layers = widths.Zip(widths.Skip(1)).SelectMany(pair => new nn.Module<Tensor, Tensor>[] { nn.Linear(pair.First, pair.Second), nn.ReLU() });
        return nn.Sequential([.. layers.SkipLast(1)]);
    }

    public (Tensor Mean, Tensor LogVariance) Encode(Tensor x)
    {
        Tensor[] parts = _encoder.call(x).split(_latent, dim: 1);
        return (parts[0], parts[1]);
    }

    public Tensor Decode(Tensor mean, Tensor logVariance) => _decoder.call(mean + (0.5f * logVariance).exp() * randn_like(mean));

    public Tensor Loss(Tensor x, Tensor mean, Tensor logVariance, Tensor decoded)
    {
        Tensor reconstruction = _logScale is null
            ? nn.functional.binary_cross_entropy_with_logits(decoded, x, reduction: nn.Reduction.Sum)
            : 0.5f * ((x - decoded) * (-_logScale).exp()).square().sum() + x.shape[0] * (_logScale.sum() + 0.5 * x.shape[1] * Math.Log(2 * Math.PI));
        Tensor divergence = 0.5f * (logVariance.exp() + mean.square() - logVariance - 1).sum();
        return (reconstruction + divergence) / x.shape[0];
    }

    public override Tensor forward(Tensor x)
    {
        (Tensor mean, Tensor logVariance) = Encode(x);
        return Loss(x, mean, logVariance, Decode(mean, logVariance));
    }
}
