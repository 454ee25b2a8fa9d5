using System.Globalization;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>How a row is an image: channel by channel, and within a channel row by row from the top left.</summary>
/// <param name="Height">Pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Channels">1 for grey; 3 for red, green and blue.</param>
internal sealed record ImageSize(int Height, int Width, int Channels)
{
    private const int SmallestSide = 8;

    /// <summary>The annotation in which <c>vae train --image</c> keeps the size: height, width, channels.</summary>
    private const string Annotation = "ImageShape";

    public int Values => Height * Width * Channels;

    /// <summary>Reads 28x28 or 32x32x3; null for anything else.</summary>
    public static ImageSize? Parse(string text)
    {
        int[] sizes = [.. text.ToLowerInvariant().Split('x').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 0)];
        return sizes switch
        {
            [> 0 and < 1 << 12, > 0 and < 1 << 12] => new ImageSize(sizes[0], sizes[1], 1),
            [> 0 and < 1 << 12, > 0 and < 1 << 12, 1 or 3] => new ImageSize(sizes[0], sizes[1], sizes[2]),
            _ => null,
        };
    }

    /// <summary>How the rows of a model are images; null if they are none.</summary>
    /// <param name="vae">The model.</param>
    /// <param name="layout">Its rows.</param>
    /// <param name="input">The column that it reads, as its file describes it; null if it has no only one.</param>
    /// <param name="asked">What the command line says; null for nothing.</param>
    /// <exception cref="ExplorerException">What was asked for does not fit.</exception>
    public static ImageSize? Of(VaeTransformer vae, RowLayout layout, Microsoft.ML.DataViewSchema.Column? input, ImageSize? asked)
    {
        ImageSize? found = asked ?? Kept(input) ?? (vae.Network is VaeNetwork.Convolutional { Channels: 1 or 3 } network
            ? new ImageSize(network.Height, network.Width, network.Channels)
            : Square(layout));
        return found is null || (layout.IsVector && found.Values == vae.InputSize)
            ? found
            : asked is null ? null : throw new ExplorerException($"--image: {asked.Height}x{asked.Width}x{asked.Channels} is {asked.Values} values of one vector; the model's rows have {vae.InputSize} in {vae.InputColumns.Count} column(s).");
    }

    private static ImageSize? Square(RowLayout layout)
    {
        int side = (int)Math.Sqrt(layout.Width);
        return layout is { IsVector: true, HasSlotNames: false } && side >= SmallestSide && side * side == layout.Width ? new ImageSize(side, side, 1) : null;
    }

    private static ImageSize? Kept(Microsoft.ML.DataViewSchema.Column? input) =>
        Annotations.Numbers(input, Annotation) is [> 0 and var height, > 0 and var width, (1 or 3) and var channels] ? new ImageSize(height, width, channels) : null;
}
