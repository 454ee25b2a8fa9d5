using System.Text.Json;
using Vae.MLNet.Likelihoods;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>What fixes the shape of every tensor of a <see cref="VariationalAutoencoder"/>.</summary>
/// <param name="Parts">The slots of a row and their likelihoods: numbers before categories.</param>
/// <param name="SeesMissing">Whether the encoder has an input for each number that says that it is missing. A missing category is all zeros and needs none.</param>
/// <param name="Labels">Categories of the label that encoder and decoder see; 0 without a condition.</param>
/// <param name="LatentDimension">Size of the latent.</param>
/// <param name="IsDeterministic">Whether it is a plain autoencoder.</param>
/// <param name="Network">Encoder and decoder.</param>
/// <param name="Prior">p(z).</param>
internal sealed record VaeArchitecture(IReadOnlyList<LikelihoodPart> Parts, bool SeesMissing, int Labels, int LatentDimension, bool IsDeterministic, VaeNetwork Network, VaePrior Prior)
{
    /// <summary>Slots of a row.</summary>
    public int Features => Parts.Sum(part => part.Width);

    /// <summary>Slots of numbers, which may be marked as missing.</summary>
    public int Numbers => Parts.Where(part => !part.IsCategory).Sum(part => part.Width);

    /// <summary>For each slot, the value that it is a part of: a number is one, and so are the slots of a category together.</summary>
    public IEnumerable<long> Values
    {
        get
        {
            long value = 0;
            foreach (LikelihoodPart part in Parts)
            {
                for (int slot = 0; slot < part.Width; slot++)
                {
                    yield return part.IsCategory ? value : value++;
                }
                value += part.IsCategory ? 1 : 0;
            }
        }
    }

    /// <summary>Numbers and categories of a row.</summary>
    public int NumberOfValues => Numbers + Parts.Count(part => part.IsCategory);

    /// <summary>No more weights, biases and other learned numbers than this, known without making any; null if nobody knows.</summary>
    public long? MostParameters => Network.MostParameters(ShapeOn(OnDevice.Cpu)) is { } networks
        ? networks + Parts.Sum(ScaledLikelihood.NumberOfParameters) + Parts.Count + Prior.NumberOfParameters(ShapeOn(OnDevice.Cpu).EncoderInputs)
        : null;

    /// <exception cref="ArgumentException">The other has tensors of another shape or meaning.</exception>
    public void RequireSame(VaeArchitecture other)
    {
        void Require(object mine, object others, string what)
        {
            if (JsonSerializer.Serialize(mine) is var found && JsonSerializer.Serialize(others) is var wanted && found != wanted)
            {
                throw new ArgumentException($"The previous model cannot be trained on: its {what} is {found}; the settings ask for {wanted}.");
            }
        }

        Require(LatentDimension, other.LatentDimension, nameof(LatentDimension));
        Require(Network, other.Network, nameof(Network));
        Require(Prior, other.Prior, nameof(Prior));
        Require(IsDeterministic, other.IsDeterministic, nameof(VaeObjective.Autoencoder));
        Require(Labels, other.Labels, "number of labels");
        Require(Parts, other.Parts, "list of likelihoods");
        if (other.SeesMissing && !SeesMissing)
        {
            throw new ArgumentException(
                $"The previous model cannot be trained on: it never saw a missing value, and these rows have some, or the settings expect them ({nameof(VaeEstimator.Options.MaskingRate)} above 0, or imputed columns).");
        }
    }

    public VaeNetworkShape ShapeOn(Device device) => new(Features, SeesMissing ? Numbers : 0, Labels, LatentDimension, IsDeterministic, device) { ActiveFeatures = NumberOfValues };
}
