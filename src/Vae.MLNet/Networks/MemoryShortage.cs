using System.Runtime.InteropServices;

namespace Vae.MLNet.Networks;

/// <summary>There is not enough memory for what is to be computed. libtorch and the runtime say so in types and words of their own, and cannot say what to do.</summary>
internal static class MemoryShortage
{
    // libtorch on Linux, on Windows, on CUDA, and the C++ library.
    private static readonly string[] s_words = ["allocate memory", "not enough memory", "out of memory", "bad_alloc"];

    /// <summary>Whether an error is that, and nobody has yet said what to do.</summary>
    public static bool Is(Exception error) => error switch
    {
        InsufficientMemoryException => false,
        OutOfMemoryException => true,
        ExternalException => s_words.Any(words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    /// <param name="what">What there is not enough memory for: "a batch of 100 rows".</param>
    /// <param name="advice">What needs less: "lower ... (now ...)".</param>
    /// <param name="error">What was said.</param>
    public static InsufficientMemoryException For(FormattableString what, FormattableString advice, Exception error) =>
        new($"There is not enough memory for {FormattableString.Invariant(what)}: {FormattableString.Invariant(advice)}. ({error.Message.Split('\n')[0]})", error);
}
