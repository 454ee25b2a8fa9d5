namespace Vae.MLNet.Samples.FeatureExtraction;

/// <summary>What the model says of an image.</summary>
internal sealed class ImagePrediction
{
    /// <summary>What the image shows, judged by its latent vector.</summary>
    public string PredictedLabel { get; set; } = "";

    /// <summary>The image as the autoencoder saw it: pixels from 0 to 1.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>The image as the decoder gives it back: pixels from 0 to 1.</summary>
    public float[] Reconstruction { get; set; } = [];

    /// <summary>Minus the ELBO in nats: how unexpected the image is.</summary>
    public float NegativeElbo { get; set; }
}
