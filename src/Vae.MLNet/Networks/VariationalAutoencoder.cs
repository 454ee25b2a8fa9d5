using System.Security.Cryptography;
using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Likelihoods;
using Vae.MLNet.Priors;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>
/// The model of Kingma and Welling (2014): an encoder q(z|x), a prior p(z), a decoder with a likelihood p(x|z); with a label y, q(z|x, y) and p(x|z, y) (Sohn et al., 2015). It sees encoded rows
/// and knows nothing of columns.
/// </summary>
internal sealed class VariationalAutoencoder : nn.Module
{
    // Far outside of what training needs: the posterior of a row unlike all others is to stay finite. Training that gets there has diverged, and is to be seen to.
    public const float LargestLogVariance = 20;

    private readonly Network encoder;
    private readonly Network decoder;
    private readonly Likelihood likelihood;
    private readonly Prior prior;
    private KnownGradients? _known;

    public VariationalAutoencoder(VaeArchitecture architecture, Device device)
        : base(nameof(VariationalAutoencoder))
    {
        Architecture = architecture;
        Device = device;
        VaeNetworkShape shape = architecture.ShapeOn(device);
        (encoder, decoder) = architecture.Network.Create(shape);
        likelihood = Likelihood.Create(architecture.Parts, device);
        prior = architecture.Prior.Create(shape.EncoderInputs, architecture.LatentDimension, device);
        RegisterComponents();
        foreach (Tensor weights in Weights)
        {
            // The caller may have a dispose scope open: the weights must outlive it.
            weights.DetachFromDisposeScope();
        }
    }

    public VaeArchitecture Architecture { get; }

    /// <summary>Where the weights are, and the rows have to be.</summary>
    public Device Device { get; }

    public Network Encoder => encoder;

    public Likelihood Likelihood => likelihood;

    public Prior Prior => prior;

    /// <summary>All that is learned, and saved.</summary>
    public IEnumerable<(string Name, Tensor Values)> NamedWeights =>
        [.. named_parameters().Select(each => (each.name, (Tensor)each.parameter)), .. named_buffers()];

    /// <summary>The matrices of the networks. Biases, norms, scales and pseudo-inputs are no cause of overfitting.</summary>
    public IEnumerable<Parameter> DecayedWeights => encoder.parameters().Concat(decoder.parameters()).Where(parameter => parameter.requires_grad && parameter.dim() > 1);

    /// <summary>q(z|x), or q(z|x, y).</summary>
    public Posterior Encode(RowTensors rows) => PosteriorOf(InputsOf(rows));

    /// <summary>A draw z from q(z|x), <see cref="Posterior.Draw"/>.</summary>
    /// <param name="posterior">q(z|x).</param>
    /// <param name="noise">Standard normal, <c>[rows, latent]</c>.</param>
    public Tensor Draw(Posterior posterior, Tensor noise)
    {
        if (_known is not { } known || posterior.LogVariance is not { } logVariance)
        {
            return posterior.Draw(noise);
        }
        using IDisposable noGradient = no_grad();
        Tensor deviation = logVariance.Times(0.5).exp_().mul_(noise);
        return known.Add(posterior.Mean.Plus(deviation), gradient =>
        {
            known.Pass(posterior.Mean, gradient);
            known.Pass(logVariance, deviation.mul_(gradient).Multiply(0.5));
        });
    }

    /// <summary>The parameters of p(x|z), or p(x|z, y), for <see cref="Likelihoods.Likelihood"/> to read.</summary>
    /// <param name="latents"><c>[rows, latent]</c>.</param>
    /// <param name="label">One-hot, <c>[rows, labels]</c>; null without a condition.</param>
    public Tensor Decode(Tensor latents, Tensor? label) => decoder.call(label is null ? latents : cat([latents, label], 1));

    /// <summary>KL(q(z|x) || p(z)) in nats, <c>[rows]</c>; 0 for points.</summary>
    /// <param name="posterior">q(z|x).</param>
    /// <param name="latents">A draw from it.</param>
    /// <param name="noise">Of that draw.</param>
    public Tensor KlDivergence(Posterior posterior, Tensor latents, Tensor noise) =>
        posterior.LogVariance is null ? zeros(latents.shape[0], dtype: latents.dtype, device: Device) : prior.KlDivergence(posterior, latents, noise);

    /// <summary>
    /// log p(x, z) / q(z|x) of draws z, <c>[rows]</c>: its mean is the ELBO, and the mean of its exponential p(x) (Burda et al., 2016). Of points, log p(x|z).
    /// </summary>
    /// <param name="posterior">q(z|x).</param>
    /// <param name="latents">Draws from it.</param>
    /// <param name="noise">Of those draws.</param>
    /// <param name="logLikelihood">log p(x|z) of those draws.</param>
    public Tensor LogWeight(Posterior posterior, Tensor latents, Tensor noise, Tensor logLikelihood) =>
        posterior.LogVariance is null ? logLikelihood : logLikelihood.Plus(prior.LogDensity(latents)) - posterior.LogDensityOfDraw(noise);

