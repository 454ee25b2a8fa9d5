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
        double fromNorm = Math.Sqrt(Product(from, from));
        double toNorm = Math.Sqrt(Product(to, to));
        double norms = fromNorm * toNorm;
        double angle = path == VaePath.Spherical && norms > 0 ? Math.Acos(Math.Clamp(Product(from, to) / norms, -1, 1)) : 0;
        for (int step = 0; step < steps.Length; step++)
        {
            double t = steps[step];
            double first = 1 - t;
            double last = t;
            if (angle >= SmallestAngle && Math.PI - angle >= SmallestAngle)
            {
                // sin((1 - t) a) / sin(a) and sin(t a) / sin(a) of directions (Shoemake, 1985)
                double norm = first * fromNorm + last * toNorm;
                first = norm / fromNorm * (Math.Sin(first * angle) / Math.Sin(angle));
                last = norm / toNorm * (Math.Sin(last * angle) / Math.Sin(angle));
            }
            for (int i = 0; i < from.Length; i++)
            {
                latents[step * from.Length + i] = (float)(first * from[i] + last * to[i]);
            }
        }
        return latents;
    }

    /// <summary><paramref name="count"/> numbers from <paramref name="first"/> to <paramref name="last"/>, at equal distances.</summary>
    public static float[] Steps(double first, double last, int count) => [.. Enumerable.Range(0, count).Select(step => (float)(first + (last - first) * step / (count - 1)))];

    private static double Product(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
    {
        double product = 0;
        for (int i = 0; i < first.Length; i++)
        {
            product += (double)first[i] * second[i];
        }
        return product;
    }
}
