using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Inference;

/// <summary>What the model says of rows.</summary>
/// <param name="Mean">Of the posterior, <c>[rows, latent]</c>.</param>
/// <param name="LogVariance">Of the posterior, <c>[rows, latent]</c>; null of a plain autoencoder.</param>
/// <param name="Draw">One from the posterior, <c>[rows, latent]</c>; null if nobody asked.</param>
/// <param name="Reconstruction">E[x|mean], encoded, <c>[rows, slots]</c>; null if nobody asked.</param>
/// <param name="Score">The negative ELBO of the encoded row, or with several draws the negative importance-weighted bound, <c>[rows]</c>, in double precision; null if it has not been needed.</param>
internal sealed record RowEvaluation(Tensor Mean, Tensor? LogVariance, Tensor? Draw, Tensor? Reconstruction, Tensor? Score)
{
    /// <param name="network">The model.</param>
    /// <param name="rows">The rows, with their labels if the model is conditional.</param>
    /// <param name="drawNoise">Standard normal, <c>[rows, latent]</c>; null if no draw is wanted.</param>
    /// <param name="reconstructs">Whether a reconstruction is wanted.</param>
    public static RowEvaluation Of(VariationalAutoencoder network, RowTensors rows, Tensor? drawNoise, bool reconstructs)
    {
        Posterior posterior = network.Encode(rows);
        return new RowEvaluation(
            posterior.Mean,
            posterior.LogVariance,
            drawNoise is null ? null : posterior.Draw(drawNoise),
            reconstructs ? network.Likelihood.Reconstruction(rows.Values, network.Decode(posterior.Mean, rows.Label)) : null,
            null);
    }

    /// <summary>The negative ELBO, or with several draws the negative importance-weighted bound, <c>[rows]</c>.</summary>
    /// <param name="network">The model in double precision.</param>
    /// <param name="rows">The rows, with their labels if the model is conditional.</param>
    /// <param name="noise">Standard normal, <c>[rows, draws, latent]</c>.</param>
    /// <returns>Computed in double precision: a score is a sum of terms that may be large beside it, and is not to tell of the rows around.</returns>
    public static Tensor ScoreOf(VariationalAutoencoder network, RowTensors rows, Tensor noise)
    {
        (RowTensors precise, Tensor preciseNoise) = (rows.InDoublePrecision, noise.@double());
        return noise.shape[1] == 1
            ? -ElboTerms.Of(network, network.Encode(precise), precise, preciseNoise.squeeze(1)).Elbo
            : -ImportanceSampling.LogLikelihood(network, precise, preciseNoise);
    }

    /// <summary>
    /// For rows whose label y is missing: p(x) = sum_y p(y) p(x|y), with p(x|y) by the ELBO; what depends on the label is averaged over p(y|x), moments of the latent by moments (Kingma et al.,
    /// 2014, section 3.1).
    /// </summary>
    /// <param name="network">The conditional model.</param>
    /// <param name="preciseNetwork">The same in double precision, for scores.</param>
    /// <param name="labelled">The rows once with each label, and the logarithm of its training proportion.</param>
    /// <param name="drawNoise">Standard normal, <c>[rows, latent]</c>; null if no draw is wanted.</param>
    /// <param name="scoreNoise">Standard normal, <c>[rows, draws, latent]</c>.</param>
    /// <param name="gumbel">Standard Gumbel noise, <c>[rows, labels]</c>, which draws the label of the draw.</param>
    /// <param name="reconstructs">Whether a reconstruction is wanted.</param>
    public static RowEvaluation Marginal(
        VariationalAutoencoder network, VariationalAutoencoder preciseNetwork, IEnumerable<LabelledRows> labelled, Tensor? drawNoise, Tensor scoreNoise,
        Tensor gumbel, bool reconstructs)
    {
        int latent = network.Architecture.LatentDimension;
        var average = new LogWeightedAverage();
        Tensor? best = null;
        Tensor? draw = null;
        int index = 0;
        foreach ((RowTensors rows, double logPrior) in labelled)
        {
            RowEvaluation given = Of(network, rows, drawNoise, reconstructs);
            Tensor logWeight = (-ScoreOf(preciseNetwork, rows, scoreNoise)).Plus(logPrior).unsqueeze(1);
            Tensor variance = given.LogVariance?.exp() ?? zeros_like(given.Mean);
            // Of the precision of the weights, which they are multiplied by.
            List<Tensor> values = [given.Mean, variance.Plus(given.Mean.Squared())];
            if (given.Reconstruction is not null)
            {
                values.Add(given.Reconstruction);
            }
            average.Add(logWeight, cat(values, 1).unsqueeze(1).@double());
            if (given.Draw is not null)
            {
                Tensor key = logWeight.Plus(gumbel.narrow(1, index, 1));
                draw = best is null ? given.Draw : where(key > best, given.Draw, draw!);
                best = best is null ? key : maximum(best, key);
            }
            index++;
        }
        Tensor moments = average.Average;
        Tensor mean = moments.narrow(1, 0, latent);
        Tensor mixed = moments.narrow(1, latent, latent) - mean.Squared();
        return new RowEvaluation(
            mean, mixed.AtLeast(1e-12f).log(), draw,
            reconstructs ? moments.narrow(1, 2 * latent, network.Architecture.Features) : null, -average.LogTotal);
    }
}

/// <summary>Rows with a label, and the logarithm of the label's probability.</summary>
internal readonly record struct LabelledRows(RowTensors Rows, double LogPrior);
