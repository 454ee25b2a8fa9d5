using Microsoft.ML;

namespace Vae.MLNet.Benchmarks.Measurements;

/// <summary>Training on more rows than fit into memory, made while they are read, beside training on rows in memory.</summary>
internal static class StreamMeasurement
{
    public const string Name = "stream";
    public const string InMemory = "stream-in-memory";

    private const long StreamedRows = 20_000_000;
    private const long RowsInMemory = 2_000_000;
    private const long WarmUpRows = 2048;
    private const int Width = 32;
    private const int Factors = 4;

    public static IReadOnlyList<Figure> Streamed() => Measure(StreamedRows, VaeRowCache.Never);

    public static IReadOnlyList<Figure> Cached() => Measure(RowsInMemory, VaeRowCache.Always);

    private static IReadOnlyList<Figure> Measure(long count, VaeRowCache cache)
    {
        VaeEstimator.Options options = Models.ForTable;
        options.CacheRows = cache;
        return FitMeasurement.Measure(new MLContext(seed: 1), options, ViewOf(WarmUpRows), ViewOf(count), count, epochs: 1);
    }

    private static GeneratedView ViewOf(long count) => new(count, Width, Write);

    // A few common factors and noise, all a function of the row's number.
    private static void Write(long row, Span<float> values)
    {
        ulong state = (ulong)row * (Width + Factors);
        Span<float> factors = stackalloc float[Factors];
        for (int i = 0; i < Factors; i++)
        {
            factors[i] = Uniform(state++);
        }
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = factors[i % Factors] + 0.5f * Uniform(state++);
        }
    }

    // SplitMix64 (Steele et al., 2014), from -1 to 1.
    private static float Uniform(ulong state)
    {
        ulong z = (state + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)(z >> 40) * (2f / (1 << 24)) - 1;
    }
}
