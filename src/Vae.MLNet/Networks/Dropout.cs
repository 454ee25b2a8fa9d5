using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Drops units in training (Srivastava et al., 2014), by noise of our own: the global generator is shared by the whole process.</summary>
internal sealed class Dropout(double rate) : nn.Module<Tensor, Tensor>(nameof(Dropout))
{
    /// <summary>Where the masks come from; set while training.</summary>
    public BatchNoise? Noise { get; set; }

    public override Tensor forward(Tensor input)
    {
        if (!training || rate == 0)
        {
            return input;
        }
        return input * Noise!.Bernoulli(1 - rate, input.device, input.shape).Times(1 / (1 - rate));
    }
}
