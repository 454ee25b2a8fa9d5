using System.Diagnostics;

namespace Vae.MLNet.Tool.Tests;

/// <summary>The tool as a process: pipes, signals, a full disk.</summary>
public sealed class ProcessTests(People people) : IClassFixture<People>
{
    [SkippableFact]
    public void It_works_in_a_pipe()
    {
        (int code, string output, string error) = Shell($"set -o pipefail; cat '{people.Table}' | $VAE score '{people.Model}' | $VAE encode '{people.Model}' - --keep Score | wc -l");
        Assert.Equal((0, $"{People.Count + 1}", ""), (code, output.Trim(), error));
    }

    [SkippableFact]
    public void A_reader_that_stops_reading_ends_it_quietly()
    {
        (int code, string output, string error) = Shell($"$VAE sample -n 100000000 '{people.Model}' | head -n 1; echo ${{PIPESTATUS[0]}}");
        Assert.Equal((0, "age,height,town,member,flag,income\n0\n", ""), (code, output, error));
    }

    [SkippableFact]
    public void A_full_disk_is_told()
    {
        Skip.IfNot(File.Exists("/dev/full"), "There is no /dev/full.");
        foreach (string command in new[] { $"score '{people.Model}' '{people.Table}' > /dev/full", $"sample '{people.Model}' --out /dev/full", $"train '{people.Table}' --ignore name --epochs 1 --quiet --out /dev/full" })
        {
            (int code, _, string error) = Shell($"$VAE {command}");
            Assert.Equal((int)ExitCode.Output, code);
            Assert.Contains("cannot be written: No space left on device", error);
        }
    }

    [SkippableFact]
    public void Others_that_write_to_the_same_file_keep_their_place()
    {
        string file = people.PathOf("shared.txt");
        (int code, _, _) = Shell($"( echo first; $VAE sample -n 2 '{people.Model}' --header no; echo last ) > '{file}'");
        string[] lines = File.ReadAllLines(file);
        Assert.Equal((0, 4, "first", "last"), (code, lines.Length, lines[0], lines[3]));
    }

    [SkippableFact]
    public async Task An_interrupted_training_ends_with_130_and_keeps_its_checkpoint()
    {
        string model = people.PathOf("interrupted.zip");
        using Process process = Start($"exec $VAE train '{people.Table}' --ignore name --epochs 1000000 --checkpoint '{people.PathOf("kept")}' --out '{model}'");
        while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains("epoch 1/", StringComparison.Ordinal))
        {
        }
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }
        string rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("goes on from the checkpoint", rest);
        Assert.False(File.Exists(model));
        Assert.True(File.Exists(Path.Combine(people.PathOf("kept"), "checkpoint.safetensors")));
    }

    [SkippableFact]
    public async Task It_can_be_ended_while_it_waits_for_rows()
    {
        using Process waiting = Start($"exec $VAE score '{people.Model}'");
        await Task.Delay(TimeSpan.FromSeconds(2));
        using (var kill = Process.Start("kill", ["-TERM", $"{waiting.Id}"]))
        {
            await kill.WaitForExitAsync();
        }
        await waiting.WaitForExitAsync();
        Assert.Equal(143, waiting.ExitCode);
    }

    private static (int Code, string Output, string Error) Shell(string command)
    {
        using Process process = Start(command);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    private static Process Start(string command)
    {
        Skip.If(OperatingSystem.IsWindows(), "These are for a Unix shell.");
        // The tests' own copy of the program.
        string program = Path.Combine(AppContext.BaseDirectory, "vae.dll");
        var start = new ProcessStartInfo("bash", ["-c", command.Replace("$VAE", $"dotnet '{program}'", StringComparison.Ordinal)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
