using TorchSharp.Modules;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>A copy of all weights.</summary>
internal sealed class WeightSnapshot : IDisposable
{
    public WeightSnapshot(VariationalAutoencoder network)
    {
        Weights = [.. network.named_parameters().Select(each => (each.name, each.parameter.detach().clone()))];
        // Once all are there: the caller's scope has them if there is not enough memory.
        foreach ((_, Tensor values) in Weights)
        {
            values.DetachFromDisposeScope();
        }
    }

    public IReadOnlyList<(string Name, Tensor Values)> Weights { get; }

    public void Take(VariationalAutoencoder network)
    {
        using IDisposable noGradient = no_grad();
        foreach (((_, Parameter parameter), (_, Tensor values)) in network.named_parameters().Zip(Weights))
        {
            values.copy_(parameter);
        }
    }

    public void Restore(VariationalAutoencoder network)
    {
        using IDisposable noGradient = no_grad();
        foreach (((_, Parameter parameter), (_, Tensor values)) in network.named_parameters().Zip(Weights))
        {
            parameter.copy_(values);
        }
    }

    public void Dispose()
    {
        foreach ((_, Tensor values) in Weights)
        {
            values.Dispose();
        }
    }
}
