using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

/// <summary>Devices on a machine without a graphics card; where there is one, the tests that expect none are skipped.</summary>
public sealed class DeviceTests : TorchTest
{
    private static readonly Device Card = new("cuda");

    [Fact]
    public void A_device_has_a_type_and_a_number()
    {
        Assert.Equal(["cpu", "cpu", "cuda", "cuda:3", "cuda:2", "cuda:4"], new Device[] { new("cpu"), new("cpu:0"), new("cuda"), new("cuda:3"), new("cuda", 2), new(4) }.Select(d => d.ToString()));
        Assert.Equal([-1, 1, 2, 3], new[] { device("cuda"), device("cuda", 1), device(2), device(DeviceType.CUDA, 3) }.Select(d => d.index));
        Assert.Equal(DeviceType.CUDA, device(0).type);
        Assert.Throws<ArgumentException>(() => new Device("abacus"));
        Assert.Throws<FormatException>(() => new Device("cuda:first"));
        Assert.Equal("cpu", InitializeDevice(null).ToString());
        InitializeDeviceType(DeviceType.CPU);
        Assert.True(TryInitializeDeviceType(DeviceType.CPU));
    }

    [Fact]
    public void Tensors_are_on_the_CPU_unless_told_otherwise()
    {
        var t = ones(2, device: device("cpu"));
        Assert.Equal(("cpu", -1, -1, false), (t.device.ToString(), t.device.index, t.device_index, t.is_cuda));
        Assert.Equal(DeviceType.CPU, tensor(new[] { 1f }).cpu().device_type);
    }

    [SkippableFact]
    public void Without_a_graphics_card_CUDA_is_told_to_be_missing()
    {
        Skip.If(cuda.is_available());
        Assert.False(cuda_is_available());
        Assert.False(cuda.is_cudnn_available());
        Assert.Equal(0, cuda.device_count());
        Assert.False(TryInitializeDeviceType(DeviceType.CUDA));
        cuda.manual_seed(1);
        cuda.manual_seed_all(1);
    }

    [SkippableFact]
    public void Without_a_graphics_card_a_tensor_on_it_is_refused()
    {
        Skip.If(cuda.is_available());
        Func<object>[] all =
        [
            () => zeros(2, device: Card), () => ones(2, 3, device: Card), () => empty(2, device: new Device("cuda:1")), () => full(2, 1, device: Card), () => eye(2, device: Card), () => arange(2, device: Card),
            () => linspace(0, 1, 2, device: Card), () => rand(2, device: Card), () => randn(2, device: Card), () => randint(2, new long[] { 1 }, device: Card), () => randperm(2, device: Card), () => normal(0, 1, [2L], device: Card),
            () => tensor(1f, device: Card), () => tensor(new[] { 1f }, device: Card), () => tensor(new[] { 1L }, [1L], device: Card), () => from_array(new[] { 1.0 }, Card), () => InitializeDevice(Card), () => nn.Linear(2, 1, device: Card),
        ];
        Assert.All(all, create => Assert.Throws<InvalidOperationException>(create));
        var message = Assert.Throws<InvalidOperationException>(() => InitializeDeviceType(DeviceType.CUDA)).Message;
        Assert.StartsWith("Torch device type CUDA did not initialise on the current machine", message);
        Assert.Throws<ExternalException>(() => zeros_like(ones(1), device: Card));
    }

    [Fact]
    public void A_generator_is_of_the_CPU_whatever_its_device()
    {
        using var one = new Generator(5, Card);
        using var other = new Generator(5);
        Assert.Equal("cuda", one.device.ToString());
        Assert.Equal("cpu", other.device.ToString());
        Assert.Equal(Values(randn(5, generator: other)), Values(randn(5, generator: one)));
    }

    [Fact]
    public void A_generator_is_seeded_again_in_place()
    {
        using var generator = new Generator(5);
        var expected = Values(randn(3, generator: generator));
        Assert.Same(generator, generator.manual_seed(5));
        Assert.Equal(expected, Values(randn(3, generator: generator)));
        Assert.Equal(generator.seed(), generator.initial_seed());
        Assert.NotEqual(5, generator.initial_seed());
        generator.Dispose();
        Assert.Equal(0, generator.Handle);
    }
}
