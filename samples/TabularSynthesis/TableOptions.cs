using System.Diagnostics.CodeAnalysis;

namespace Vae.MLNet.Samples.TabularSynthesis;

/// <summary>What the sample is told on the command line.</summary>
internal sealed class TableOptions : SampleOptions
{
    private const int MadeRows = 5000;

    // So many rows are seen in training, if nothing else is said, all epochs together.
    private const int RowsSeen = 600_000;

    private string? _label;

    private TableOptions()
        : base("TabularSynthesis", epochs: 0)
    {
    }

    /// <summary><c>--data</c>: a CSV file. Null: customers are made up.</summary>
    public string? Data { get; private set; }

    /// <summary><c>--label</c>: the column that a classifier is to tell from the others. Null: none; of the customers, whether they left.</summary>
    public string? Label => _label ?? (Data is null ? Customers.Label : null);

    /// <summary><c>--rows</c>: how many rows to make. Default: as many as there are.</summary>
    public int Rows { get; private set; }

    /// <inheritdoc/>
    protected override string Usage => "[--data FILE] [--label COLUMN] [--rows N]";

    /// <summary>Reads the command line and the table; where one is wrong, says so on the error output.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="options">The settings.</param>
    /// <param name="table">The table.</param>
    /// <returns>Whether the sample can go on.</returns>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out TableOptions? options, [NotNullWhen(true)] out CsvTable? table)
    {
        table = null;
        options = new TableOptions();
        if (!options.TryRead(args))
        {
            options = null;
            return false;
        }
        try
        {
            table = options.Data is null ? Customers.Make(MadeRows, options.Seed, options.Label ?? Customers.Label) : CsvTable.Read(options.Data, options.Label);
            options.Rows = options.Rows == 0 ? table.RowCount : options.Rows;
            options.Epochs = options.Epochs == 0 ? Math.Clamp(RowsSeen / table.RowCount, 20, 200) : options.Epochs;
            return true;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            options = null;
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
            case "--label":
                _label = value;
                return null;
            case "--rows":
                Rows = ParseNumber(value);
                return Rows >= 1 ? null : $"--rows is to be a whole number of at least 1, not '{value}'.";
            default:
                return base.Take(name, value);
        }
    }
}
