namespace Vae.MLNet;

public sealed partial class VaeEstimator
{
    /// <summary>The settings of a <see cref="VaeEstimator"/>. Every default works untouched; each output column is added only if its name is set.</summary>
    public sealed partial class Options
    {
        /// <summary>
        /// The input column, if there is only one and its defaults fit: of a type that <see cref="VaeInputColumn"/> allows. Default "Features".
        /// Null means <see cref="OutputColumnName"/>, which then replaces it. Not looked at if <see cref="InputColumns"/> has any.
        /// </summary>
        public string? InputColumnName { get; set; } = "Features";

        /// <summary>The input columns: names, or columns with settings of their own. Default empty: <see cref="InputColumnName"/>.</summary>
        public IReadOnlyList<VaeInputColumn> InputColumns { get; set; } = [];

        /// <summary>
        /// The condition of a conditional VAE (Sohn et al., 2015): a key that encoder and decoder see beside the row and the latent. Training leaves out rows whose label is missing; afterwards
        /// a missing label is marginalised over the training proportions. Default null: none.
        /// </summary>
        public string? LabelColumnName { get; set; }

        /// <summary>How much a row counts in training: a <see cref="float"/> column of finite numbers of at least 0. Not needed afterwards. Default null: all rows count the same.</summary>
        public string? ExampleWeightColumnName { get; set; }

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
        /// Output, if there is one input column: that column as the decoder gives it back from the posterior mean, E[x|z], of the input's type, in its units, with its slot names or key values.
        /// Default null: not added.
        /// </summary>
        public string? ReconstructionColumnName { get; set; }

        /// <summary>Outputs: each input column as the decoder gives it back, named by the input with this suffix. Default null: only those that <see cref="VaeInputColumn"/> names.</summary>
        public string? ReconstructionColumnSuffix { get; set; }

        /// <summary>
        /// Outputs: each input column with its missing values filled, named by the input with this suffix; "" replaces the inputs. Observed values stay bit for bit. Default null: only those that
        /// <see cref="VaeInputColumn"/> names.
        /// </summary>
        public string? ImputedColumnSuffix { get; set; }

        /// <summary>
        /// Output: the negative ELBO of the row in nats, a <see cref="float"/>: minus E_q[log p(x|z)] (by one draw that depends on the row's values only) plus KL(q(z|x) || p(z)); with
        /// <see cref="ScoreDraws"/> above 1 a tighter bound. The higher, the less the model expects such a row. A row with holes is scored by what is there. Default null: not added.
        /// </summary>
        public string? ScoreColumnName { get; set; }

        /// <summary>Output: whether the score is above <see cref="VaeTransformer.ScoreThreshold"/>, a <see cref="bool"/>: an anomaly. Default null: not added.</summary>
        public string? PredictedLabelColumnName { get; set; }

        /// <summary>
        /// The part of the training rows that are taken for anomalies, above 0 and at most 0.5: the threshold of <see cref="PredictedLabelColumnName"/> is such that this part of them is above it.
        /// Only looked at if that column is named. Default 0.1.
        /// </summary>
        public double Contamination { get; set; } = Defaults.Contamination;

        /// <summary>
        /// Draws per row of the score, from 1 to 10,000: with 1 it is the negative ELBO, with more the negative importance-weighted bound, which is nearer to -log p(x) (Burda et al., 2016). Default 1.
        /// </summary>
        public int ScoreDraws { get; set; } = 1;

        /// <summary>Size of the latent vector z, at least 1. Default 16.</summary>
        public int LatentDimension { get; set; } = Defaults.LatentDimension;

        /// <summary>
        /// Encoder and decoder: <see cref="VaeNetwork.Dense"/>, <see cref="VaeNetwork.Convolutional"/> for images, or <see cref="VaeNetwork.Custom"/>. Default: dense hidden layers of 512 and 256 (SiLU).
        /// </summary>
        public VaeNetwork Network { get; set; } = new VaeNetwork.Dense(512, 256);

        /// <summary>
        /// The distribution p(x|z) of number and vector columns that do not set their own. Default <see cref="VaeLikelihood.Gaussian"/>; <see cref="VaeLikelihood.Bernoulli"/> wants values in [0, 1].
        /// Booleans are Bernoulli and keys are categorical unless their column says otherwise.
        /// </summary>
        public VaeLikelihood Likelihood { get; set; } = Defaults.Likelihood;

        /// <summary>The noise of <see cref="VaeLikelihood.Gaussian"/>, <see cref="VaeLikelihood.Laplace"/> and <see cref="VaeLikelihood.StudentT"/> columns that do not set their own. Default <see cref="VaeNoise.PerFeature"/>.</summary>
        public VaeNoise Noise { get; set; } = VaeNoise.PerFeature;

        /// <summary>p(z). Default <see cref="VaePrior.StandardNormal"/>.</summary>
        public VaePrior Prior { get; set; } = new VaePrior.StandardNormal();

        /// <summary>What training maximises. Default <see cref="VaeObjective.Elbo"/>.</summary>
        public VaeObjective Objective { get; set; } = new VaeObjective.Elbo();

        /// <summary>How many times training goes over all rows, at least 1. Default 30.</summary>
        public int NumberOfEpochs { get; set; } = Defaults.NumberOfEpochs;

        /// <summary>Rows per step of the optimiser, at least 1. Default 128.</summary>
        public int BatchSize { get; set; } = Defaults.BatchSize;

        /// <summary>The step size of Adam (Kingma and Ba, 2015), above 0 and at most 1. Default 0.001.</summary>
        public double LearningRate { get; set; } = Defaults.LearningRate;

