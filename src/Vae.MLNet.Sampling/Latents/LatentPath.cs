namespace Vae.MLNet.Sampling.Latents;

/// <summary>Points between two latents.</summary>
internal static class LatentPath
{
    // In radians: below it the sphere is flat.
    private const double SmallestAngle = 1e-3;

    /// <param name="from">The first latent.</param>
    /// <param name="to">The last latent.</param>
    /// <param name="steps">From 0, the first, to 1, the last.</param>
    /// <param name="path">The way.</param>
    /// <returns><c>[steps, latent]</c>.</returns>
    public static float[] Between(ReadOnlySpan<float> from, ReadOnlySpan<float> to, ReadOnlySpan<float> steps, VaePath path)
    {
        var latents = new float[steps.Length * from.Length];
        double angle = path == VaePath.Spherical ? Angle(from, to) : 0;
        for (int step = 0; step < steps.Length; step++)
        {
            double t = steps[step];
            // sin((1 - t) a) / sin(a) and sin(t a) / sin(a) (Shoemake, 1985)
            (double first, double last) = angle < SmallestAngle || Math.PI - angle < SmallestAngle
                ? (1 - t, t)
                : (Math.Sin((1 - t) * angle) / Math.Sin(angle), Math.Sin(t * angle) / Math.Sin(angle));
            for (int i = 0; i < from.Length; i++)
            {
                latents[step * from.Length + i] = (float)(first * from[i] + last * to[i]);
            }
        }
        return latents;
    }

    /// <summary><paramref name="count"/> numbers from <paramref name="first"/> to <paramref name="last"/>, at equal distances.</summary>
    public static float[] Steps(double first, double last, int count) => [.. Enumerable.Range(0, count).Select(step => (float)(first + (last - first) * step / (count - 1)))];

    private static double Angle(ReadOnlySpan<float> from, ReadOnlySpan<float> to)
    {
        double product = 0;
        double fromSquare = 0;
        double toSquare = 0;
        for (int i = 0; i < from.Length; i++)
        {
            product += (double)from[i] * to[i];
            fromSquare += (double)from[i] * from[i];
            toSquare += (double)to[i] * to[i];
        }
        double norms = Math.Sqrt(fromSquare * toSquare);
        return norms > 0 ? Math.Acos(Math.Clamp(product / norms, -1, 1)) : 0;
    }
}
