namespace Vae.MLNet.Samples;

/// <summary>
/// Draws images of five shapes at random position, size and rotation: a set in the manner of dSprites (Matthey et al., 2017), in which the factors behind each image are known.
/// </summary>
public static class ShapeImages
{
    // Each pixel is the mean of 4 x 4 points in it: smooth edges.
    private const int PointsPerSide = 4;

    // A shape says of a point whether it lies inside; all fit into the circle of radius 1.
    private static readonly (string Name, Func<float, float, bool> Contains)[] s_shapes =
    [
        ("disc", (x, y) => x * x + y * y <= 1),
        ("square", (x, y) => MathF.Max(MathF.Abs(x), MathF.Abs(y)) <= MathF.Sqrt(0.5f)),
        ("triangle", (x, y) => y <= 0.5f && MathF.Sqrt(3) * MathF.Abs(x) - y <= 1),
        ("cross", (x, y) => MathF.Min(MathF.Abs(x), MathF.Abs(y)) <= 0.22f && MathF.Max(MathF.Abs(x), MathF.Abs(y)) <= 0.97f),
        ("ring", (x, y) => x * x + y * y is <= 1 and >= 0.4f),
    ];

    /// <summary>Draws images; the same count and seed give the same ones.</summary>
    /// <param name="count">How many, shapes in turn.</param>
    /// <param name="seed">Of the random factors.</param>
    /// <param name="ranges">Of the random factors. Null: the defaults.</param>
    public static IReadOnlyList<ShapeImage> Draw(int count, int seed, ShapeRanges? ranges = null)
    {
        ranges ??= new ShapeRanges();
        var random = new Random(seed);
        var images = new ShapeImage[count];
        for (int i = 0; i < count; i++)
        {
            (string name, Func<float, float, bool> contains) = s_shapes[i % s_shapes.Length];
            images[i] = new ShapeImage
            {
                Label = name,
                X = Between(random, -ranges.LargestShift, ranges.LargestShift),
                Y = Between(random, -ranges.LargestShift, ranges.LargestShift),
                Size = Between(random, ranges.SmallestSize, ranges.LargestSize),
                Rotation = Between(random, 0, ranges.LargestRotation),
            };
            Fill(images[i], contains);
        }
        return images;
    }

    private static float Between(Random random, float smallest, float largest) => smallest + (largest - smallest) * random.NextSingle();

    private static void Fill(ShapeImage image, Func<float, float, bool> contains)
    {
        (float sine, float cosine) = MathF.SinCos(image.Rotation * MathF.PI / 180);
        for (int pixel = 0; pixel < ImageRow.Pixels; pixel++)
        {
            int inside = 0;
            for (int point = 0; point < PointsPerSide * PointsPerSide; point++)
            {
                float right = pixel % ImageRow.Side + (point % PointsPerSide + 0.5f) / PointsPerSide - ImageRow.Side / 2f - image.X;
                float down = pixel / ImageRow.Side + (point / PointsPerSide + 0.5f) / PointsPerSide - ImageRow.Side / 2f - image.Y;
                // Turned back by the rotation and scaled to radius 1.
                if (contains((cosine * right + sine * down) / image.Size, (cosine * down - sine * right) / image.Size))
                {
                    inside++;
                }
            }
            image.Features[pixel] = MathF.Round(255f * inside / (PointsPerSide * PointsPerSide));
        }
    }
}
