namespace Vae.MLNet.Samples.Denoising;

/// <summary>Spoils images, and cleans them in the way that needs no learning.</summary>
internal static class Noise
{
    /// <summary>The image with normal noise on every pixel, cut off at black and white.</summary>
    public static ImageRow Add(ImageRow image, double deviation, int seed)
    {
        float[] noise = StandardNormal.Draw(ImageRow.Pixels, seed);
        return new ImageRow { Label = image.Label, Features = [.. image.Features.Select((pixel, i) => Math.Clamp(pixel + 255 * (float)deviation * noise[i], 0, 255))] };
    }

    /// <summary>Every pixel replaced by the mean of the up to nine around it.</summary>
    public static float[] Blur(float[] pixels)
    {
        float[] blurred = new float[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int row, int column) = Math.DivRem(i, ImageRow.Side);
            int[] around = [.. from y in Enumerable.Range(row - 1, 3) from x in Enumerable.Range(column - 1, 3) where Math.Min(x, y) >= 0 && Math.Max(x, y) < ImageRow.Side select y * ImageRow.Side + x];
            blurred[i] = around.Average(other => pixels[other]);
        }
        return blurred;
    }
}
