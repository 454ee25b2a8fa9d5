using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Networks;

/// <summary>Tensors on the device that computes. Random numbers are drawn on the CPU, so that every device trains on the same.</summary>
internal static class OnDevice
{
    public static Device Cpu { get; } = new(DeviceType.CPU);

    public static Tensor Of(Tensor tensor, Device device) => device.type == tensor.device.type ? tensor : tensor.to(device);

    /// <summary>The numbers of a tensor, row by row; of the tensor itself or of a copy in the dispose scope of the caller.</summary>
    public static ReadOnlySpan<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(Of(tensor, Cpu).contiguous().bytes);

    /// <summary>The memory of a tensor on the CPU.</summary>
    public static Span<float> Memory(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
