using System.ComponentModel;
using System.Diagnostics;

namespace Vae.MLNet.Reliability.Faults;

/// <summary>This program once more, as a process of its own that does one thing: it may be short of memory or disk, or killed.</summary>
internal static class Child
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    /// <summary>In the child.</summary>
    /// <param name="task">What is to be done, and with what.</param>
    /// <returns>The exit code.</returns>
    public static int Do(string[] task) => task switch
    {
        ["memory", var what] => MemoryRun.DoInChild(what),
        ["train", var folder, var model] => KillRun.TrainInChild(folder, model),
        ["save", var first, var second, var path] => KillRun.SaveInChild(first, second, path),
        _ => 2,
    };

    /// <param name="task">What <see cref="Do"/> understands.</param>
    public static Process Start(params string[] task) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, "child", .. task]) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Runs another program.</summary>
    /// <returns>Its exit code; negative if it cannot be started.</returns>
    public static int Exit(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return -1;
        }
    }

    /// <summary>Waits until it ends; ends it if it hangs.</summary>
    /// <returns>Its exit code and what it said.</returns>
    public static (int Code, string Said) Finished(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        bool hasEnded = process.WaitForExit(s_longest);
        if (!hasEnded)
        {
            process.Kill(entireProcessTree: true);
        }
        return hasEnded ? (process.ExitCode, (output.Result + errors.Result).Trim()) : (-1, "It hangs. " + output.Result + errors.Result);
    }
}
