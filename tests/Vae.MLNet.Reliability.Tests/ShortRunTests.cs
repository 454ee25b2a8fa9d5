using System.Diagnostics;

namespace Vae.MLNet.Reliability.Tests;

/// <summary>The short form of every run, each in a process of its own: a crash or a hang is seen, too, and memory is that of the run.</summary>
public sealed class ShortRunTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    public static TheoryData<string> Names => [.. Run.All.Select(run => run.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_promise_is_kept(string run)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Vae.MLNet.Reliability.dll"), run, "--short"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> table = process.StandardOutput.ReadToEndAsync();
        Task<string> violations = process.StandardError.ReadToEndAsync();
        using var hung = new CancellationTokenSource(s_longest);
        try
        {
            await process.WaitForExitAsync(hung.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"It hangs.\n{await table}\n{await violations}");
        }
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}.\n{await violations}\n{await table}");
        // The table's head, and at least one outcome.
        Assert.True((await table).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > 2, await table);
    }
}
