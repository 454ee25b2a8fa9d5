using Microsoft.ML.Data;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>Rows that look to a VAE like handwritten digits, or like a table, and can be made anywhere.</summary>
internal static class Rows
{
    public const int ImageWidth = 784;
    public const int TableWidth = 30;

    /// <summary>The share of ink in MNIST.</summary>
    public const double Ink = 0.19;

    public static ImageRow[] Images(int count)
    {
        var random = new Random(1);
        return Made(count, () => new ImageRow { Features = Made(ImageWidth, () => random.NextDouble() < Ink ? random.NextSingle() : 0) });
    }

    public static TableRow[] Table(int count)
    {
        var random = new Random(1);
        return Made(count, () => new TableRow { Features = Made(TableWidth, () => Normal(random)) });
    }

    // Without leaving garbage that would count as peak memory.
    private static T[] Made<T>(int count, Func<T> make)
    {
        var made = new T[count];
        for (int i = 0; i < count; i++)
        {
            made[i] = make();
        }
        return made;
    }

    private static float Normal(Random random) => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
}

/// <summary>An image.</summary>
internal sealed class ImageRow
{
    [VectorType(Rows.ImageWidth)]
    public float[] Features { get; set; } = [];
}

/// <summary>A row of a table.</summary>
internal sealed class TableRow
{
    [VectorType(Rows.TableWidth)]
    public float[] Features { get; set; } = [];
}

/// <summary>The latent of an image.</summary>
internal sealed class ImageLatents
{
    [VectorType(Models.ImageLatent)]
    public float[] Latent { get; set; } = [];
}

/// <summary>The latent of a row of a table.</summary>
internal sealed class TableLatents
{
    [VectorType(Models.TableLatent)]
    public float[] Latent { get; set; } = [];
}
