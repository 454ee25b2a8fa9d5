using Vae.MLNet.Columns;

namespace Vae.MLNet.Sampling.Latents;

/// <summary>Which label each sampled row has, by the options.</summary>
internal static class SampledLabels
{
    /// <returns>The category of each row, from 0; null for a model without a condition.</returns>
    /// <exception cref="ArgumentException">Labels are asked of a model without a condition, there is no such label, proportions are none, or the sampler cannot draw a label.</exception>
    public static Func<long, int>? Of(KeyColumn? label, VaeSampler sampler, VaeSamplingOptions options, int seed)
    {
        if (options is { Label: not null, LabelProportions: not null })
        {
            throw new ArgumentException($"Both {nameof(options.Label)} and {nameof(options.LabelProportions)} are set: one of them is wanted.");
        }
        string? setting = options.Label is not null ? nameof(options.Label) : options.LabelProportions is not null ? nameof(options.LabelProportions) : null;
        if (label is null && setting is null)
        {
            return null;
        }
        label = Required(label, setting!);
        if (setting is null && sampler.OwnLabels is { } own)
        {
            return row => own[(int)(row % own.Count)];
        }
        LabelChoice choice = options.Label is { } value ? LabelChoice.Of(label, value)
            : options.LabelProportions is { } proportions ? LabelChoice.Of(label, proportions)
            : LabelChoice.OfTraining(label);
        if (choice.Categories.FirstOrDefault(category => !sampler.Knows(category), -1) is >= 0 and var unknown)
        {
            throw new ArgumentException($"The {sampler.GetType().Name} was fitted to rows of which none has label '{label.KeyValues?.Values[unknown] ?? $"{unknown + 1}"}' of column '{label.Name}': it cannot draw rows with it.");
        }
        return row => choice.At(SampledRows.UniformOf(SampledRows.KeyOf(row, seed, NoiseUse.Label)));
    }

    /// <exception cref="ArgumentException">There is no condition.</exception>
    public static KeyColumn Required(KeyColumn? label, string setting) =>
        label ?? throw new ArgumentException($"{setting} is set, and the model has no labels: it was trained without {nameof(VaeEstimator.Options.LabelColumnName)}.");
}
