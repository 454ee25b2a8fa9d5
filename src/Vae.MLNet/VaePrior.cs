using System.Text.Json.Serialization;
using TorchSharp;
using Vae.MLNet.Priors;

namespace Vae.MLNet;

/// <summary>p(z), the distribution of latents that the posterior is kept near to: <see cref="StandardNormal"/> or <see cref="Vamp"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(StandardNormal), "standardNormal")]
[JsonDerivedType(typeof(Vamp), "vamp")]
public abstract record VaePrior
{
    private VaePrior()
    {
    }

    internal abstract void Validate();

    internal abstract Prior Create(int encoderInputs, int latentDimension, torch.Device device);

    internal abstract long NumberOfParameters(int encoderInputs);

    /// <summary>N(0, I), with the KL divergence in closed form (Kingma and Welling, 2014). The default.</summary>
    public sealed record StandardNormal : VaePrior
    {
        internal override void Validate()
        {
        }

        internal override Prior Create(int encoderInputs, int latentDimension, torch.Device device) => new StandardNormalPrior();

        internal override long NumberOfParameters(int encoderInputs) => 0;
    }

    /// <summary>
    /// VampPrior: a mixture of the posteriors of learned pseudo-inputs, which fits the latents that there are (Tomczak and Welling, 2018). The KL divergence is estimated by draws. Pseudo-inputs start
    /// as rows of the training data.
    /// </summary>
    public sealed record Vamp : VaePrior
    {
        /// <summary>Pseudo-inputs, from 1 to 100,000. Training takes time for each. Default 100.</summary>
        public int Components { get; init; } = 100;

        internal override void Validate() => VaeEstimator.Options.RequireInRange(Components, 1, 100_000, $"{nameof(Vamp)} {nameof(Components)}");

        internal override Prior Create(int encoderInputs, int latentDimension, torch.Device device) => new VampPrior(Components, encoderInputs, device);

        internal override long NumberOfParameters(int encoderInputs) => (long)Components * encoderInputs;
    }
}
