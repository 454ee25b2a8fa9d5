namespace Vae.MLNet.Networks;

/// <summary>What fixes the shape of every tensor of a <see cref="VariationalAutoencoder"/>.</summary>
internal sealed record VaeArchitecture(int Features, int LatentDimension, IReadOnlyList<int> HiddenLayerSizes, VaeLikelihood Likelihood)
{
    /// <summary>Weights and biases in all, known without making any.</summary>
    public long NumberOfParameters
    {
        get
        {
            int[] encoder = [Features, .. HiddenLayerSizes];
            int[] decoder = [LatentDimension, .. HiddenLayerSizes.Reverse(), Features];
            long heads = 2 * (encoder[^1] + 1L) * LatentDimension;
            return Layers(encoder) + heads + Layers(decoder) + (Likelihood == VaeLikelihood.Gaussian ? Features : 0);
        }
    }

    private static long Layers(int[] sizes) => sizes.Zip(sizes.Skip(1), (input, output) => (input + 1L) * output).Sum();
}
