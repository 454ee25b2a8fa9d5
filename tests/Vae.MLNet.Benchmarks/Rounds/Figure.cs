namespace Vae.MLNet.Benchmarks;

/// <summary>One measured number.</summary>
/// <param name="What">What was measured; those of the same text are compared with each other.</param>
/// <param name="Value">The number.</param>
/// <param name="Unit">Of <see cref="Units"/>, or any other for numbers that are shown only.</param>
/// <param name="Who">Who did it, if it was not the contender itself.</param>
/// <param name="Note">What else is worth knowing.</param>
internal sealed record Figure(string What, double Value, string Unit, string? Who = null, string? Note = null);

/// <summary>Units of numbers that tell how fast something is.</summary>
internal static class Units
{
    public const string RowsPerSecond = "rows/s";
    public const string Microseconds = "us";

    /// <summary>How many times as fast one is as the other; null where the unit does not tell.</summary>
    public static double? SpeedRatio(string unit, double ours, double theirs) => unit switch
    {
        RowsPerSecond => ours / theirs,
        Microseconds => theirs / ours,
        _ => null,
    };
}
