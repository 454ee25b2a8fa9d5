namespace Vae.MLNet.Tests;

/// <summary>Collects the progress of a training, at once and in order.</summary>
internal sealed class Epochs(Action<VaeProgress>? also = null) : IProgress<VaeProgress>
{
    public List<VaeProgress> All { get; } = [];

    public void Report(VaeProgress value)
    {
        All.Add(value);
        also?.Invoke(value);
    }
}
