using System.Globalization;

namespace Vae.MLNet.Samples;

/// <summary>What every sample is told on the command line.</summary>
public abstract class SampleOptions
{
    private readonly string _sample;

    /// <summary>The defaults.</summary>
    /// <param name="sample">The sample's name.</param>
    /// <param name="epochs">The default of <see cref="Epochs"/>.</param>
    protected SampleOptions(string sample, int epochs)
    {
        _sample = sample;
        Epochs = epochs;
        string folder = Path.Combine("samples", sample);
        Out = Path.GetFullPath(Path.Combine(Directory.Exists(folder) ? folder : "", "out"));
    }

    /// <summary><c>--out</c>: the folder to write to, which exists. Default: <c>out</c> in the sample's folder, or where that is not below the current folder, in the current folder.</summary>
    public string Out { get; private set; }

    /// <summary><c>--epochs</c>: how many times training goes over all rows.</summary>
    public int Epochs { get; protected set; }

    /// <summary><c>--seed</c>: of everything random. Default 1.</summary>
    public int Seed { get; private set; } = 1;

    /// <summary>What else the sample is told, as its usage says it.</summary>
    protected abstract string Usage { get; }

    /// <summary>Reads the command line; where it is wrong, says so on the error output in two lines.</summary>
    /// <returns>Whether the sample can go on.</returns>
    protected bool TryRead(string[] args)
    {
        string? problem = args.Length % 2 == 1 ? $"'{args[^1]}' is not an option with a value." : null;
        for (int i = 0; i + 1 < args.Length && problem is null; i += 2)
        {
            problem = Take(args[i], args[i + 1]);
        }
        problem ??= CreateFolder();
        if (problem is not null)
        {
            Console.Error.WriteLine(problem);
            Console.Error.WriteLine($"Usage: dotnet run --project samples/{_sample} -- {Usage} [--out DIR] [--epochs N] [--seed N]");
        }
        return problem is null;
    }

    /// <summary>Takes one option.</summary>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    protected virtual string? Take(string name, string value)
    {
        switch (name)
        {
            case "--out":
                Out = Path.GetFullPath(value);
                return null;
            case "--epochs":
                Epochs = ParseNumber(value);
                return Epochs >= 1 ? null : $"--epochs is to be a whole number of at least 1, not '{value}'.";
            case "--seed":
                Seed = ParseNumber(value);
                return Seed >= 0 ? null : $"--seed is to be a whole number of at least 0, not '{value}'.";
            default:
                return $"'{name}' is not an option of this sample.";
        }
    }

    /// <summary>A whole number; -1 for anything that is not one of at least 0.</summary>
    protected static int ParseNumber(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

    private string? CreateFolder()
    {
        try
        {
            Directory.CreateDirectory(Out);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"--out: the folder '{Out}' cannot be made: {error.Message}";
        }
    }
}