    /// <summary>A cost times a factor, less what is gained, <c>[rows]</c>.</summary>
    public Tensor Difference(Tensor cost, float factor, Tensor gain) => _known?.Difference(cost, factor, gain) ?? cost.Times(factor) - gain;

    /// <summary>To be called after weights have changed, before the prior is asked: once per step in training, and once when it is over.</summary>
    public void Settle() => prior.Follow(PosteriorOf);

    /// <summary>Before training and after it.</summary>
    /// <param name="noise">The random numbers of dropout; null if the networks need none.</param>
    /// <param name="known">Where gradients that are known by formula go; null if autograd is to find all.</param>
    public void Train(BatchNoise? noise, KnownGradients? known)
    {
        _known = known;
        foreach (nn.Module module in modules())
        {
            switch (module)
            {
                case Dropout dropout:
                    dropout.Noise = noise;
                    break;
                case Likelihood part:
                    part.Known = known;
                    break;
                case Prior all:
                    all.Known = known;
                    break;
                case DenseNetwork layers:
                    layers.Known = known;
                    break;
            }
        }
    }

    /// <summary>Draws the weights. Before it has learned anything, the decoder says the mean row.</summary>
    /// <param name="generator">Of all draws.</param>
    /// <param name="mean">Of the encoded training rows, <c>[slots]</c>.</param>
    /// <param name="some">Training rows, for those who want some.</param>
    public void Initialise(Generator generator, Tensor mean, Func<RowTensors> some)
    {
        using IDisposable noGradient = no_grad();
        encoder.Initialise(generator);
        decoder.Initialise(generator);
        Tensor output = likelihood.OutputFor(mean);
        decoder.OutputBias?.copy_(output);
        prior.Initialise(() => InputsOf(some()), generator);
    }

    /// <summary>Takes the weights of a network of the same architecture.</summary>
    public void CopyFrom(VariationalAutoencoder other)
    {
        using IDisposable noGradient = no_grad();
        foreach ((Tensor mine, Tensor others) in Weights.Zip(other.Weights))
        {
            mine.copy_(others);
        }
    }

    /// <summary>Copies a trained network to double precision.</summary>
    /// <returns>Another network of the same weights, to evaluate with.</returns>
    public VariationalAutoencoder InDoublePrecision()
    {
        var copy = new VariationalAutoencoder(Architecture, Device);
        try
        {
            copy.CopyFrom(this);
            copy.eval();
            copy.to(ScalarType.Float64);
            foreach (CustomNetworks.CustomNetwork custom in copy.modules().OfType<CustomNetworks.CustomNetwork>())
            {
                custom.KeepSinglePrecision();
            }
            using IDisposable noGradient = no_grad();
            copy.Settle();
            return copy;
        }
        catch
        {
            // There is not enough memory.
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Another network on the same memory, for another thread: what one learns, both know. It is to be disposed first.</summary>
    public VariationalAutoencoder Twin()
    {
        var twin = new VariationalAutoencoder(Architecture, Device);
        using IDisposable noGradient = no_grad();
        foreach ((Tensor its, Tensor mine) in twin.Weights.Zip(Weights))
        {
            its.set_(mine);
        }
        return twin;
    }

    /// <summary>SHA-256 of the weights.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using DisposeScope scope = NewDisposeScope();
        foreach (Tensor weights in Weights)
        {
            hash.AppendData(OnDevice.Of(weights.detach(), OnDevice.Cpu).bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private IEnumerable<Tensor> Weights => NamedWeights.Select(each => each.Values);

    // The values, then the marks of missing ones, then the label.
    private Tensor InputsOf(RowTensors rows)
    {
        Tensor seen = likelihood.SeenBy(rows.Values);
        if (!Architecture.SeesMissing && rows.Label is null)
        {
            return seen;
        }
        List<Tensor> inputs = [seen];
        if (Architecture.SeesMissing)
        {
            inputs.Add(rows.Missing ?? zeros(rows.Count, Architecture.Numbers, dtype: rows.Values.dtype, device: Device));
        }
        if (rows.Label is not null)
        {
            inputs.Add(rows.Label);
        }
        return cat(inputs, 1);
    }

    private Posterior PosteriorOf(Tensor inputs)
    {
        Tensor said = encoder.call(inputs);
        int latent = Architecture.LatentDimension;
        if (Architecture.IsDeterministic)
        {
            return new Posterior(said, null);
        }
        if (_known is not null)
        {
            return new Posterior(_known.Columns(said, 0, latent), _known.Columns(said, latent, latent));
        }
        Tensor logVariance = said.narrow(1, latent, latent);
        return new Posterior(said.narrow(1, 0, latent), training ? logVariance : logVariance.Clamped(-LargestLogVariance, LargestLogVariance));
    }
}
