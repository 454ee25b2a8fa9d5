using System.Diagnostics.CodeAnalysis;

namespace Vae.MLNet.Samples;

/// <summary>What a sample with a table of numbers is told on the command line.</summary>
public sealed class NumberTableOptions : SampleOptions
{
    private readonly bool _takesLabel;

    private NumberTableOptions(string sample, int epochs, bool takesLabel)
        : base(sample, epochs) => _takesLabel = takesLabel;

    /// <summary><c>--data</c>: a CSV file. Null: a weather station makes the readings.</summary>
    public string? Data { get; private set; }

    /// <summary><c>--label</c>: the column that says what is to be found out, 0 or another number. Null: none.</summary>
    public string? Label { get; private set; }

    /// <inheritdoc/>
    protected override string Usage => _takesLabel ? "[--data FILE [--label COLUMN]]" : "[--data FILE]";

    /// <summary>Reads the command line and the table; where one is wrong, says so on the error output.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="sample">The sample's name.</param>
    /// <param name="epochs">The default of <see cref="SampleOptions.Epochs"/>.</param>
    /// <param name="takesLabel">Whether there is an option <c>--label</c>.</param>
    /// <param name="options">The settings.</param>
    /// <param name="table">The table, without the label.</param>
    /// <param name="labels">The column <see cref="Label"/>; null without one.</param>
    /// <returns>Whether the sample can go on.</returns>
    public static bool TryParse(string[] args, string sample, int epochs, bool takesLabel, [NotNullWhen(true)] out NumberTableOptions? options, [NotNullWhen(true)] out NumberTable? table, out float[]? labels)
    {
        (table, labels) = (null, null);
        options = new NumberTableOptions(sample, epochs, takesLabel);
        if (!options.TryRead(args))
        {
            options = null;
            return false;
        }
        try
        {
            table = options.Data is null ? WeatherStation.Read(options.Seed) : NumberTable.Read(options.Data);
            if (options.Label is { } label)
            {
                int index = table.Names.ToList().IndexOf(label);
                labels = index >= 0 ? table.Column(index) : throw new InvalidDataException($"There is no column '{label}': the header has {string.Join(", ", table.Names)}.");
                table = table.Without(index);
            }
            return true;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            (options, table) = (null, null);
            return false;
        }
    }

    /// <inheritdoc/>
    protected override string? Take(string name, string value)
    {
        switch (name)
        {
            case "--data":
                Data = Path.GetFullPath(value);
                return File.Exists(value) ? null : $"--data: there is no file '{Data}'.";
            case "--label" when _takesLabel:
                Label = value;
                return null;
            default:
                return base.Take(name, value);
        }
    }
}
