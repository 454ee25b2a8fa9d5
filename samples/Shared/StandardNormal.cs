namespace Vae.MLNet.Samples;

/// <summary>Draws from N(0, 1), the prior of every latent coordinate.</summary>
public static class StandardNormal
{
    /// <summary>Independent draws; the same count and seed give the same ones.</summary>
    public static float[] Draw(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            // Box and Muller (1958); 1 - u is in (0, 1].
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
        return values;
    }
}
