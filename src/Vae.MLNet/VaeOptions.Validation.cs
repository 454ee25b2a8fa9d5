using Vae.MLNet.Columns;

namespace Vae.MLNet;

public sealed partial class VaeEstimator
{
    public sealed partial class Options
    {
        /// <summary>A checked copy, in which <see cref="InputColumns"/> has all input columns.</summary>
        internal Options Validated()
        {
            // A copy: later changes to the caller's object do not reach a validated estimator.
            var options = (Options)MemberwiseClone();
            options.InputColumns = ValidatedInputs();
            options.ValidateOutputs();

            RequireInRange(LatentDimension, 1, 1 << 16, nameof(LatentDimension));
            RequireInRange(NumberOfEpochs, 1, int.MaxValue, nameof(NumberOfEpochs));
            RequireInRange(BatchSize, 1, 1 << 20, nameof(BatchSize));
            RequireInRange(ImputationDraws, 1, 10_000, nameof(ImputationDraws));
            RequireInRange(NumberOfImputations, 1, 100, nameof(NumberOfImputations));
            RequireInRange(MaximumCategories, 1, 1_000_000, nameof(MaximumCategories));
            RequireInRange(ScoreDraws, 1, 10_000, nameof(ScoreDraws));
            if (MaskingRate is { } rate)
            {
                RequireFraction(rate, nameof(MaskingRate));
            }
            if (PredictedLabelColumnName is not null && !(Contamination > 0 && Contamination <= 0.5))
            {
                throw new ArgumentOutOfRangeException(nameof(Contamination), Contamination, "The contamination is to be above 0 and at most 0.5.");
            }
            ValidateModel();
            ValidateTraining();
            RequireDefined(Likelihood, nameof(Likelihood));
            if (Likelihood == VaeLikelihood.Categorical)
            {
                throw new ArgumentOutOfRangeException(nameof(Likelihood), Likelihood, "The likelihood of numbers is not to be Categorical; keys are categorical by themselves.");
            }
            RequireDefined(Imputation, nameof(Imputation));
            if (NumberOfImputations > 1 && Imputation != VaeImputation.Draw)
            {
                throw new ArgumentException($"{NumberOfImputations} imputations by {Imputation} would all be the same: set {nameof(Imputation)} to {VaeImputation.Draw}.", nameof(NumberOfImputations));
            }
            return options;
        }

        private void ValidateModel()
        {
            ArgumentNullException.ThrowIfNull(Network);
            ArgumentNullException.ThrowIfNull(Noise);
            ArgumentNullException.ThrowIfNull(Prior);
            ArgumentNullException.ThrowIfNull(Objective);
            Network.Validate();
            if (Network is VaeNetwork.Convolutional && InputColumns.Count > 1)
            {
                throw new ArgumentException($"The convolutional network is for images in one vector of numbers; there are {InputColumns.Count} input columns: join them first (Concatenate).", nameof(Network));
            }
            Prior.Validate();
            Objective.Validate(Prior);
            if (Objective.IsDeterministic && LogVarianceColumnName is not null)
            {
                throw new ArgumentException($"A plain autoencoder has no posterior variance: leave {nameof(LogVarianceColumnName)} null.", nameof(LogVarianceColumnName));
            }
        }

        private void ValidateTraining()
        {
            RequireLearningRate(LearningRate, nameof(LearningRate));
            RequireDefined(LearningRateSchedule, nameof(LearningRateSchedule));
            RequireDefined(Device, nameof(Device));
            RequireDefined(CacheRows, nameof(CacheRows));
            RequireInRange(LearningRateWarmUpEpochs, 0, NumberOfEpochs - 1, nameof(LearningRateWarmUpEpochs));
            RequireInRange(CheckpointInterval, 1, int.MaxValue, nameof(CheckpointInterval));
            RequireInRange(EarlyStoppingPatience ?? 1, 1, int.MaxValue, nameof(EarlyStoppingPatience));
            RequireInRange(NumberOfThreads ?? 1, 1, 1 << 10, nameof(NumberOfThreads));
            RequireNonNegative(WeightDecay, nameof(WeightDecay));
            RequireNonNegative(InputNoise, nameof(InputNoise));
            if (!(TrimmingRate >= 0 && TrimmingRate < 0.5))
            {
                throw new ArgumentOutOfRangeException(nameof(TrimmingRate), TrimmingRate, "The trimming rate is to be at least 0 and below 0.5.");
            }
            if (GradientClipping is { } norm && !(norm > 0 && double.IsFinite(norm)))
            {
                throw new ArgumentOutOfRangeException(nameof(GradientClipping), norm, $"{nameof(GradientClipping)} is to be a finite number above 0.");
            }
            if (ValidationFraction is { } fraction && !(fraction > 0 && fraction < 1))
            {
                throw new ArgumentOutOfRangeException(nameof(ValidationFraction), fraction, $"{nameof(ValidationFraction)} is to be above 0 and below 1.");
            }
            if (CheckpointFolder is not null && string.IsNullOrWhiteSpace(CheckpointFolder))
            {
                throw new ArgumentException("The checkpoint folder has an empty name: leave it null for none.", nameof(CheckpointFolder));
            }
        }

