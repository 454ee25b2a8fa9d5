using Vae.MLNet.Likelihoods;

namespace Vae.MLNet.Networks;

/// <summary>What fixes the shape of every tensor of a <see cref="VariationalAutoencoder"/>.</summary>
/// <param name="Parts">The slots of a row and their likelihoods: numbers before categories.</param>
/// <param name="SeesMissing">Whether the encoder has an input for each number that says that it is missing. A missing category is all zeros and needs none.</param>
/// <param name="Labels">Categories of the label that encoder and decoder see; 0 without a condition.</param>
/// <param name="LatentDimension">Size of the latent.</param>
/// <param name="HiddenLayerSizes">The encoder's, from the input on; the decoder's in reverse.</param>
internal sealed record VaeArchitecture(IReadOnlyList<LikelihoodPart> Parts, bool SeesMissing, int Labels, int LatentDimension, IReadOnlyList<int> HiddenLayerSizes)
{
    /// <summary>Slots of a row.</summary>
    public int Features => Parts.Sum(part => part.Width);

    /// <summary>Slots of numbers, which may be marked as missing.</summary>
    public int Numbers => Parts.Where(part => part.Likelihood != VaeLikelihood.Categorical).Sum(part => part.Width);

    /// <summary>For each slot, the value that it is a part of: a number is one, and so are the slots of a category together.</summary>
    public IEnumerable<long> Values
    {
        get
        {
            long value = 0;
            foreach (LikelihoodPart part in Parts)
            {
                bool isOne = part.Likelihood == VaeLikelihood.Categorical;
                for (int slot = 0; slot < part.Width; slot++)
                {
                    yield return isOne ? value : value++;
                }
                value += isOne ? 1 : 0;
            }
        }
    }

    /// <summary>Numbers and categories of a row.</summary>
    public int NumberOfValues => Numbers + Parts.Count(part => part.Likelihood == VaeLikelihood.Categorical);

    public int EncoderInputs => Features + (SeesMissing ? Numbers : 0) + Labels;

    public int DecoderInputs => LatentDimension + Labels;

    /// <summary>Weights and biases in all, known without making any.</summary>
    public long NumberOfParameters
    {
        get
        {
            int[] encoder = [EncoderInputs, .. HiddenLayerSizes];
            int[] decoder = [DecoderInputs, .. HiddenLayerSizes.Reverse(), Features];
            long heads = 2 * (encoder[^1] + 1L) * LatentDimension;
            return Layers(encoder) + heads + Layers(decoder) + Parts.Where(part => part.Likelihood == VaeLikelihood.Gaussian).Sum(part => part.Width);
        }
    }

    private static long Layers(int[] sizes) => sizes.Zip(sizes.Skip(1), (input, output) => (input + 1L) * output).Sum();
}
