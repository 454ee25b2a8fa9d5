namespace Vae.MLNet.Samples;

/// <summary>Images to train on and images held out, which training never sees.</summary>
/// <param name="Description">Where they come from, for people.</param>
/// <param name="Train">To train on.</param>
/// <param name="Test">Held out.</param>
public sealed record ImageSet(string Description, IReadOnlyList<ImageRow> Train, IReadOnlyList<ImageRow> Test)
{
    /// <summary>The first four fifths to train on, the rest held out.</summary>
    public static ImageSet Split(string description, IReadOnlyList<ImageRow> images)
    {
        int train = images.Count * 4 / 5;
        return new ImageSet(description, [.. images.Take(train)], [.. images.Skip(train)]);
    }
}
