using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Objectives;

/// <summary>-log p(x|z) at the encoder's point.</summary>
internal sealed class AutoencoderObjective : Objective
{
    public override ObjectiveTerms Evaluate(VariationalAutoencoder model, RowTensors seen, RowTensors rows, TrainingMoment moment)
    {
        Posterior point = model.Encode(seen);
        Tensor reconstruction = model.Likelihood.LogProbability(rows.Values, model.Decode(point.Mean, rows.Label), rows.Observed);
        Tensor kl = zeros(rows.Count, dtype: ScalarType.Float32, device: model.Device);
        return new ObjectiveTerms(-reconstruction, reconstruction, kl, point.Mean);
    }
}
