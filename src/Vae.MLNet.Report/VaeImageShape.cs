namespace Vae.MLNet.Report;

/// <summary>How a vector is an image: channel by channel, and within a channel row by row from the top left, as <see cref="VaeNetwork.Convolutional"/> reads it.</summary>
/// <param name="Height">Pixels, at least 1.</param>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue. Default 1.</param>
public sealed record VaeImageShape(int Height, int Width, int Channels = 1)
{
    /// <summary>Values of an image.</summary>
    public long Size => (long)Height * Width * Channels;
}
