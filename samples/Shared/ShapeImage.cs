namespace Vae.MLNet.Samples;

/// <summary>A drawn image together with the factors it was drawn from; its shape is the label.</summary>
public sealed class ShapeImage : ImageRow
{
    /// <summary>The centre's distance from the middle of the image to the right, in pixels.</summary>
    public float X { get; set; }

    /// <summary>The centre's distance from the middle of the image downwards, in pixels.</summary>
    public float Y { get; set; }

    /// <summary>Radius of the circle that the shape just fits into, in pixels.</summary>
    public float Size { get; set; }

    /// <summary>By how much the shape is turned clockwise, in degrees. A turn changes nothing about a disc or a ring.</summary>
    public float Rotation { get; set; }
}
