namespace Vae.MLNet.Samples.Generation;

/// <summary>What is read of a row out of the decoder.</summary>
internal sealed class GeneratedImage
{
    /// <summary>Pixels from 0 (black) to 1 (white), row by row from the top left.</summary>
    public float[] Features { get; set; } = [];
}
