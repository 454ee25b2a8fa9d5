using Microsoft.ML.Data;

namespace Vae.MLNet.Reliability.Platform;

/// <summary>Names and words with the letters that cultures disagree on.</summary>
internal sealed class PlatformRow
{
    private static readonly string?[] s_words = ["i", "I", "ı", "İ", "1,5", "1.5", null];

    [ColumnName("Işık ı")]
    public float Light { get; set; }

    [ColumnName("IŞIK I")]
    public double Dark { get; set; }

    [ColumnName("i")]
    public bool Flag { get; set; }

    [ColumnName("İl")]
    public string? Word { get; set; }

    public static PlatformRow[] Make(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(row =>
        {
            double u = random.NextDouble();
            return new PlatformRow { Light = row % 11 == 3 ? float.NaN : (float)(1234.5 * u), Dark = u * u - 0.5, Flag = u > 0.4, Word = s_words[Math.Min((int)(7 * u), 6)] };
        })];
    }
}
