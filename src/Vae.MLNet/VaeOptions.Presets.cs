namespace Vae.MLNet;

public sealed partial class VaeEstimator
{
    public sealed partial class Options
    {
        /// <summary>
        /// Settings for anomalies in tables whose training rows may have some, too, and no labels: a narrow latent that has no room for them, a likelihood that outliers do not rule
        /// (<see cref="VaeLikelihood.StudentT"/>), the tenth of the rows that fits worst left out of every step, and a score near to -log p(x). Outputs "Score" and "PredictedLabel" only.
        /// </summary>
        /// <param name="inputColumnNames">Names of the input columns; none means "Features".</param>
        /// <returns>Options to change or to use as they are.</returns>
        /// <remarks>Chosen for tables with anomalies of many kinds; on twelve tables of ADBench (Han et al., 2022) the mean area under the ROC curve is in the README.</remarks>
        public static Options ForAnomalyDetection(params IReadOnlyList<string> inputColumnNames) => new()
        {
            InputColumns = [.. inputColumnNames.Select(name => new VaeInputColumn(name))],
            OutputColumnName = null,
            ScoreColumnName = "Score",
            PredictedLabelColumnName = "PredictedLabel",
            Network = new VaeNetwork.Dense(128, 64) { Activation = VaeActivation.ReLU },
            LearningRateSchedule = VaeLearningRateSchedule.Constant,
            LatentDimension = 2,
            Likelihood = VaeLikelihood.StudentT,
            TrimmingRate = 0.1,
            ScoreDraws = 64,
        };
    }
}
