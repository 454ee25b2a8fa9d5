namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>Rows that are images.</summary>
/// <param name="Size">How values are pixels.</param>
/// <param name="Black">The value of a black pixel.</param>
/// <param name="White">The value of a white one.</param>
internal sealed record RowPictures(ImageSize Size, float Black, float White)
{
    private const float Bytes = 255;

    /// <summary>From 0 to 1 or to 255 where the values of the rows are within, and else from their smallest to their largest.</summary>
    public static RowPictures Of(ImageSize size, LatentRows rows)
    {
        float[] present = [.. rows.Values.Where(float.IsFinite)];
        (float least, float most) = present.Length == 0 ? (0, 1) : (present.Min(), present.Max());
        (float black, float white) = (least, most) switch
        {
            ( >= 0, <= 1) => (0, 1),
            ( >= 0, <= Bytes) => (0, Bytes),
            _ => (least, most),
        };
        return new RowPictures(size, black, white > black ? white : black + 1);
    }

    /// <summary>Bytes pixel by pixel, row by row, each of one for grey or three for red, green and blue; what is missing is half-way.</summary>
    public byte[] Pixels(ReadOnlySpan<float> values)
    {
        int plane = Size.Height * Size.Width;
        var pixels = new byte[values.Length];
        for (int index = 0; index < pixels.Length; index++)
        {
            float value = values[index % Size.Channels * plane + index / Size.Channels];
            float light = float.IsFinite(value) ? (value - Black) / (White - Black) : 0.5f;
            pixels[index] = (byte)MathF.Round(Bytes * Math.Clamp(light, 0, 1));
        }
        return pixels;
    }
}
