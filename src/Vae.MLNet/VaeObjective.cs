using Vae.MLNet.Objectives;

namespace Vae.MLNet;

/// <summary>
/// What training maximises: <see cref="Elbo"/> and its relatives. All are means over the rows, in nats; likelihood, network and prior are chosen beside it. To denoise (Vincent et al., 2008) set
/// <see cref="VaeEstimator.Options.MaskingRate"/> or <see cref="VaeEstimator.Options.InputNoise"/> with any of them.
/// </summary>
public abstract record VaeObjective
{
    private VaeObjective()
    {
    }

    internal virtual bool IsDeterministic => false;

    /// <exception cref="ArgumentException">A setting is outside its range, or contradicts another.</exception>
    internal abstract void Validate(VaePrior prior);

    internal abstract Objective Create();

    private void RequireStandardNormal(VaePrior prior, string setting)
    {
        if (prior is not VaePrior.StandardNormal)
        {
            throw new ArgumentException($"{setting} of the objective {GetType().Name} is defined for the prior {nameof(VaePrior.StandardNormal)} only; the prior is {prior.GetType().Name}.", nameof(prior));
        }
    }

    /// <summary>
    /// The evidence lower bound (Kingma and Welling, 2014), E_q[log p(x|z)] - beta KL(q(z|x) || p(z)): with <see cref="Beta"/> above 1 a beta-VAE, whose latents are more independent (Higgins et al., 2017).
    /// </summary>
    public sealed record Elbo : VaeObjective
    {
        /// <summary>The weight of the KL divergence, at least 0. Default 1.</summary>
        public double Beta { get; init; } = 1;

        /// <summary>
        /// The KL divergence in nats that is asked for at the end, with weight <see cref="Beta"/> on the distance from it, which wants a Beta above 1 (Burgess et al., 2018). Default null: none.
        /// </summary>
        public double? Capacity { get; init; }

        /// <summary>Epochs in which the capacity rises from 0, at least 1. Default null: the first half of training.</summary>
        public int? CapacityEpochs { get; init; }

        /// <summary>Nats per latent dimension that cost nothing, on average over a batch: against posterior collapse (Kingma et al., 2016). At least 0. Default 0.</summary>
        public double FreeBits { get; init; }

        /// <summary>How the weight of the KL divergence rises to <see cref="Beta"/>. Default null: it is there from the start.</summary>
        public VaeKlWarmUp? WarmUp { get; init; }

        internal override void Validate(VaePrior prior)
        {
            VaeEstimator.Options.RequireNonNegative(Beta, nameof(Beta));
            VaeEstimator.Options.RequireNonNegative(FreeBits, nameof(FreeBits));
            VaeEstimator.Options.RequireNonNegative(Capacity ?? 0, nameof(Capacity));
            if (Capacity is not null && Beta <= 1)
            {
                throw new ArgumentException(FormattableString.Invariant($"A {nameof(Capacity)} of {Capacity} nats wants a {nameof(Beta)} above 1, which holds the KL divergence there; it is {Beta}."));
            }
            if (Capacity is not null && (WarmUp is not null || FreeBits > 0))
            {
                throw new ArgumentException($"{nameof(Capacity)} is a warm-up by itself: {nameof(WarmUp)} and {nameof(FreeBits)} contradict it.");
            }
            if (CapacityEpochs is { } epochs)
            {
                VaeEstimator.Options.RequireInRange(epochs, 1, int.MaxValue, nameof(CapacityEpochs));
                if (Capacity is null)
                {
                    throw new ArgumentException($"{nameof(CapacityEpochs)} is set, and {nameof(Capacity)} is not.");
                }
            }
            if (FreeBits > 0)
            {
                RequireStandardNormal(prior, nameof(FreeBits));
            }
        }

        internal override Objective Create() => new ElboObjective(this);
    }

