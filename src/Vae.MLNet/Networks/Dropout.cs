using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Drops units in training (Srivastava et al., 2014) by a generator of our own: the global one is shared by the whole process.</summary>
internal sealed class Dropout(double rate) : nn.Module<Tensor, Tensor>(nameof(Dropout))
{
    /// <summary>Where the masks come from; set while training.</summary>
    public Generator? Generator { get; set; }

    public override Tensor forward(Tensor input)
    {
        if (!training || rate == 0)
        {
            return input;
        }
        using Tensor kept = empty(input.shape).bernoulli_(1 - rate, Generator);
        return input * OnDevice.Of(kept * (1 / (1 - rate)), input.device);
    }
}
