namespace Vae.MLNet.Tool.Models;

/// <summary>The columns that a model of the tool adds.</summary>
internal static class ModelColumns
{
    public const string Latent = "Latent";
    public const string LogVariance = "LogVariance";
    public const string Draw = "LatentDraw";
    public const string Score = "Score";
    public const string PredictedLabel = "PredictedLabel";

    private const string Reconstruction = ".Reconstruction";
    private const string Imputed = ".Imputed";

    /// <summary>Asks for all of them, those that fill holes if the model knows holes.</summary>
    public static void Name(VaeEstimator.Options options, bool takesHoles)
    {
        bool isPlain = options.Objective is VaeObjective.Autoencoder;
        options.OutputColumnName = Latent;
        options.LogVarianceColumnName = isPlain ? null : LogVariance;
        options.DrawColumnName = isPlain ? null : Draw;
        options.ScoreColumnName = Score;
        options.PredictedLabelColumnName = PredictedLabel;
        options.ReconstructionColumnSuffix = Reconstruction;
        options.ImputedColumnSuffix = takesHoles ? Imputed : null;
    }
}
