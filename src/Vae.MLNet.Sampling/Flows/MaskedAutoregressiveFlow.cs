using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling.Flows;

/// <summary>
/// MAF (Papamakarios et al., 2017): latents z become noise u = (z - mean(z before)) / scale(z before), layer after layer, each in the reverse order of dimensions, so that log p(z) is known exactly.
/// </summary>
internal sealed class MaskedAutoregressiveFlow : nn.Module
{
    private static readonly float s_log2Pi = MathF.Log(2 * MathF.PI);

    private readonly ModuleList<AutoregressiveNetwork> layers = new();
    // Not learned by gradient: mean and standard deviation of the rows, [dimension].
    private readonly Parameter centre;
    private readonly Parameter scale;

    public MaskedAutoregressiveFlow(FlowShape shape)
        : base(nameof(MaskedAutoregressiveFlow))
    {
        for (int layer = 0; layer < shape.Layers; layer++)
        {
            layers.Add(new AutoregressiveNetwork(shape.Dimension, shape.Labels, shape.HiddenLayerSizes));
        }
        centre = new Parameter(zeros(shape.Dimension, dtype: ScalarType.Float32, device: OnDevice.Cpu), requires_grad: false);
        scale = new Parameter(ones(shape.Dimension, dtype: ScalarType.Float32, device: OnDevice.Cpu), requires_grad: false);
        RegisterComponents();
        foreach (Parameter parameter in parameters())
        {
            // The caller may have a dispose scope open: the weights must outlive it.
            parameter.DetachFromDisposeScope();
        }
    }

    /// <summary>log p(z) in nats, <c>[rows]</c>.</summary>
    /// <param name="latents"><c>[rows, dimension]</c>.</param>
    /// <param name="context">One-hot labels, <c>[rows, labels]</c>; null without a condition.</param>
    public Tensor LogDensity(Tensor latents, Tensor? context)
    {
        Tensor u = (latents - centre) / scale;
        Tensor logScales = scale.log().sum();
        foreach (AutoregressiveNetwork layer in layers)
        {
            (Tensor mean, Tensor logScale) = layer.Conditionals(u, context);
            u = ((u - mean) * (-logScale).exp()).flip(1);
            logScales = logScales.Plus(logScale.sum(dim: 1));
        }
        return u.Squared().Plus(s_log2Pi).sum(dim: 1).Times(-0.5) - logScales;
    }

    /// <summary>The latents of noise, dimension after dimension.</summary>
    /// <param name="noise">From N(0, I), <c>[rows, dimension]</c>.</param>
    /// <param name="context">One-hot labels, <c>[rows, labels]</c>; null without a condition.</param>
    public Tensor Latents(Tensor noise, Tensor? context)
    {
        Tensor z = noise;
        foreach (AutoregressiveNetwork layer in layers.Reverse())
        {
            Tensor u = z.flip(1);
            z = zeros_like(u);
            for (long i = 0; i < u.shape[1]; i++)
            {
                using DisposeScope scope = NewDisposeScope();
                (Tensor mean, Tensor logScale) = layer.Conditionals(z, context);
                z.narrow(1, i, 1).copy_((u.narrow(1, i, 1) * logScale.narrow(1, i, 1).exp()).Plus(mean.narrow(1, i, 1)));
            }
        }
        return (z * scale).Plus(centre);
    }

    /// <param name="latents">Rows to fit, <c>[rows, dimension]</c>.</param>
    /// <param name="generator">Draws the weights.</param>
    public void Initialise(Tensor latents, Generator generator)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (AutoregressiveNetwork layer in layers)
        {
            layer.Initialise(generator);
        }
        Tensor mean = latents.mean([0]);
        centre.copy_(mean);
        scale.copy_((latents - mean).Squared().mean([0]).sqrt().AtLeast(1e-6f));
    }
}

/// <summary>What fixes the shape of every tensor of a flow.</summary>
/// <param name="Dimension">Of a latent.</param>
/// <param name="Labels">Categories of the label; 0 without a condition.</param>
/// <param name="Layers">Autoregressive layers.</param>
/// <param name="HiddenLayerSizes">Of each layer's network.</param>
internal sealed record FlowShape(int Dimension, int Labels, int Layers, IReadOnlyList<int> HiddenLayerSizes)
{
    /// <summary>Weights and biases, known without making any.</summary>
    public long Parameters
    {
        get
        {
            long inputs = Dimension + (long)Labels;
            long total = 0;
            foreach (int size in HiddenLayerSizes)
            {
                total += (inputs + 1) * size;
                inputs = size;
            }
            return Layers * (total + (inputs + 1) * 2 * Dimension) + 2 * Dimension;
        }
    }
}
