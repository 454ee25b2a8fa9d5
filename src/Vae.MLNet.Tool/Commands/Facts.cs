using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vae.MLNet.Tool.Commands;

/// <summary>Named values for people, as lines, or for programs, as a JSON object.</summary>
internal sealed class Facts
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Name, object? Value, string? Unit)> _facts = [];

    public void Add(string name, object? value, string? unit = null) => _facts.Add((name, value, unit));

    public void Write(Stream stream, bool asJson)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        if (asJson)
        {
            writer.WriteLine(JsonSerializer.Serialize(_facts.ToDictionary(fact => fact.Name, fact => Finite(fact.Value)), s_json));
            return;
        }
        int width = _facts.Max(fact => fact.Name.Length);
        foreach ((string name, object? value, string? unit) in _facts)
        {
            writer.WriteLine($"{name.PadRight(width)}  {Text(value)}{(unit is null ? "" : $"  ({unit})")}");
        }
    }

    // JSON has no NaN.
    private static object? Finite(object? value) => value is double number && !double.IsFinite(number) ? null : value;

    private static string Text(object? value) => value switch
    {
        null => "-",
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        IEnumerable<double> numbers => string.Join(' ', numbers.Select(number => number.ToString("G4", CultureInfo.InvariantCulture))),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
