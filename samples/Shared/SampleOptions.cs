using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Vae.MLNet.Samples;

/// <summary>What a sample is told on the command line.</summary>
public sealed class SampleOptions
{
    /// <summary>Images drawn when no folder is given.</summary>
    public const int DrawnImages = 10_000;

    private SampleOptions(string sample, int epochs)
    {
        Epochs = epochs;
        string folder = Path.Combine("samples", sample);
        Out = Path.GetFullPath(Path.Combine(Directory.Exists(folder) ? folder : "", "out"));
    }

    /// <summary><c>--data</c>: a folder with images in MNIST's format. Null: shapes are drawn.</summary>
    public string? Data { get; private set; }

    /// <summary><c>--out</c>: the folder to write to, which exists. Default: <c>out</c> in the sample's folder, or where that is not below the current folder, in the current folder.</summary>
    public string Out { get; private set; }

    /// <summary><c>--epochs</c>: how many times training goes over all images.</summary>
    public int Epochs { get; private set; }

    /// <summary><c>--seed</c>: of everything random. Default 1.</summary>
    public int Seed { get; private set; } = 1;

    /// <summary>Reads the command line; where it is wrong, says so on the error output in two lines.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="sample">The sample's name.</param>
    /// <param name="epochs">The default of <see cref="Epochs"/>.</param>
    /// <param name="options">The settings.</param>
    /// <returns>Whether the sample can go on.</returns>
    public static bool TryParse(string[] args, string sample, int epochs, [NotNullWhen(true)] out SampleOptions? options)
    {
        options = new SampleOptions(sample, epochs);
        string? problem = args.Length % 2 == 1 ? $"'{args[^1]}' is not an option with a value." : null;
        for (int i = 0; i + 1 < args.Length && problem is null; i += 2)
        {
            problem = options.Set(args[i], args[i + 1]);
        }
        problem ??= options.CreateFolder();
        if (problem is not null)
        {
            Console.Error.WriteLine(problem);
            Console.Error.WriteLine($"Usage: dotnet run --project samples/{sample} -- [--data DIR] [--out DIR] [--epochs N] [--seed N]");
            options = null;
        }
        return options is not null;
    }

    /// <summary>Draws or reads the images; where that fails, says why on the error output.</summary>
    /// <param name="images">The images.</param>
    /// <returns>Whether the sample can go on.</returns>
    public bool TryGetImages([NotNullWhen(true)] out ImageSet? images)
    {
        try
        {
            images = Data is null ? ImageSet.Split("drawn shapes", ShapeImages.Draw(DrawnImages, Seed)) : IdxImages.Read(Data);
            return true;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(error.Message);
            images = null;
            return false;
        }
    }

    private string? Set(string name, string value)
    {
        switch (name)
        {
            case "--data":
                Data = Path.GetFullPath(value);
                return Directory.Exists(value) ? null : $"--data: there is no folder '{Data}'.";
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

    // -1 for anything that is not a whole number of at least 0.
    private static int ParseNumber(string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

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
