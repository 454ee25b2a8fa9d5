using System.Diagnostics;
using System.Text.Json;
using TorchSharp;

namespace Vae.MLNet.Benchmarks;

/// <summary>What a measuring process tells: its numbers, the most memory that it had, and which libraries it ran on.</summary>
internal sealed record Report(IReadOnlyList<Figure> Figures, long PeakMemory, string About)
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public static Report OfThisProcess(IReadOnlyList<Figure> figures)
    {
        using var process = Process.GetCurrentProcess();
        return new Report(figures, process.PeakWorkingSet64, $"libtorch {torch.__version__}");
    }

    public static Report? FromJson(string line) => JsonSerializer.Deserialize<Report>(line, s_options);

    public string ToJson() => JsonSerializer.Serialize(this, s_options);
}
