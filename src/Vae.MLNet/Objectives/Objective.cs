using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Objectives;

/// <summary>What is minimised, and what of it is told.</summary>
/// <param name="Loss"><c>[rows]</c>: its mean over the batch, by weight, is minimised.</param>
/// <param name="Reconstruction">E_q[log p(x|z)] in nats, <c>[rows]</c>.</param>
/// <param name="Kl">KL(q(z|x) || p(z)) in nats, <c>[rows]</c>.</param>
/// <param name="Mean">The posterior's mean, <c>[rows, latent]</c>.</param>
internal readonly record struct ObjectiveTerms(Tensor Loss, Tensor Reconstruction, Tensor Kl, Tensor Mean);

/// <summary>Where in training a step is.</summary>
/// <param name="Epoch">Finished epochs, with fractions.</param>
/// <param name="NumberOfEpochs">Of all training.</param>
/// <param name="Rows">Training rows.</param>
/// <param name="Noise">Of the batch.</param>
internal sealed record TrainingMoment(double Epoch, int NumberOfEpochs, long Rows, BatchNoise Noise);

/// <summary>What training maximises, as a loss.</summary>
internal abstract class Objective
{
    /// <summary>Whether the loss of a row depends on the other rows of its batch.</summary>
    public virtual bool ComparesRows => false;

    /// <param name="model">Encoder, decoder, likelihood, prior.</param>
    /// <param name="seen">The rows as the encoder may see them.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="moment">Where in training this is.</param>
    public abstract ObjectiveTerms Evaluate(VariationalAutoencoder model, RowTensors seen, RowTensors rows, TrainingMoment moment);
}

/// <summary>
/// The two terms of the evidence lower bound, log p(x) >= E_q[log p(x|z)] - KL(q(z|x) || p(z)), in nats, <c>[rows]</c> each, by one reparameterised draw (Kingma and Welling, 2014, equation 10).
/// Of a row with holes it bounds the probability of what is there (Nazabal et al., 2020, equation 4).
/// </summary>
internal readonly record struct ElboTerms(Posterior Posterior, Tensor Latents, Tensor Noise, Tensor Reconstruction, Tensor Kl)
{
    public Tensor Elbo => Reconstruction - Kl;

    /// <param name="model">Encoder, decoder, likelihood, prior.</param>
    /// <param name="posterior">q(z|x) of the rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="noise">Standard normal, <c>[rows, latent]</c>.</param>
    public static ElboTerms Of(VariationalAutoencoder model, Posterior posterior, RowTensors rows, Tensor noise)
    {
        Tensor latents = model.Draw(posterior, noise);
        Tensor reconstruction = model.Likelihood.LogProbability(rows.Values, model.Decode(latents, rows.Label), rows.Observed);
        return new ElboTerms(posterior, latents, noise, reconstruction, model.KlDivergence(posterior, latents, noise));
    }

    /// <summary>By the noise of a step of training.</summary>
    public static ElboTerms Of(VariationalAutoencoder model, RowTensors seen, RowTensors rows, TrainingMoment moment) =>
        Of(model, model.Encode(seen), rows, moment.Noise.Normal(model.Device, rows.Count, model.Architecture.LatentDimension));

    public ObjectiveTerms With(Tensor loss) => new(loss, Reconstruction, Kl, Posterior.Mean);
}
