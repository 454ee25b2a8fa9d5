namespace Vae.MLNet.Samples;

/// <summary>Images side by side in one picture, large enough to look at.</summary>
public static class ImageGrid
{
    private const int PixelSize = 3;
    private const int Gap = 3;
    private const byte GapShade = 96;

    /// <summary>Writes images row by row.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="pixels">Images one after the other, each of <see cref="ImageRow.Pixels"/> values from 0 (black) to 1 (white).</param>
    /// <param name="columns">Images in a row.</param>
    public static void Write(string path, ReadOnlySpan<float> pixels, int columns) => Write(path, pixels, columns, rowsPerGroup: 1);

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

    private static void Write(string path, ReadOnlySpan<float> pixels, int columns, int rowsPerGroup)
    {
        int count = pixels.Length / ImageRow.Pixels;
        int cell = ImageRow.Side * PixelSize + Gap;
        int rows = (count + columns - 1) / columns;
        int width = columns * cell + Gap;
        // Groups of rows stand further apart.
        int Top(int row) => Gap + row * cell + row / rowsPerGroup * (rowsPerGroup - 1) * 3 * Gap;
        byte[] canvas = new byte[width * (Top(rows - 1) + cell)];
        Array.Fill(canvas, GapShade);
        for (int i = 0; i < count; i++)
        {
            int corner = Top(i / columns) * width + Gap + i % columns * cell;
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
        GreyPng.Write(path, width, canvas);
    }
}
