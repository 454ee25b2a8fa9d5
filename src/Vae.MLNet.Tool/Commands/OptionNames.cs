namespace Vae.MLNet.Tool.Commands;

/// <summary>The library's messages name its settings; the tool's users know them as options.</summary>
internal static class OptionNames
{
    private static readonly (string Setting, string Option)[] s_names =
    [
        (nameof(VaeEstimator.Options.LatentDimension), "--latent"),
        (nameof(VaeEstimator.Options.NumberOfEpochs), "--epochs"),
        (nameof(VaeEstimator.Options.BatchSize), "--batch"),
        (nameof(VaeEstimator.Options.LearningRateWarmUpEpochs), "--warm-up"),
        (nameof(VaeEstimator.Options.WeightDecay), "--weight-decay"),
        (nameof(VaeEstimator.Options.GradientClipping), "--gradient-clipping"),
        (nameof(VaeEstimator.Options.InputNoise), "--input-noise"),
        (nameof(VaeEstimator.Options.MaskingRate), "--masking-rate"),
        (nameof(VaeEstimator.Options.ImputationDraws), "--imputation-draws"),
        (nameof(VaeEstimator.Options.ScoreDraws), "--score-draws"),
        (nameof(VaeEstimator.Options.ValidationFraction), "--validation"),
        (nameof(VaeEstimator.Options.EarlyStoppingPatience), "--patience"),
        (nameof(VaeEstimator.Options.CheckpointInterval), "--checkpoint-interval"),
        (nameof(VaeEstimator.Options.NumberOfThreads), "--threads"),
        (nameof(VaeEstimator.Options.MaximumCategories), "--max-categories"),
        (nameof(VaeNetwork.Dense.HiddenLayerSizes), "--layers"),
        (nameof(VaeNetwork.Convolutional.LayerChannels), "--channels"),
    ];

    /// <summary>The message in the tool's words.</summary>
    public static string Said(string message) => s_names.Aggregate(message, (text, name) => text.Replace(name.Setting, name.Option, StringComparison.Ordinal));
}
