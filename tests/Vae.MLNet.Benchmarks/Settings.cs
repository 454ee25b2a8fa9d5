using System.Globalization;

namespace Vae.MLNet.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Runs">How often each measurement is repeated.</param>
/// <param name="Only">Names of measurements; empty means all.</param>
internal sealed record Settings(int Runs, IReadOnlyList<string> Only)
{
    /// <summary>Null if the arguments are not understood.</summary>
    public static Settings? Parse(ReadOnlySpan<string> arguments)
    {
        Settings? settings = new(3, []);
        while (settings is not null && !arguments.IsEmpty)
        {
            settings = arguments switch
            {
                ["--runs", var runs, ..] when int.TryParse(runs, CultureInfo.InvariantCulture, out int count) && count > 0 => settings with { Runs = count },
                ["--only", var names, ..] => settings with { Only = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                _ => null,
            };
            arguments = arguments[Math.Min(2, arguments.Length)..];
        }
        return settings;
    }

    public bool Wants(string measurement) => Only.Count == 0 || Only.Contains(measurement);
}
