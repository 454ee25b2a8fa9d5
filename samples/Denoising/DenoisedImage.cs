namespace Vae.MLNet.Samples.Denoising;

/// <summary>What is read of an image that went through the model.</summary>
internal sealed class DenoisedImage
{
    /// <summary>The image as the decoder gives it back: pixels from 0 to 1.</summary>
    public float[] Reconstruction { get; set; } = [];
}
