using System.Diagnostics.CodeAnalysis;

namespace Vae.MLNet.Samples;

/// <summary>What a sample with images is told on the command line.</summary>
public sealed class ImageOptions : SampleOptions
{
    /// <summary>Images drawn when no folder is given.</summary>
    public const int DrawnImages = 10_000;

    private ImageOptions(string sample, int epochs)
        : base(sample, epochs)
    {
    }

    /// <summary><c>--data</c>: a folder with images in MNIST's format. Null: shapes are drawn.</summary>
    public string? Data { get; private set; }

    /// <inheritdoc/>
    protected override string Usage => "[--data DIR]";

    /// <summary>Reads the command line; where it is wrong, says so on the error output in two lines.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="sample">The sample's name.</param>
    /// <param name="epochs">The default of <see cref="SampleOptions.Epochs"/>.</param>
    /// <param name="options">The settings.</param>
    /// <returns>Whether the sample can go on.</returns>
    public static bool TryParse(string[] args, string sample, int epochs, [NotNullWhen(true)] out ImageOptions? options)
    {
        options = new ImageOptions(sample, epochs);
        options = options.TryRead(args) ? options : null;
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

    /// <inheritdoc/>
    protected override string? Take(string name, string value)
    {
        if (name != "--data")
        {
            return base.Take(name, value);
        }
        Data = Path.GetFullPath(value);
        return Directory.Exists(value) ? null : $"--data: there is no folder '{Data}'.";
    }
}
