using TorchSharp;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Training;

/// <summary>Where training computes.</summary>
internal static class TrainingDevice
{
    /// <param name="wanted">What the options say.</param>
    /// <param name="fallback">What is to be said of it; null for nothing.</param>
    /// <exception cref="InvalidOperationException">CUDA is asked for and absent.</exception>
    public static Device Choose(VaeDevice wanted, out string? fallback)
    {
        bool hasCuda = wanted != VaeDevice.Cpu && cuda.is_available();
        fallback = wanted == VaeDevice.Auto && !hasCuda ? "Training computes on the CPU: TorchSharp finds no CUDA device." : null;
        if (wanted == VaeDevice.Cuda && !hasCuda)
        {
            throw new InvalidOperationException(
                $"{nameof(VaeEstimator.Options.Device)} is {VaeDevice.Cuda}, and TorchSharp finds no CUDA device: reference a runtime with CUDA (such as TorchSharp-cuda-linux), or set it to {VaeDevice.Auto} or {VaeDevice.Cpu}.");
        }
        return hasCuda ? new Device(DeviceType.CUDA) : OnDevice.Cpu;
    }
}
