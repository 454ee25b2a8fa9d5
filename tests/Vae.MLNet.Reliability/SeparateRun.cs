using System.Diagnostics;

namespace Vae.MLNet.Reliability;

/// <summary>A run in a process of its own: a crash or a hang is seen, and memory is that of the run.</summary>
internal static class SeparateRun
{
    private const int HeadLines = 2;

    /// <summary>Does the run and prints its part of the table.</summary>
    public static Kept Do(Run run, Effort effort)
    {
        TimeSpan limit = effort.IsShort ? TimeSpan.FromMinutes(10) : TimeSpan.FromHours(2);
        string[] options = effort.IsShort ? ["--short", "--seed", $"{effort.Seed}"] : ["--seed", $"{effort.Seed}"];
        var start = new ProcessStartInfo("dotnet", [typeof(SeparateRun).Assembly.Location, run.Name, .. options]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        using var hung = new CancellationTokenSource(limit);
        using CancellationTokenRegistration ending = hung.Token.Register(() => process.Kill(entireProcessTree: true));
        Kept? kept = null;
        int lines = 0;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            kept = Kept.Parse(line);
            if (++lines > HeadLines && line.Length > 0 && kept is null)
            {
                Console.WriteLine(line);
            }
        }
        process.WaitForExit();
        if (process.ExitCode is 0 or 1 && kept is { } counted)
        {
            return counted;
        }
        Console.Error.WriteLine($"{run.Name}: " + (hung.IsCancellationRequested
            ? $"not at its end after {limit.TotalMinutes} minutes."
            : $"the process ended with exit code {process.ExitCode}."));
        return new Kept(Failed: 1);
    }
}
