using System.Xml.Linq;
using Microsoft.ML;
using SkiaSharp;
using Vae.MLNet.Columns;

namespace Vae.MLNet.Report.Plots;

/// <summary>Rows that are images, as pictures in the page.</summary>
/// <param name="Shape">How values are pixels.</param>
/// <param name="Black">The value of a black pixel.</param>
/// <param name="White">The value of a white one.</param>
internal sealed record Pictures(VaeImageShape Shape, double Black, double White)
{
    private const double ByteRange = 255;

    /// <summary>From 0 to 1 or to 255 where the values are within, and else from their smallest to their largest.</summary>
    public static Pictures Of(ReportFacts facts)
    {
        var slots = facts.Spreads[0].Slots.Where(slot => slot.Count > 0).ToList();
        (double least, double most) = slots.Count == 0 ? (0, 1) : (slots.Min(slot => slot.Minimum), slots.Max(slot => slot.Maximum));
        (double black, double white) = (least, most) switch
        {
            ( >= 0, <= 1) => (0, 1),
            ( >= 0, <= ByteRange) => (0, ByteRange),
            _ => (least, most),
        };
        return new Pictures(facts.Image!.Shape, black, white > black ? white : black + 1);
    }

    /// <summary>Reads images.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="column">The column of the images.</param>
    /// <param name="rows">Which, by their place in the view.</param>
    public static IReadOnlyList<float[]> Read(IDataView view, DataViewSchema.Column column, IReadOnlyList<int> rows)
    {
        var wanted = rows.ToHashSet();
        var read = new Dictionary<int, float[]>();
        using DataViewRowCursor cursor = view.GetRowCursor([column]);
        var source = new VectorSource(cursor, column);
        for (int row = 0; read.Count < wanted.Count && cursor.MoveNext(); row++)
        {
            if (wanted.Contains(row))
            {
                read.Add(row, [.. source.Read().DenseValues()]);
            }
        }
        return [.. rows.Select(row => read[row])];
    }

    /// <param name="values">Channel by channel, row by row; NaN is shown as the middle between black and white.</param>
    /// <param name="label">What it shows, for who cannot see it.</param>
    public XElement Picture(ReadOnlySpan<float> values, string label)
    {
        int plane = Shape.Height * Shape.Width;
        var info = new SKImageInfo(Shape.Width, Shape.Height, Shape.Channels == 1 ? SKColorType.Gray8 : SKColorType.Rgb888x, SKAlphaType.Opaque);
        var pixels = new byte[info.BytesSize];
        for (int channel = 0; channel < Shape.Channels; channel++)
        {
            for (int pixel = 0; pixel < plane; pixel++)
            {
                double value = (values[channel * plane + pixel] - Black) / (White - Black);
                pixels[pixel * info.BytesPerPixel + channel] = (byte)Math.Round(ByteRange * (double.IsNaN(value) ? 0.5 : Math.Clamp(value, 0, 1)));
            }
        }
        using SKImage image = SKImage.FromPixelCopy(info, pixels);
        using SKData png = image.Encode(SKEncodedImageFormat.Png, quality: 100);
        return new XElement(
            "img",
            new XAttribute("src", $"data:image/png;base64,{Convert.ToBase64String(png.AsSpan())}"),
            new XAttribute("width", Shape.Width),
            new XAttribute("height", Shape.Height),
            new XAttribute("alt", label));
    }
}
