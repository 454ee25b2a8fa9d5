using TorchSharp.Modules;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Priors;

/// <summary>1/K sum_k q(z|u_k) with learned pseudo-inputs u_k (Tomczak and Welling, 2018, equation 9).</summary>
internal sealed class VampPrior : Prior
{
    private readonly Parameter pseudo_inputs;
    private Posterior _components;

    public VampPrior(int components, int encoderInputs, Device device)
        : base(nameof(VampPrior))
    {
        pseudo_inputs = new Parameter(zeros(components, encoderInputs, dtype: ScalarType.Float32, device: device));
        RegisterComponents();
    }

    public override Posterior? Components => _components;

    public override Tensor LogDensity(Tensor latents) =>
        _components.LogDensities(latents.unsqueeze(-2)).sum(dim: -1).logsumexp(-1).Minus(MathF.Log(pseudo_inputs.shape[0]));

    public override Tensor LogMarginals(Tensor latents) =>
        _components.LogDensities(latents.unsqueeze(-2)).logsumexp(-2).Minus(MathF.Log(pseudo_inputs.shape[0]));

    public override Tensor KlDivergence(Posterior posterior, Tensor latents, Tensor noise) => posterior.LogDensityOfDraw(noise) - LogDensity(latents);

    /// <summary>While training the components belong to the step, in its dispose scope and with gradients; otherwise they are kept.</summary>
    public override void Follow(Func<Tensor, Posterior> encoder)
    {
        Release();
        _components = encoder(pseudo_inputs);
        if (!training)
        {
            _components = new Posterior(_components.Mean.DetachFromDisposeScope(), _components.LogVariance!.DetachFromDisposeScope());
        }
    }

    public override void Initialise(Func<Tensor> inputs, Generator generator)
    {
        Tensor rows = inputs();
        long some = Math.Min(pseudo_inputs.shape[0], rows.shape[0]);
        Tensor order = randperm(rows.shape[0], dtype: ScalarType.Int64, device: OnDevice.Cpu, generator: generator);
        Tensor chosen = rows.index_select(0, OnDevice.Of(order.narrow(0, 0, some), rows.device));
        // With fewer rows than components, rows are used again.
        long times = (pseudo_inputs.shape[0] + some - 1) / some;
        pseudo_inputs.copy_(chosen.repeat(times, 1).narrow(0, 0, pseudo_inputs.shape[0]));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Release();
        }
        base.Dispose(disposing);
    }

    // Those of a training step have been disposed with it: twice does no harm.
    private void Release()
    {
        _components.Mean?.Dispose();
        _components.LogVariance?.Dispose();
        _components = default;
    }
}
