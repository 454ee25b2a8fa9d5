using Microsoft.ML.Data;

namespace Vae.MLNet.Samples;

/// <summary>A grey image of 28x28 pixels and what it shows: a row of the training data.</summary>
public class ImageRow
{
    /// <summary>Width and height in pixels.</summary>
    public const int Side = 28;

    /// <summary>Number of pixels.</summary>
    public const int Pixels = Side * Side;

    /// <summary>What the image shows, such as "ring" or "7".</summary>
    public string Label { get; set; } = "";

    /// <summary>The pixels row by row from the top left, each from 0 (black) to 255 (white).</summary>
    [VectorType(Pixels)]
    public float[] Features { get; set; } = new float[Pixels];

    /// <summary>A black image and a white one: the range of every pixel.</summary>
    public static IReadOnlyList<ImageRow> BlackAndWhite { get; } = [new(), new() { Features = [.. Enumerable.Repeat(255f, Pixels)] }];
}
