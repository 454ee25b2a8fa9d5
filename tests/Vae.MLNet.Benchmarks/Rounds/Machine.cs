using System.Runtime.InteropServices;

namespace Vae.MLNet.Benchmarks;

/// <summary>What is to be known of the machine beside its measurements.</summary>
internal static class Machine
{
    private const string CpuInfo = "/proc/cpuinfo";

    private static readonly string[] s_tuning = ["OPENBLAS_", "OMP_", "GOMP_", "MALLOC_", "MKL_", "KMP_"];

    public static bool HasAvx512 { get; } = File.Exists(CpuInfo) && File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) is { } flags && flags.Split(' ').Contains("avx512f");

    /// <summary>The environment variables of this process that change how fast libtorch computes.</summary>
    public static IReadOnlyList<string> Tuning { get; } =
        [.. Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => s_tuning.Any(start => name.StartsWith(start, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];

    /// <summary>Lines that belong above a table.</summary>
    public static IEnumerable<string> Description()
    {
        string model = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "" : "";
        yield return $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores{(model.Length > 0 ? $" ({model}{(HasAvx512 ? ", AVX-512" : "")})" : "")}, {RuntimeInformation.FrameworkDescription}.";
        yield return Tuning.Count == 0
            ? "No OPENBLAS_, OMP_, GOMP_, MALLOC_, MKL_ or KMP_ variable is set here."
            : $"{string.Join(", ", Tuning)} are set here; the measured processes run without them.";
    }
}
