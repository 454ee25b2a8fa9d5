using Vae.MLNet.Report.Plots;

namespace Vae.MLNet.Samples;

/// <summary>Images side by side in one picture, large enough to look at.</summary>
public static class ImageGrid
{
    private const int PixelSize = 3;
    private const int Gap = 3;
    private const int GroupGap = 9;
    private const int Cell = ImageRow.Side * PixelSize + Gap;
    private const byte GapShade = 96;

    /// <summary>Writes images row by row.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="pixels">Images one after the other, each of <see cref="ImageRow.Pixels"/> values from 0 (black) to 1 (white).</param>
    /// <param name="columns">Images in a row.</param>
    /// <param name="columnsPerGroup">Images that stand together in a row: groups stand further apart. Default: all.</param>
    /// <param name="rowsPerGroup">Rows that stand together. Default: all.</param>
    public static void Write(string path, ReadOnlySpan<float> pixels, int columns, int columnsPerGroup = int.MaxValue, int rowsPerGroup = int.MaxValue)
    {
        static int Start(int index, int perGroup) => Gap + index * Cell + index / perGroup * GroupGap;
        int count = pixels.Length / ImageRow.Pixels;
        int rows = (count + columns - 1) / columns;
        int width = Start(columns - 1, columnsPerGroup) + Cell;
        byte[] canvas = new byte[width * (Start(rows - 1, rowsPerGroup) + Cell)];
        Array.Fill(canvas, GapShade);
        for (int i = 0; i < count; i++)
        {
            int corner = Start(i / columns, rowsPerGroup) * width + Start(i % columns, columnsPerGroup);
            ReadOnlySpan<float> image = pixels.Slice(i * ImageRow.Pixels, ImageRow.Pixels);
            for (int y = 0; y < ImageRow.Side * PixelSize; y++)
            {
                for (int x = 0; x < ImageRow.Side * PixelSize; x++)
                {
                    float value = image[y / PixelSize * ImageRow.Side + x / PixelSize];
                    canvas[corner + y * width + x] = (byte)MathF.Round(255 * Math.Clamp(value, 0, 1));
                }
            }
        }
        File.WriteAllBytes(path, Png.Of(width, channels: 1, canvas));
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
}
