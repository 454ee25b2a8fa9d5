using System.Numerics;

namespace Vae.MLNet.Samples.Disentanglement;

/// <summary>Images that are known to be shapes: how near a decoded image is to one of them says whether it is one.</summary>
/// <param name="images">Pixels from 0 to 1 each.</param>
internal sealed class RealImages(float[][] images)
{
    /// <summary>The distance to the nearest of them: the root mean square difference of a pixel.</summary>
    public double Distance(float[] image) => Math.Sqrt(images.AsParallel().Min(other => Squares(image, other)) / image.Length);

    private static float Squares(float[] one, float[] other)
    {
        Vector<float> sum = Vector<float>.Zero;
        int i = 0;
        for (; i <= one.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector<float> difference = new Vector<float>(one, i) - new Vector<float>(other, i);
            sum += difference * difference;
        }
        float squares = Vector.Sum(sum);
        for (; i < one.Length; i++)
        {
            squares += (one[i] - other[i]) * (one[i] - other[i]);
        }
        return squares;
    }
}