        private VaeInputColumn[] ValidatedInputs()
        {
            ArgumentNullException.ThrowIfNull(InputColumns);
            VaeInputColumn[] inputs = InputColumns.Count > 0 ? [.. InputColumns] : [new VaeInputColumn(InputColumnName ?? OutputColumnName ?? "")];
            if (ReconstructionColumnName is not null)
            {
                inputs = inputs.Length == 1
                    ? [inputs[0] with { ReconstructionColumnName = ReconstructionColumnName }]
                    : throw new ArgumentException($"One reconstruction column is named for {inputs.Length} input columns: set {nameof(ReconstructionColumnSuffix)} instead.", nameof(ReconstructionColumnName));
            }
            foreach (VaeInputColumn? column in inputs)
            {
                if (string.IsNullOrWhiteSpace(column?.Name))
                {
                    throw new ArgumentException("The input column has no name.", nameof(InputColumnName));
                }
                RequireDefined(column.Likelihood ?? VaeLikelihood.Gaussian, $"likelihood of column '{column.Name}'");
                RequireDefined(column.Scaling ?? VaeScaling.Standard, $"scaling of column '{column.Name}'");
            }
            RequireDistinct(inputs.Select(column => column.Name), "input columns");
            if (inputs.FirstOrDefault(column => column.Name == LabelColumnName || column.Name == ExampleWeightColumnName) is { } twice)
            {
                throw new ArgumentException($"Column '{twice.Name}' is an input, and a label or a weight as well: it can be one of them.");
            }
            return inputs;
        }

        private void ValidateOutputs()
        {
            if (new[] { LabelColumnName, ExampleWeightColumnName }.Any(name => name is not null && string.IsNullOrWhiteSpace(name)))
            {
                throw new ArgumentException("The label's or the weight's column has an empty name: leave it null for none.");
            }
            string[] named = [.. OutputColumn.Of(this).Select(column => column.Name)];
            if (named.Length == 0)
            {
                throw new ArgumentException(
                    $"No output column is named: set at least one of {nameof(OutputColumnName)}, {nameof(LogVarianceColumnName)}, {nameof(DrawColumnName)}, {nameof(ReconstructionColumnName)}, "
                    + $"{nameof(ReconstructionColumnSuffix)}, {nameof(ScoreColumnName)}, {nameof(PredictedLabelColumnName)}, {nameof(ImputedColumnSuffix)}.");
            }
            if (Array.Exists(named, string.IsNullOrWhiteSpace))
            {
                throw new ArgumentException("An output column's name is empty: leave it null for a column that is not wanted.");
            }
            RequireDistinct(named, "output columns");
        }

        private static void RequireDistinct(IEnumerable<string> names, string what)
        {
            if (names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                throw new ArgumentException($"Two {what} are named '{twice.Key}': each needs a name of its own.");
            }
        }

        internal static void RequireDefined<T>(T value, string setting)
            where T : struct, Enum
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(setting, value, $"The {setting} is to be one of {string.Join(", ", Enum.GetNames<T>())}.");
            }
        }

        internal static void RequireLearningRate(double value, string setting)
        {
            if (!(value > 0 && value <= 1))
            {
                throw new ArgumentOutOfRangeException(setting, value, "The learning rate is to be above 0 and at most 1.");
            }
        }

        internal static void RequireFraction(double value, string setting)
        {
            if (!(value >= 0 && value < 1))
            {
                throw new ArgumentOutOfRangeException(setting, value, $"{setting} is to be at least 0 and below 1.");
            }
        }

        internal static void RequireNonNegative(double value, string setting)
        {
            if (!(value >= 0 && double.IsFinite(value)))
            {
                throw new ArgumentOutOfRangeException(setting, value, $"{setting} is to be a finite number of at least 0.");
            }
        }

        internal static void RequireAtMost(double value, double largest, string setting)
        {
            if (!(value >= 0 && value <= largest))
            {
                throw new ArgumentOutOfRangeException(setting, value, $"{setting} is to be from 0 to {largest}.");
            }
        }

        internal static void RequireInRange(int value, int smallest, int largest, string setting)
        {
            if (value < smallest || value > largest)
            {
                string wanted = largest == int.MaxValue ? $"at least {smallest}" : $"from {smallest} to {largest}";
                throw new ArgumentOutOfRangeException(setting, value, $"{setting} is to be {wanted}.");
            }
        }
    }
}
