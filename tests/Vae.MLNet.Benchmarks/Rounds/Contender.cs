using System.Diagnostics;
using Vae.MLNet.Benchmarks.Measurements;

namespace Vae.MLNet.Benchmarks;

/// <summary>Somebody who measures in a process of its own.</summary>
/// <param name="Measurement">The name of what is measured.</param>
/// <param name="Name">Who it is.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="Variables">Set for the process.</param>
internal sealed record Contender(string Measurement, string Name, IReadOnlyList<string> Command, IReadOnlyDictionary<string, string> Variables)
{
    public const string Product = "Vae.MLNet";

    /// <summary>Ours, which runs without any tuning from outside.</summary>
    public static Contender Ours(string measurement) => Ours(measurement, Product, measurement);

    /// <summary>Ours, and what else this program measures to compare it with.</summary>
    public static IEnumerable<Contender> InThisProgram(string measurement)
    {
        yield return Ours(measurement);
        if (measurement == StreamMeasurement.Name)
        {
            yield return Ours(measurement, "Vae.MLNet, rows in memory", StreamMeasurement.InMemory);
        }
        if (Measurements.Measurement.All.ContainsKey($"plain-{measurement}"))
        {
            yield return Ours(measurement, PlainMeasurement.Name, $"plain-{measurement}");
        }
    }

    /// <summary>This program with these arguments, in a process without tuning from outside.</summary>
    /// <returns>Its exit code.</returns>
    public static int RunWithoutTuning(string[] arguments)
    {
        using Process process = Process.Start(Untuned([.. ThisProgram(), .. arguments]))!;
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>The report of a new process.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public Report Measure()
    {
        ProcessStartInfo start = Untuned(Command);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach ((string name, string value) in Variables)
        {
            start.Environment[name] = value;
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 && lines.Length > 0 && Report.FromJson(lines[^1]) is { } report
            ? report
            : throw new InvalidOperationException($"{Name} failed in {Measurement} ({string.Join(' ', Command)}, exit code {process.ExitCode}): {errors.GetAwaiter().GetResult()}");
    }

    private static Contender Ours(string measurement, string name, string measured) => new(measurement, name, [.. ThisProgram(), "measure", measured], new Dictionary<string, string>());

    private static ProcessStartInfo Untuned(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1));
        foreach (string name in Machine.Tuning)
        {
            start.Environment.Remove(name);
        }
        return start;
    }

    // As it was started: by its own executable, or as a library by dotnet.
    private static string[] ThisProgram() => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
        ? [Environment.ProcessPath!, Path.Combine(AppContext.BaseDirectory, typeof(Contender).Assembly.GetName().Name + ".dll")]
        : [Environment.ProcessPath!];
}
