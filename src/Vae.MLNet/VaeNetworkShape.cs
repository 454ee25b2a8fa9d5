using TorchSharp;
using Vae.MLNet.Networks;

namespace Vae.MLNet;

/// <summary>What encoder and decoder have to fit: made by training or loading, given to the factories of <see cref="VaeNetwork.Register"/>.</summary>
/// <param name="Features">Numbers of a row: one per number or flag, the size of a vector, one per category of a key.</param>
/// <param name="Marks">Marks of missing numbers that the encoder sees after the features, 1 where one is missing; 0 if no number can be missing.</param>
/// <param name="Labels">Categories of the label that encoder and decoder see last, one-hot; 0 without a condition.</param>
/// <param name="LatentDimension">Size of the latent.</param>
/// <param name="IsDeterministic">Whether the encoder gives a point (a plain autoencoder) and not a distribution.</param>
/// <param name="Device">Where the parameters have to be made.</param>
public sealed record VaeNetworkShape(int Features, int Marks, int Labels, int LatentDimension, bool IsDeterministic, torch.Device Device)
{
    /// <summary>The encoder's input: features, marks, label.</summary>
    public int EncoderInputs => Features + Marks + Labels;

    /// <summary>The encoder's output: the posterior's mean, then its log-variance unless it is deterministic.</summary>
    public int EncoderOutputs => IsDeterministic ? LatentDimension : 2 * LatentDimension;

    /// <summary>The decoder's input: latent, label.</summary>
    public int DecoderInputs => LatentDimension + Labels;

    /// <summary>The decoder's output: one number per feature, which the likelihoods read.</summary>
    public int DecoderOutputs => Features;

    /// <summary>Features that are not 0 at a time: of a category, one is.</summary>
    internal int ActiveFeatures { get; init; } = Features;

    internal InputParts EncoderParts => new(Features, ActiveFeatures, Marks, Labels);

    internal InputParts DecoderParts => new(LatentDimension, LatentDimension, 0, Labels);
}
