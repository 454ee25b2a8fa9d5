using System.Text.Json.Serialization;

namespace Vae.MLNet;

/// <summary>
/// One finished epoch of training, as given to <see cref="VaeEstimator.Options.Progress"/> and kept in <see cref="VaeTransformer.History"/>. Averages over the training rows, in nats per row, by what the
/// model was when a row's turn came.
/// </summary>
/// <param name="Epoch">The epoch just finished, from 1.</param>
/// <param name="NumberOfEpochs">How many there will be.</param>
/// <param name="Reconstruction">The expected log-likelihood E_q[log p(x|z)], as a density in the input's own units for real numbers.</param>
/// <param name="Kl">The KL divergence of the posterior from the prior: how many nats the latent carries about a row. 0 for a plain autoencoder.</param>
/// <param name="Loss">What the optimiser minimised: the negative ELBO for <see cref="VaeObjective.Elbo"/> with its defaults; without the columns' units.</param>
/// <param name="ActiveUnits">Latent dimensions whose posterior mean varies over the rows, by a variance above 0.01 (Burda et al., 2016).</param>
/// <param name="ValidationElbo">The ELBO of the validation rows after the epoch; null without any.</param>
/// <param name="LearningRate">The step size at the end of the epoch.</param>
/// <param name="RowsPerSecond">Training speed in this epoch.</param>
public sealed record VaeProgress(
    int Epoch, int NumberOfEpochs, double Reconstruction, double Kl, double Loss, int ActiveUnits, double? ValidationElbo, double LearningRate, double RowsPerSecond)
{
    /// <summary>The evidence lower bound, <see cref="Reconstruction"/> minus <see cref="Kl"/> (Kingma and Welling, 2014). Higher is better.</summary>
    [JsonIgnore]
    public double Elbo => Reconstruction - Kl;
}
