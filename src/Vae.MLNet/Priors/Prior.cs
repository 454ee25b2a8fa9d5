using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Priors;

/// <summary>p(z).</summary>
internal abstract class Prior(string name) : nn.Module(name)
{
    /// <summary>Where gradients that are known by formula go; set while training on the CPU.</summary>
    public KnownGradients? Known { get; set; }

    /// <summary>The normal distributions, <c>[components, latent]</c>, that p(z) is an equal mixture of; null for N(0, I).</summary>
    public virtual Posterior? Components => null;

    /// <summary>log p(z) in nats, <c>[..., latent]</c> to <c>[...]</c>.</summary>
    public abstract Tensor LogDensity(Tensor latents);

    /// <summary>log p(z_d) of each dimension by itself, of the shape of <paramref name="latents"/>.</summary>
    public abstract Tensor LogMarginals(Tensor latents);

    /// <summary>KL(q(z|x) || p(z)) in nats, <c>[rows]</c>, in closed form or by the given draw.</summary>
    /// <param name="posterior">q(z|x).</param>
    /// <param name="latents">A draw from it, <c>[rows, latent]</c>.</param>
    /// <param name="noise">Of that draw.</param>
    public abstract Tensor KlDivergence(Posterior posterior, Tensor latents, Tensor noise);

    /// <summary>Fits the prior to the encoder as it is now; with gradients while training.</summary>
    public virtual void Follow(Func<Tensor, Posterior> encoder)
    {
    }

    /// <summary>Starts where training rows are.</summary>
    /// <param name="inputs">Rows as the encoder sees them, <c>[some, inputs]</c>.</param>
    /// <param name="generator">Chooses some of them.</param>
    public virtual void Initialise(Func<Tensor> inputs, Generator generator)
    {
    }
}
