using System.Globalization;
using Vae.MLNet.Tool.Csv;

namespace Vae.MLNet.Tool.Models;

/// <summary>What the command line says of the columns to train on.</summary>
internal sealed record TableChoices
{
    public string? Label { get; init; }

    public string? Weight { get; init; }

    public IReadOnlyList<string> Ignored { get; init; } = [];

    public ImageShape? Image { get; init; }

    /// <summary>By column.</summary>
    public IReadOnlyDictionary<string, ColumnChoice> Columns { get; init; } = new Dictionary<string, ColumnChoice>();

    /// <summary>Of all numbers.</summary>
    public VaeLikelihood? Likelihood { get; init; }

    /// <summary>Whether the model is to know missing values although the table may have none: truth values are categories then, which have them.</summary>
    public bool ExpectsHoles { get; init; }

    /// <summary>Whether a column is not an input.</summary>
    public bool IsApart(string name) => name == Label || name == Weight || Ignored.Contains(name);

    /// <exception cref="ToolException">A column that is named is not there.</exception>
    public void RequireColumns(TableProfile profile, string table)
    {
        string[] named = [.. Ignored, .. Columns.Keys, .. Label is null ? [] : new[] { Label }, .. Weight is null ? [] : new[] { Weight }];
        string[] known = [.. profile.Columns.Select(column => column.Name)];
        if (Array.Find(named, name => !known.Contains(name)) is { } missing)
        {
            throw new ToolException(ExitCode.Input, $"{table}: there is no column '{missing}'; there are {string.Join(", ", known.Take(20))}{(known.Length > 20 ? ", ..." : "")}.");
        }
    }
}

/// <summary>What the command line says of one column; null where it leaves it open.</summary>
internal sealed record ColumnChoice
{
    /// <summary>Whether its cells are texts, even if they look like numbers.</summary>
    public bool? IsCategory { get; init; }

    public VaeLikelihood? Likelihood { get; init; }

    public VaeScaling? Scaling { get; init; }
}

/// <summary>The size of images whose pixels are the cells of a row.</summary>
internal sealed record ImageShape(int Height, int Width, int Channels)
{
    /// <summary>The column of the model that has them.</summary>
    public const string ColumnName = "Pixels";

    /// <summary>The cell of a white pixel, where not all are from 0 to 1.</summary>
    public const float White = 255;

    public int Size => Height * Width * Channels;

    /// <summary>Reads 28x28 or 32x32x3.</summary>
    public static ImageShape? Parse(string text)
    {
        int[] sizes = [.. text.ToLowerInvariant().Split('x').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0)];
        return sizes is [> 0 and < 1 << 12, > 0 and < 1 << 12] or [> 0 and < 1 << 12, > 0 and < 1 << 12, > 0 and < 1 << 8] ? new ImageShape(sizes[0], sizes[1], sizes.Length == 3 ? sizes[2] : 1) : null;
    }

    public override string ToString() => Channels == 1 ? $"{Height}x{Width}" : $"{Height}x{Width}x{Channels}";
}
