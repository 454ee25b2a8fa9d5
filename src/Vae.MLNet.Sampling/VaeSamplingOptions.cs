namespace Vae.MLNet.Sampling;

/// <summary>How rows are sampled.</summary>
public sealed class VaeSamplingOptions
{
    /// <summary>Where latents come from. Default null: a <see cref="PriorSampler"/>. It is not disposed.</summary>
    public VaeSampler? Sampler { get; set; }

    /// <summary>Whether rows are draws from p(x|z), as tables want them, or its means, as one wants to look at images. Default <see cref="VaeDecoding.Draw"/>.</summary>
    public VaeDecoding Decoding { get; set; } = VaeDecoding.Draw;

    /// <summary>
    /// The label of all rows, of a conditional model: the key's value as text, such as <c>setosa</c> or <c>7</c>, in the invariant culture; of a key without values its number from 1. Default null: by
    /// <see cref="LabelProportions"/>.
    /// </summary>
    public string? Label { get; set; }

    /// <summary>
    /// The probability of each label, of a conditional model, by the key's value as text; labels that are not named have 0. At least 0, and 1 in sum. Default null: as often as in the training rows, or of a
    /// <see cref="PosteriorSampler"/> its rows' own.
    /// </summary>
    public IReadOnlyDictionary<string, double>? LabelProportions { get; set; }

    /// <summary>A further column for the latents: a vector of <see cref="float"/>. Default null: none.</summary>
    public string? LatentColumnName { get; set; }

    /// <summary>Of all draws: the same seed gives the same rows, in any cursor and process. Default null: taken from the seed of the <see cref="Microsoft.ML.MLContext"/>.</summary>
    public int? Seed { get; set; }
}
