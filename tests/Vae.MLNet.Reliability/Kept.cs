using System.Globalization;

namespace Vae.MLNet.Reliability;

/// <summary>The number of outcomes without and with violations: the last line of what is printed.</summary>
/// <param name="Passed">Outcomes whose promises were kept.</param>
/// <param name="Failed">Outcomes with violations, and runs that crashed or hung.</param>
internal readonly record struct Kept(int Passed = 0, int Failed = 0)
{
    private const string PassedWord = " passed, ";
    private const string FailedWord = " failed";

    public static Kept operator +(Kept left, Kept right) => new(left.Passed + right.Passed, left.Failed + right.Failed);

    /// <summary>Reads what <see cref="ToString"/> wrote; null if it is something else.</summary>
    public static Kept? Parse(string line) =>
        line.EndsWith(FailedWord, StringComparison.Ordinal)
        && line[..^FailedWord.Length].Split(PassedWord) is [var passed, var failed]
        && int.TryParse(passed, NumberStyles.None, CultureInfo.InvariantCulture, out int passedCount)
        && int.TryParse(failed, NumberStyles.None, CultureInfo.InvariantCulture, out int failedCount)
            ? new Kept(passedCount, failedCount)
            : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Passed}{PassedWord}{Failed}{FailedWord}");
}
