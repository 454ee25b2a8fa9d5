using System.Diagnostics;
using System.Text.Json;

namespace Vae.MLNet.Benchmarks;

/// <summary>What a measuring process tells: its numbers, the most memory that it had, and which matrix library it ran on.</summary>
internal sealed record Report(IReadOnlyList<Figure> Figures, long PeakMemory, string About)
{
    private const string Maps = "/proc/self/maps";

    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Report OfThisProcess(IReadOnlyList<Figure> figures)
    {
        using var process = Process.GetCurrentProcess();
        return new Report(figures, process.PeakWorkingSet64, Blas());
    }

    public static Report? FromJson(string line) => JsonSerializer.Deserialize<Report>(line, s_options);

    public string ToJson() => JsonSerializer.Serialize(this, s_options);

    // The file behind libblas.so.3, which is a name only.
    private static string Blas() => !File.Exists(Maps) ? "" : string.Join(", ", File.ReadLines(Maps)
        .Select(line => line[(line.LastIndexOf(' ') + 1)..])
        .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("libopenblas", StringComparison.Ordinal) || name.StartsWith("libmkl", StringComparison.Ordinal)))
        .Distinct()
        .Order(StringComparer.Ordinal));
}
