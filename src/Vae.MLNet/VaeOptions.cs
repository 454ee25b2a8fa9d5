namespace Vae.MLNet;

public sealed partial class VaeEstimator
{
    /// <summary>The settings of a <see cref="VaeEstimator"/>. Every default works untouched; each output column is added only if its name is set.</summary>
    public sealed class Options
    {
        /// <summary>
        /// The input column: a vector of <see cref="float"/> of known size, dense or sparse, without missing values. Default "Features".
        /// Null means <see cref="OutputColumnName"/>, which then replaces it.
        /// </summary>
        public string? InputColumnName { get; set; } = "Features";

        /// <summary>The main output: the mean of the posterior q(z|x), a vector of <see cref="float"/> of size <see cref="LatentDimension"/>. Default "Latent".</summary>
        public string? OutputColumnName { get; set; } = "Latent";

        /// <summary>Output: the log-variance of the posterior q(z|x), a vector of <see cref="float"/> of size <see cref="LatentDimension"/>. Default null: not added.</summary>
        public string? LogVarianceColumnName { get; set; }

        /// <summary>
        /// Output: one draw from the posterior q(z|x), a vector of <see cref="float"/> of size <see cref="LatentDimension"/>. The draw depends on the row's id and
        /// <see cref="Seed"/> only, so that every cursor sees the same one. Default null: not added.
        /// </summary>
        public string? DrawColumnName { get; set; }

        /// <summary>
        /// Output: the row as the decoder gives it back from the posterior mean, E[x|z], a vector of <see cref="float"/> of the input's size, in the input's units and with its slot names.
        /// Default null: not added.
        /// </summary>
        public string? ReconstructionColumnName { get; set; }

        /// <summary>
        /// Output: the negative ELBO of the row in nats, a <see cref="float"/>: minus E_q[log p(x|z)] (by one draw that depends on the row's values only) plus KL(q(z|x) || N(0, I)).
        /// The higher, the less the model expects such a row. Default null: not added.
        /// </summary>
        public string? ScoreColumnName { get; set; }

        /// <summary>Size of the latent vector z, at least 1. Default 16.</summary>
        public int LatentDimension { get; set; } = Defaults.LatentDimension;

        /// <summary>Sizes of the encoder's hidden layers (ReLU), from the input on; the decoder has the same in reverse. Each at least 1; empty means a linear model. Default 512, 256.</summary>
        public IReadOnlyList<int> HiddenLayerSizes { get; set; } = [512, 256];

        /// <summary>The distribution p(x|z). Default <see cref="VaeLikelihood.Gaussian"/>; <see cref="VaeLikelihood.Bernoulli"/> wants values in [0, 1].</summary>
        public VaeLikelihood Likelihood { get; set; } = Defaults.Likelihood;

        /// <summary>How many times training goes over all rows, at least 1. Default 30.</summary>
        public int NumberOfEpochs { get; set; } = Defaults.NumberOfEpochs;

        /// <summary>Rows per step of the optimiser, at least 1. Default 128.</summary>
        public int BatchSize { get; set; } = Defaults.BatchSize;

        /// <summary>The step size of Adam (Kingma and Ba, 2015), above 0 and at most 1. Default 0.001.</summary>
        public double LearningRate { get; set; } = Defaults.LearningRate;

        /// <summary>
        /// Fixes the initial weights, the order of the rows and every draw: the same seed, rows and thread count give the same model bit for bit.
        /// Default null: taken from the seed of the <see cref="Microsoft.ML.MLContext"/>.
        /// </summary>
        public int? Seed { get; set; }

        /// <summary>Told of every finished epoch. Default null.</summary>
        public IProgress<VaeProgress>? Progress { get; set; }

        /// <summary>Cancels <see cref="VaeEstimator.Fit"/>, which then throws <see cref="OperationCanceledException"/> and leaves nothing behind. Looked at before every step.</summary>
        public CancellationToken CancellationToken { get; set; }

        internal Options Validated()
        {
            // A copy: later changes to the caller's object do not reach a validated estimator.
            var options = (Options)MemberwiseClone();
            options.HiddenLayerSizes = [.. HiddenLayerSizes ?? throw new ArgumentNullException(nameof(HiddenLayerSizes))];
            options.InputColumnName ??= OutputColumnName;

            string?[] outputs = [OutputColumnName, LogVarianceColumnName, DrawColumnName, ReconstructionColumnName, ScoreColumnName];
            string[] named = [.. outputs.OfType<string>()];
            if (named.Length == 0)
            {
                throw new ArgumentException("No output column is named: set at least one of OutputColumnName, LogVarianceColumnName, DrawColumnName, ReconstructionColumnName, ScoreColumnName.");
            }
            if (string.IsNullOrWhiteSpace(options.InputColumnName))
            {
                throw new ArgumentException("The input column has no name.", nameof(InputColumnName));
            }
            if (named.FirstOrDefault(string.IsNullOrWhiteSpace) is not null)
            {
                throw new ArgumentException("An output column's name is empty: leave it null for a column that is not wanted.");
            }
            if (named.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw new ArgumentException($"Two output columns are named '{twice.Key}': every output needs a name of its own.");
            }

            RequireInRange(LatentDimension, 1, 1 << 16, nameof(LatentDimension));
            RequireInRange(NumberOfEpochs, 1, int.MaxValue, nameof(NumberOfEpochs));
            RequireInRange(BatchSize, 1, 1 << 20, nameof(BatchSize));
            for (int i = 0; i < options.HiddenLayerSizes.Count; i++)
            {
                RequireInRange(options.HiddenLayerSizes[i], 1, 1 << 20, $"{nameof(HiddenLayerSizes)}[{i}]");
            }
            if (!(LearningRate > 0 && LearningRate <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(LearningRate), LearningRate, "The learning rate is to be above 0 and at most 1.");
            }
            if (!Enum.IsDefined(Likelihood))
            {
                throw new ArgumentOutOfRangeException(nameof(Likelihood), Likelihood, $"The likelihood is to be one of {string.Join(", ", Enum.GetNames<VaeLikelihood>())}.");
            }
            return options;
        }

        private static void RequireInRange(int value, int smallest, int largest, string setting)
        {
            if (value < smallest || value > largest)
            {
                string wanted = largest == int.MaxValue ? $"at least {smallest}" : $"from {smallest} to {largest}";
                throw new ArgumentOutOfRangeException(setting, value, $"{setting} is to be {wanted}.");
            }
        }
    }

    internal static class Defaults
    {
        public const int LatentDimension = 16;
        public const VaeLikelihood Likelihood = VaeLikelihood.Gaussian;
        public const int NumberOfEpochs = 30;
        public const int BatchSize = 128;
        public const double LearningRate = 1e-3;
    }
}
