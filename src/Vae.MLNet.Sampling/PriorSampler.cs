using System.Runtime.InteropServices;
using TorchSharp;
using Vae.MLNet.Inference;
using Vae.MLNet.Networks;
using Vae.MLNet.Sampling.Latents;
using Vae.MLNet.Sampling.Persistence;
using static TorchSharp.torch;

namespace Vae.MLNet.Sampling;

/// <summary>
/// Draws latents from the model's own prior: N(0, I) (Kingma and Welling, 2014), or the mixture of a VampPrior (Tomczak and Welling, 2018). Goes with any model but a plain autoencoder, which has no
/// prior.
/// </summary>
public sealed class PriorSampler : VaeSampler
{
    /// <summary>Makes the sampler.</summary>
    /// <param name="temperature">On the standard deviations, above 0: below 1 rows are more typical and less varied. Default 1: the prior itself.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not above 0, or not finite.</exception>
    public PriorSampler(double temperature = 1) => Temperature = Temperatures.Required(temperature);

    /// <summary>On the standard deviations.</summary>
    public double Temperature { get; }

    internal override SamplerContent Content() => new(nameof(PriorSampler), null) { Texts = [Temperatures.Text(Temperature)] };

    /// <exception cref="FormatException">The content is not one of this class.</exception>
    internal static PriorSampler Read(SamplerBlock block) => new(Temperatures.Of(block));

    private protected override LatentDraw Draw(FittedVae model)
    {
        if (model.Architecture.IsDeterministic)
        {
            throw new ArgumentException($"The model is a plain autoencoder, which has no prior: fit a {nameof(GaussianMixtureSampler)} or a {nameof(FlowSampler)} to the latents of rows.");
        }
        int dimension = model.Architecture.LatentDimension;
        float temperature = (float)Temperature;
        if (ComponentsOf(model) is not var (means, deviations))
        {
            return (rows, latents) =>
            {
                rows.FillNormal(latents, dimension, NoiseUse.Latent);
                foreach (ref float latent in latents)
                {
                    latent *= temperature;
                }
            };
        }
        int components = means.Length / dimension;
        return (rows, latents) =>
        {
            rows.FillNormal(latents, dimension, NoiseUse.Latent);
            for (int row = 0; row < latents.Length / dimension; row++)
            {
                int component = (int)(rows.Uniform(row, NoiseUse.Component) * components);
                for (int i = 0; i < dimension; i++)
                {
                    ref float latent = ref latents[row * dimension + i];
                    latent = means[component * dimension + i] + temperature * deviations[component * dimension + i] * latent;
                }
            }
        };
    }

    private static (float[] Means, float[] Deviations)? ComponentsOf(FittedVae model)
    {
        using SharedMemory.Lease lease = model.Use();
        if (model.Network.Prior.Components is not { } components)
        {
            return null;
        }
        using DisposeScope scope = NewDisposeScope();
        return (Numbers(components.Mean), Numbers(components.LogVariance!.Times(0.5).exp()));
    }

    private static float[] Numbers(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes).ToArray();
}
