namespace Vae.MLNet.Quality;

/// <summary>How much is trained, and with which random numbers.</summary>
/// <param name="IsShort">Whether fewer rows or epochs are used, with thresholds of their own.</param>
/// <param name="Seed">Of splits and models. Null: the seed with which the figure's thresholds were set.</param>
internal sealed record Effort(bool IsShort, int? Seed)
{
    /// <summary>Returns what suits the effort.</summary>
    public T Of<T>(T inShort, T inFull) => IsShort ? inShort : inFull;
}