    /// <summary>
    /// beta-TCVAE (Chen et al., 2018): the KL divergence in three terms, of which the total correlation (how far latents depend on each other) has weight <see cref="Beta"/>. For disentangled latents.
    /// Densities of the aggregate posterior by minibatch-weighted sampling, so batches should have at least 64 rows.
    /// </summary>
    public sealed record BetaTotalCorrelation : VaeObjective
    {
        /// <summary>The weight of the mutual information between rows and latents, at least 0. Default 1.</summary>
        public double Alpha { get; init; } = 1;

        /// <summary>The weight of the total correlation, at least 0. Default 6.</summary>
        public double Beta { get; init; } = 6;

        /// <summary>The weight of the dimension-wise KL divergence, at least 0. Default 1.</summary>
        public double Gamma { get; init; } = 1;

        /// <summary>How all three weights rise. Default null: they are there from the start.</summary>
        public VaeKlWarmUp? WarmUp { get; init; }

        internal override void Validate(VaePrior prior)
        {
            VaeEstimator.Options.RequireNonNegative(Alpha, nameof(Alpha));
            VaeEstimator.Options.RequireNonNegative(Beta, nameof(Beta));
            VaeEstimator.Options.RequireNonNegative(Gamma, nameof(Gamma));
            RequireStandardNormal(prior, "Total correlation");
        }

        internal override Objective Create() => new TotalCorrelationObjective(this);
    }

    /// <summary>
    /// InfoVAE (Zhao et al., 2017): E_q[log p(x|z)] - (1 - alpha) KL(q(z|x) || p(z)) - (alpha + lambda - 1) MMD(q(z) || p(z)), with the maximum mean discrepancy of each batch by a Gaussian kernel.
    /// With <see cref="Alpha"/> 1 an MMD-VAE.
    /// </summary>
    public sealed record InfoVae : VaeObjective
    {
        /// <summary>How much of the KL divergence is given up, from 0 to 1. Default 0.5.</summary>
        public double Alpha { get; init; } = 0.5;

        /// <summary>With <see cref="Alpha"/> the weight of the discrepancy, alpha + lambda - 1, which is to be at least 0. Default 100.</summary>
        public double Lambda { get; init; } = 100;

        internal override void Validate(VaePrior prior)
        {
            VaeEstimator.Options.RequireAtMost(Alpha, 1, nameof(Alpha));
            VaeEstimator.Options.RequireNonNegative(Lambda, nameof(Lambda));
            if (Alpha + Lambda < 1)
            {
                throw new ArgumentException(FormattableString.Invariant($"{nameof(Alpha)} + {nameof(Lambda)} - 1 is the weight of the discrepancy, and to be at least 0; it is {Alpha + Lambda - 1}."));
            }
            RequireStandardNormal(prior, "The discrepancy");
        }

        internal override Objective Create() => new InfoObjective(this);
    }

    /// <summary>The importance-weighted bound of <see cref="Samples"/> draws, log 1/K sum_k p(x, z_k) / q(z_k|x): tighter than the ELBO the more there are (IWAE; Burda et al., 2016).</summary>
    public sealed record ImportanceWeighted : VaeObjective
    {
        /// <summary>Draws per row and step, from 1 to 1,000; each is decoded. Default 5.</summary>
        public int Samples { get; init; } = 5;

        internal override void Validate(VaePrior prior) => VaeEstimator.Options.RequireInRange(Samples, 1, 1000, nameof(Samples));

        internal override Objective Create() => new ImportanceWeightedObjective(Samples);
    }

    /// <summary>
    /// A plain autoencoder: log p(x|z) at the encoder's point, without noise and without a prior. What VAEs are compared with; its latents have gaps, so that draws and interpolations mean nothing.
    /// </summary>
    public sealed record Autoencoder : VaeObjective
    {
        internal override bool IsDeterministic => true;

        internal override void Validate(VaePrior prior) => RequireStandardNormal(prior, "No prior");

        internal override Objective Create() => new AutoencoderObjective();
    }
}
