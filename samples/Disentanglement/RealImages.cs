using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Samples.Disentanglement;

/// <summary>Images that are known to be shapes: how near a decoded image is to one of them says whether it is one.</summary>
internal sealed class RealImages : IDisposable
{
    private readonly Tensor _images;

    /// <param name="images">Pixels from 0 to 1 each.</param>
    public RealImages(IReadOnlyList<float[]> images) => _images = Rows(images);

    /// <summary>For each image the distance to the nearest of the real ones: the root mean square difference of a pixel.</summary>
    public float[] Distances(IReadOnlyList<float[]> images)
    {
        using DisposeScope scope = NewDisposeScope();
        return (cdist(Rows(images), _images).amin([1]) / Math.Sqrt(ImageRow.Pixels)).data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _images.Dispose();

    private static Tensor Rows(IReadOnlyList<float[]> images) => tensor(images.SelectMany(image => image).ToArray(), [images.Count, ImageRow.Pixels]);
}
