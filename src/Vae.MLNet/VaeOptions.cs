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
        /// Output: the negative ELBO of the row in nats, a <see cref="float"/>: minus E_q[log p(x|z)] (by one draw that depends on the row's values only) plus KL(q(z|x) || N(0, I)).
        /// The higher, the less the model expects such a row. A row with holes is scored by what is there. Default null: not added.
        /// </summary>
        public string? ScoreColumnName { get; set; }

        /// <summary>Size of the latent vector z, at least 1. Default 16.</summary>
        public int LatentDimension { get; set; } = Defaults.LatentDimension;

        /// <summary>Sizes of the encoder's hidden layers (ReLU), from the input on; the decoder has the same in reverse. Each at least 1; empty means a linear model. Default 512, 256.</summary>
        public IReadOnlyList<int> HiddenLayerSizes { get; set; } = [512, 256];

        /// <summary>
        /// The distribution p(x|z) of number and vector columns that do not set their own. Default <see cref="VaeLikelihood.Gaussian"/>; <see cref="VaeLikelihood.Bernoulli"/> wants values in [0, 1].
        /// Booleans are Bernoulli and keys are categorical unless their column says otherwise.
        /// </summary>
        public VaeLikelihood Likelihood { get; set; } = Defaults.Likelihood;

        /// <summary>How many times training goes over all rows, at least 1. Default 30.</summary>
        public int NumberOfEpochs { get; set; } = Defaults.NumberOfEpochs;

        /// <summary>Rows per step of the optimiser, at least 1. Default 128.</summary>
        public int BatchSize { get; set; } = Defaults.BatchSize;

        /// <summary>The step size of Adam (Kingma and Ba, 2015), above 0 and at most 1. Default 0.001.</summary>
        public double LearningRate { get; set; } = Defaults.LearningRate;

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

        /// <summary>Cancels <see cref="VaeEstimator.Fit"/>, which then throws <see cref="OperationCanceledException"/> and leaves nothing behind. Looked at before every step.</summary>
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
    }
}
