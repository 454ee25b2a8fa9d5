using System.Globalization;

namespace Vae.MLNet.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Runs">How often each measurement is repeated.</param>
/// <param name="Only">Names of measurements; empty means all.</param>
internal sealed record Settings(int Runs, IReadOnlyList<string> Only)
{
    public static Settings Parse(ReadOnlySpan<string> arguments)
    {
        var settings = new Settings(3, []);
        while (!arguments.IsEmpty)
        {
            settings = arguments switch
            {
                ["--runs", var runs, ..] when int.TryParse(runs, CultureInfo.InvariantCulture, out int count) && count > 0 => settings with { Runs = count },
                ["--only", var names, ..] => settings with { Only = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                _ => throw new ArgumentException($"'{string.Join(' ', arguments.ToArray())}' is not understood; wanted are --runs with a number of at least 1 and --only with names."),
            };
            arguments = arguments[2..];
        }
        return settings;
    }

    public bool Wants(string measurement) => Only.Count == 0 || Only.Contains(measurement);
}
