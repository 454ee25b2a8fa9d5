using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Vae.MLNet.Tests;

/// <summary>Runs the scripts of tests/python, where there is a Python with what they need.</summary>
internal static class Python
{
    private static readonly string[] s_candidates = ["python3", "/usr/bin/python3", "python"];

    /// <summary>A Python that has these modules; null if there is none.</summary>
    public static string? With(string modules) => Array.Find(s_candidates, candidate => Run(candidate, "-c", "import " + modules) is { Code: 0 });

    public static (int Code, string Text) RunScript(string python, string script, params string[] arguments) =>
        Run(python, [Path.Combine(Repository.Root, "tests", "python", script), .. arguments]);

    /// <summary>Reads the number from the line of a script's output that starts with a name.</summary>
    public static double Value(string text, string name) =>
        double.Parse(text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);

    /// <summary>Writes 32-bit floats, row by row.</summary>
    public static string Write(DirectoryInfo folder, string name, IEnumerable<float[]> rows)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, MemoryMarshal.AsBytes(rows.SelectMany(row => row).ToArray().AsSpan()).ToArray());
        return path;
    }

    private static (int Code, string Text) Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, "");
        }
    }
}
