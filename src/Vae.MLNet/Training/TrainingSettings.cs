using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vae.MLNet.Training;

/// <summary>All that the bits of a trained model depend on, by name: what a checkpoint has to agree with.</summary>
internal static class TrainingSettings
{
    private static readonly JsonSerializerOptions s_json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <param name="options">Validated.</param>
    /// <param name="seed">Of the training.</param>
    /// <param name="maskingRate">As decided.</param>
    /// <param name="division">Of the work among threads.</param>
    /// <param name="isCached">Whether the rows are in memory: they are shuffled in another way if not.</param>
    /// <param name="rows">Fingerprints of the rows.</param>
    /// <param name="start">Fingerprint of the weights that training starts from.</param>
    public static IReadOnlyDictionary<string, string> Of(VaeEstimator.Options options, int seed, double maskingRate, Division division, bool isCached, string rows, string start) => new Dictionary<string, string>
    {
        ["columns"] = Text(options.InputColumns.Select(column => new { column.Name, column.Likelihood, column.Noise, column.Scaling })),
        [nameof(options.LabelColumnName)] = Text(options.LabelColumnName),
        [nameof(options.ExampleWeightColumnName)] = Text(options.ExampleWeightColumnName),
        [nameof(options.Likelihood)] = Text(options.Likelihood),
        [nameof(options.Noise)] = Text(options.Noise),
        [nameof(options.LatentDimension)] = Text(options.LatentDimension),
        [nameof(options.Network)] = Text(options.Network),
        [nameof(options.Prior)] = Text(options.Prior),
        [nameof(options.Objective)] = Text(options.Objective),
        [nameof(options.NumberOfEpochs)] = Text(options.NumberOfEpochs),
        [nameof(options.BatchSize)] = Text(options.BatchSize),
        [nameof(options.LearningRate)] = Text(options.LearningRate),
        [nameof(options.LearningRateSchedule)] = Text(options.LearningRateSchedule),
        [nameof(options.LearningRateWarmUpEpochs)] = Text(options.LearningRateWarmUpEpochs),
        [nameof(options.WeightDecay)] = Text(options.WeightDecay),
        [nameof(options.GradientClipping)] = Text(options.GradientClipping),
        [nameof(options.TrimmingRate)] = Text(options.TrimmingRate),
        [nameof(options.ValidationFraction)] = Text(options.ValidationFraction),
        [nameof(options.EarlyStoppingPatience)] = Text(options.EarlyStoppingPatience),
        [nameof(options.InputNoise)] = Text(options.InputNoise),
        [nameof(options.MaskingRate)] = Text(maskingRate),
        // Settings that leave this open leave it to the machine.
        [nameof(options.NumberOfThreads)] = Text(division.Members * division.ThreadsOfEach),
        [nameof(options.CacheRows)] = Text(isCached ? VaeRowCache.Always : VaeRowCache.Never),
        [nameof(options.Seed)] = Text(seed),
        ["fingerprint of data"] = rows,
        ["fingerprint of starting weights"] = start,
    };

    private static string Text<T>(T value) => value is VaeObjective or VaeNetwork or VaePrior
        ? $"{value.GetType().Name} {JsonSerializer.Serialize(value, value.GetType(), s_json)}"
        : JsonSerializer.Serialize(value, s_json);
}
