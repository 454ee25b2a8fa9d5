namespace Vae.MLNet.Samples;

/// <summary>Between what the random factors of <see cref="ShapeImages"/> lie. A shape that is shifted and sized by at most 14 pixels in all stays inside the image.</summary>
public sealed record ShapeRanges
{
    /// <summary>The largest distance of a shape's centre from the middle along each axis, in pixels. Default 3.</summary>
    public float LargestShift { get; init; } = 3;

    /// <summary>The smallest radius of a shape, in pixels. Default 8.</summary>
    public float SmallestSize { get; init; } = 8;

    /// <summary>The largest radius of a shape, in pixels. Default 11.</summary>
    public float LargestSize { get; init; } = 11;

    /// <summary>The largest turn of a shape, in degrees. Default 360.</summary>
    public float LargestRotation { get; init; } = 360;
}
