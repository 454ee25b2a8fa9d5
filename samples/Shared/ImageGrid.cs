using SkiaSharp;

namespace Vae.MLNet.Samples;

/// <summary>Images side by side in one picture, large enough to look at.</summary>
public static class ImageGrid
{
    private const int PixelSize = 3;
    private const int Gap = 3;
    private const int GroupGap = 9;
    private const int Cell = ImageRow.Side * PixelSize + Gap;
    private static readonly SKColor s_gap = new(96, 96, 96);

    /// <summary>Writes images row by row.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="pixels">Images one after the other, each of <see cref="ImageRow.Pixels"/> values from 0 (black) to 1 (white).</param>
    /// <param name="columns">Images in a row.</param>
    /// <param name="columnsPerGroup">Images that stand together in a row: groups stand further apart. Default: all.</param>
    /// <param name="rowsPerGroup">Rows that stand together. Default: all.</param>
    public static void Write(
        string path, ReadOnlySpan<float> pixels, int columns, int columnsPerGroup = int.MaxValue, int rowsPerGroup = int.MaxValue)
    {
        static int Start(int index, int perGroup) => Gap + index * Cell + index / perGroup * GroupGap;
        int count = pixels.Length / ImageRow.Pixels;
        int rows = (count + columns - 1) / columns;
        using var grid = new SKBitmap(Grey(Start(columns - 1, columnsPerGroup) + Cell, Start(rows - 1, rowsPerGroup) + Cell));
        using var canvas = new SKCanvas(grid);
        canvas.Clear(s_gap);
        for (int i = 0; i < count; i++)
        {
            float[] values = pixels.Slice(i * ImageRow.Pixels, ImageRow.Pixels).ToArray();
            byte[] shades = [.. values.Select(value => (byte)MathF.Round(255 * Math.Clamp(value, 0, 1)))];
            using SKImage image = SKImage.FromPixelCopy(Grey(ImageRow.Side, ImageRow.Side), shades);
            canvas.DrawImage(image, SKRect.Create(Start(i % columns, columnsPerGroup), Start(i / columns, rowsPerGroup), Cell - Gap, Cell - Gap));
        }
        canvas.Flush();
        using SKData png = grid.Encode(SKEncodedImageFormat.Png, quality: 100);
        File.WriteAllBytes(path, png.AsSpan());
    }

    /// <summary>Writes images in pairs, the second below the first.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="pairs">Each image of <see cref="ImageRow.Pixels"/> values from 0 (black) to 1 (white).</param>
    /// <param name="columns">Pairs in a row.</param>
    public static void WritePairs(string path, IEnumerable<(float[] Upper, float[] Lower)> pairs, int columns)
    {
        var pixels = new List<float>();
        foreach ((float[] Upper, float[] Lower)[] row in pairs.Chunk(columns))
        {
            // The last row may be short: black up to its end.
            float[] missing = new float[(columns - row.Length) * ImageRow.Pixels];
            pixels.AddRange(row.SelectMany(pair => pair.Upper));
            pixels.AddRange(missing);
            pixels.AddRange(row.SelectMany(pair => pair.Lower));
            pixels.AddRange(missing);
        }
        Write(path, pixels.ToArray(), columns, rowsPerGroup: 2);
    }

    private static SKImageInfo Grey(int width, int height) => new(width, height, SKColorType.Gray8, SKAlphaType.Opaque);
}
