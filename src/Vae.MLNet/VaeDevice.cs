namespace Vae.MLNet;

/// <summary>Where training computes.</summary>
public enum VaeDevice
{
    /// <summary>On a CUDA device if TorchSharp finds one, else on the CPU; which is said in the log.</summary>
    Auto = 0,

    /// <summary>On the CPU.</summary>
    Cpu = 1,

    /// <summary>On a CUDA device: an error if there is none. It needs a TorchSharp runtime with CUDA.</summary>
    Cuda = 2,
}
