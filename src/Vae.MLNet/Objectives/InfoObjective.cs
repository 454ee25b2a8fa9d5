using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Objectives;

/// <summary>The ELBO with part of the KL divergence exchanged for the maximum mean discrepancy of the aggregate posterior from the prior (Zhao et al., 2017, equation 6).</summary>
internal sealed class InfoObjective(VaeObjective.InfoVae settings) : Objective
{
    public override bool ComparesRows => true;

    public override ObjectiveTerms Evaluate(VariationalAutoencoder model, RowTensors seen, RowTensors rows, TrainingMoment moment)
    {
        var elbo = ElboTerms.Of(model, seen, rows, moment);
        Tensor discrepancy = Discrepancy(elbo.Latents, moment.Noise.Normal(model.Device, elbo.Latents.shape));
        Tensor cost = elbo.Kl.Times((float)(1 - settings.Alpha)).Plus(discrepancy.Times((float)(settings.Alpha + settings.Lambda - 1)));
        return elbo.With(cost - elbo.Reconstruction);
    }

    /// <summary>
    /// The squared maximum mean discrepancy of two samples, <c>[rows, latent]</c> each: E k(a, a') + E k(b, b') - 2 E k(a, b) (Gretton et al., 2012, equation 5), k(a, b) = exp(-|a - b|^2 / (2 latent)).
    /// </summary>
    public static Tensor Discrepancy(Tensor a, Tensor b) => Kernel(a, a).Plus(Kernel(b, b)) - Kernel(a, b).Times(2);

    // |a - b|^2 = |a|^2 + |b|^2 - 2 a b
    private static Tensor Kernel(Tensor a, Tensor b)
    {
        Tensor squares = a.Squared().sum(dim: 1, keepdim: true).Plus(b.Squared().sum(dim: 1).unsqueeze(0)) - a.mm(b.t()).Times(2);
        return squares.AtLeast(0).Times(-0.5f / a.shape[1]).exp().mean();
    }
}
