namespace Vae.MLNet;

/// <summary>One finished epoch of training, as given to <see cref="VaeEstimator.Options.Progress"/>. Averages over the training rows, in nats per row.</summary>
/// <param name="Epoch">The epoch just finished, from 1.</param>
/// <param name="NumberOfEpochs">How many there will be.</param>
/// <param name="Elbo">The evidence lower bound, <see cref="Reconstruction"/> minus <see cref="Kl"/>: what training maximises (Kingma and Welling, 2014). Higher is better.</param>
/// <param name="Reconstruction">The expected log-likelihood E_q[log p(x|z)], as a density in the input's own units for <see cref="VaeLikelihood.Gaussian"/>.</param>
/// <param name="Kl">The KL divergence of the posterior from the prior N(0, I): how many nats the latent carries about a row.</param>
/// <param name="RowsPerSecond">Training speed in this epoch.</param>
public sealed record VaeProgress(int Epoch, int NumberOfEpochs, double Elbo, double Reconstruction, double Kl, double RowsPerSecond);
