using Vae.MLNet.Columns;

namespace Vae.MLNet.Report;

/// <summary>The only input column, which is an image.</summary>
/// <param name="Shape">How.</param>
/// <param name="Reason">How that is known.</param>
internal sealed record ImageInput(VaeImageShape Shape, string Reason)
{
    private const int SmallestSide = 8;

    /// <summary>Null if it is none.</summary>
    /// <exception cref="ArgumentException">The shape that was asked for does not fit the model.</exception>
    public static ImageInput? Of(VaeTransformer vae, VaeReportOptions options)
    {
        var vector = vae.Model.Layout.Columns is [VectorColumn only] ? only : null;
        if (options.ImageShape is { } shape)
        {
            if (shape.Height < 1 || shape.Width < 1 || shape.Channels is not (1 or 3))
            {
                throw new ArgumentOutOfRangeException(nameof(options), shape, "ImageShape: an image has at least one row and one column of pixels, and 1 or 3 channels.");
            }
            return vector?.Width == shape.Size
                ? new ImageInput(shape, "as the report was told")
                : throw new ArgumentException(
                    $"ImageShape: images of {shape.Height} x {shape.Width} pixels in {shape.Channels} channel(s) want one input column, a vector of {shape.Size} values; the model reads {string.Join(", ", vae.Model.Layout.Columns.Select(column => $"'{column.Name}' of {column.Type}"))}.",
                    nameof(options));
        }
        if (vector is not null && vae.Network is VaeNetwork.Convolutional { Channels: 1 or 3 } network)
        {
            return new ImageInput(new VaeImageShape(network.Height, network.Width, network.Channels), "as the convolutional network reads it");
        }
        int side = (int)Math.Sqrt(vector?.Width ?? 0);
        return options.InfersImageShape && side >= SmallestSide && side * side == vector!.Width && vector.SlotNames is null
            ? new ImageInput(new VaeImageShape(side, side), FormattableString.Invariant($"since {vector.Width} is a square"))
            : null;
    }
}