        /// <summary>How the step size changes while training. Default <see cref="VaeLearningRateSchedule.Cosine"/>.</summary>
        public VaeLearningRateSchedule LearningRateSchedule { get; set; } = VaeLearningRateSchedule.Cosine;

        /// <summary>Epochs in which the step size rises linearly to <see cref="LearningRate"/>, from 0 to below <see cref="NumberOfEpochs"/>. Default 0.</summary>
        public int LearningRateWarmUpEpochs { get; set; }

        /// <summary>How much a step shrinks the weights, times the step size (AdamW; Loshchilov and Hutter, 2019). At least 0. Default 0.</summary>
        public double WeightDecay { get; set; }

        /// <summary>The largest norm of a step's gradient: a longer one is scaled down to it (Pascanu et al., 2013). Above 0. Default null: no limit.</summary>
        public double? GradientClipping { get; set; }

        /// <summary>
        /// The part of each batch, those rows of the largest loss, that a step does not learn from: so that anomalies among the training rows are not learned (trimmed likelihood; Neykov et al., 2007). From 0 to
        /// below 0.5. Default 0.
        /// </summary>
        public double TrimmingRate { get; set; }

        /// <summary>The part of the training rows, above 0 and below 1, that is held out, chosen by <see cref="Seed"/>, to validate every epoch. Default null: none.</summary>
        public double? ValidationFraction { get; set; }

        /// <summary>
        /// Epochs without a better validation ELBO after which training stops, at least 1. Needs validation rows. Whether it stops early or not, the weights of the best epoch are kept.
        /// Default null: training goes on to the end and keeps the last weights.
        /// </summary>
        public int? EarlyStoppingPatience { get; set; }

        /// <summary>
        /// A folder where training keeps its state, so that it can be interrupted at any moment: the next fit with the same settings and rows, on as many threads, goes on from there, to the same bits. Made if it
        /// is not there; must be empty or of such a training. Written atomically. Default null: none.
        /// </summary>
        public string? CheckpointFolder { get; set; }

        /// <summary>Epochs from one checkpoint to the next, at least 1. Default 1.</summary>
        public int CheckpointInterval { get; set; } = 1;

        /// <summary>Where training computes. Default <see cref="VaeDevice.Auto"/>. A trained model computes on the CPU.</summary>
        public VaeDevice Device { get; set; }

        /// <summary>Where training keeps the rows from epoch to epoch. Default <see cref="VaeRowCache.Auto"/>: in memory if they fit.</summary>
        public VaeRowCache CacheRows { get; set; }

        /// <summary>Threads that training on the CPU computes with, from 1 to 1,024. Which bits come out depends on it. Default null: all cores of the process.</summary>
        public int? NumberOfThreads { get; set; }

        /// <summary>
        /// The standard deviation of normal noise that training adds to the numbers that the encoder sees, on the columns' scaling, while the clean ones are asked back: a denoising VAE (Vincent et al., 2008;
        /// Im et al., 2017). At least 0. Default 0.
        /// </summary>
        public double InputNoise { get; set; }

        /// <summary>
        /// The probability, from 0 to below 1, that training hides a value from the encoder while still asking for it back: so the encoder learns to tell the whole from parts, which imputation
        /// lives on where the training rows themselves have no holes (Ivanov et al., 2019). Default null: 0.2 if imputed columns are asked for and no training row has a hole, else 0. With 0
        /// and no holes in training, a hole is an error afterwards.
        /// </summary>
        public double? MaskingRate { get; set; }

        /// <summary>What fills holes in imputed columns. Default <see cref="VaeImputation.Mean"/>.</summary>
        public VaeImputation Imputation { get; set; } = VaeImputation.Mean;

        /// <summary>Draws of the latent per row with holes, from 1 to 10,000: the more, the nearer to the exact conditional distribution. Default 64.</summary>
        public int ImputationDraws { get; set; } = Defaults.ImputationDraws;

        /// <summary>
        /// Imputed columns per input, from 1 to 100: above 1 only for <see cref="VaeImputation.Draw"/>, and their names end in 1, 2, ... Draws depend on the row's id and <see cref="Seed"/> only.
        /// Default 1.
        /// </summary>
        public int NumberOfImputations { get; set; } = 1;

        /// <summary>The most categories that a key may have: each is an input and an output of the network. From 1 to 1,000,000. Default 1,000.</summary>
        public int MaximumCategories { get; set; } = Defaults.MaximumCategories;

        /// <summary>
        /// Fixes the initial weights, the order of the rows and every draw: the same seed, rows and thread count give the same model bit for bit.
        /// Default null: taken from the seed of the <see cref="Microsoft.ML.MLContext"/>.
        /// </summary>
        public int? Seed { get; set; }

        /// <summary>Told of every finished epoch. Default null.</summary>
        public IProgress<VaeProgress>? Progress { get; set; }

        /// <summary>Cancels <see cref="VaeEstimator.Fit(Microsoft.ML.IDataView)"/>, which then throws <see cref="OperationCanceledException"/> and leaves nothing behind. Looked at before every step.</summary>
        public CancellationToken CancellationToken { get; set; }
    }

    internal static class Defaults
    {
        public const int LatentDimension = 16;
        public const VaeLikelihood Likelihood = VaeLikelihood.Gaussian;
        public const int NumberOfEpochs = 30;
        public const int BatchSize = 128;
        public const double LearningRate = 1e-3;
        public const double MaskingRate = 0.2;
        public const int ImputationDraws = 64;
        public const int MaximumCategories = 1000;
        public const double Contamination = 0.1;
    }
}
