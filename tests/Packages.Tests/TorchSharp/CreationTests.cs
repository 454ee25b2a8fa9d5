using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class CreationTests : TorchTest
{
    [Fact]
    public void Constant_tensors_have_the_asked_shape_value_and_type()
    {
        Holds(zeros(2), 0, 0);
        Holds(ones(1, 2), 1, 1);
        HasShape(zeros(1, 2, 3), 1, 2, 3);
        HasShape(ones(1, 2, 3, 4), 1, 2, 3, 4);
        HasShape(zeros(new long[] { 2, 0 }), 2, 0);
        HasShape(ones(new long[] { 3, 1 }.AsSpan()), 3, 1);
        HasShape(ones(new long[] { 1, 2 }), 1, 2);
        HasShape(zeros(new long[] { 1, 2 }.AsSpan()), 1, 2);
        HasShape(empty(new long[] { 1, 2 }), 1, 2);
        HasShape(empty(new long[] { 1, 2 }.AsSpan()), 1, 2);
        HasShape(empty(2, 3), 2, 3);
        HasShape(empty(2, 3, 4), 2, 3, 4);
        HasShape(empty(2, 3, 4, 5), 2, 3, 4, 5);
        Assert.Equal(ScalarType.Float32, zeros(1).dtype);
        Assert.Equal(get_default_dtype(), ones(1).dtype);
        Assert.Equal(float64, zeros(1, float64).dtype);
        Holds(full(2, 2.5f), 2.5, 2.5);
        Holds(full(1, 2, 3f), 3, 3);
        Holds(full(new long[] { 2 }, 7, dtype: int32), 7, 7);
        Assert.Equal(int64, full(1, 7).dtype);
        Assert.Equal(float32, full(1, 7f).dtype);
        Assert.True(zeros(1, requires_grad: true).requires_grad);
        Assert.Equal(DeviceType.CPU, zeros(1, device: device("cpu")).device_type);
    }

    [Theory]
    [InlineData(ScalarType.Byte, 1)]
    [InlineData(ScalarType.Bool, 1)]
    [InlineData(ScalarType.Int32, 4)]
    [InlineData(ScalarType.Float32, 4)]
    [InlineData(ScalarType.Int64, 8)]
    [InlineData(ScalarType.Float64, 8)]
    public void An_element_takes_its_types_bytes(ScalarType type, long size)
    {
        Assert.Equal(size, zeros(3, type).ElementSize);
        Assert.Equal(3 * size, zeros(3, type).bytes.Length);
    }

    [Fact]
    public void The_names_of_types_are_those_of_PyTorch() =>
        Assert.Equal([ScalarType.Byte, ScalarType.Int32, ScalarType.Int64, ScalarType.Float32, ScalarType.Float64, ScalarType.Bool], new[] { uint8, int32, int64, float32, float64, @bool });

    [Fact]
    public void Tensors_like_others_take_their_shape_and_type()
    {
        var like = zeros(2, 3, float64);
        foreach (var t in new[] { zeros_like(like), ones_like(like), empty_like(like), full_like(like, 4), rand_like(like), randn_like(like) })
        {
            HasShape(t, 2, 3);
            Assert.Equal(float64, t.dtype);
        }
        Holds(ones_like(zeros(2)), 1, 1);
        Holds(full_like(zeros(2), 4.5), 4.5, 4.5);
        Assert.Equal(int64, zeros_like(like, int64).dtype);
    }

    [Fact]
    public void Counted_tensors_include_the_start_and_exclude_the_stop()
    {
        Holds(arange(4), 0, 1, 2, 3);
        Holds(arange(1, 4), 1, 2, 3);
        Holds(arange(0f, 1f, 0.25f), 0, 0.25, 0.5, 0.75);
        Assert.Equal(int64, arange(4).dtype);
        Assert.Equal(float32, arange(4f).dtype);
        Assert.Equal(float32, arange(4, dtype: float32).dtype);
        Holds(linspace(0, 1, 5), 0, 0.25, 0.5, 0.75, 1);
        Holds(eye(2), 1, 0, 0, 1);
        HasShape(eye(2, 3), 2, 3);
    }

    [Fact]
    public void Arrays_are_copied_with_their_own_type()
    {
        var source = new[] { 1f, 2f };
        var copied = tensor(source);
        source[0] = 9;
        Holds(copied, 1, 2);
        Assert.Equal(float32, copied.dtype);
        Assert.Equal(float64, tensor(new[] { 1.0 }).dtype);
        Assert.Equal(int64, tensor(new[] { 1L }).dtype);
        Assert.Equal(int32, tensor(new[] { 1 }).dtype);
        Assert.Equal(@bool, tensor(new[] { true }).dtype);
        Assert.Equal(uint8, tensor(new byte[] { 1 }).dtype);
        Assert.Equal(float32, tensor(new[] { 1L }, float32).dtype);
        Assert.True(tensor(new[] { 1f }, requires_grad: true).requires_grad);
    }

    [Fact]
    public void Arrays_take_the_given_dimensions()
    {
        HasShape(tensor(new[] { 1f, 2, 3, 4 }, [2, 2]), 2, 2);
        HasShape(tensor(new[] { 1.0, 2 }, [2, 1]), 2, 1);
        HasShape(tensor(new[] { 1L, 2 }, [1, 2]), 1, 2);
        HasShape(tensor(new[] { 1, 2 }, [1, 2]), 1, 2);
        HasShape(tensor(new[] { true, false }, [1, 2]), 1, 2);
        HasShape(tensor(new byte[] { 1, 2 }, [1, 2]), 1, 2);
        IList<float> list = new List<float> { 1, 2, 3, 4 };
        HasShape(tensor(list), 4);
        HasShape(tensor(list, 2, 2), 2, 2);
        HasShape(tensor(list, [4, 1]), 4, 1);
        Holds(tensor((IList<long>)new List<long> { 5, 6 }), 5, 6);
        Assert.Throws<ArgumentException>(() => tensor(new[] { 1f, 2 }, [3]));
    }

    [Fact]
    public void Arrays_of_two_dimensions_become_matrices_row_by_row()
    {
        var expected = new double[] { 1, 2, 3, 4, 5, 6 };
        foreach (var t in new[]
        {
            tensor(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }), tensor(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }),
            tensor(new long[,] { { 1, 2, 3 }, { 4, 5, 6 } }), tensor(new[,] { { 1, 2, 3 }, { 4, 5, 6 } }),
            from_array(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }), from_array(new[,] { { 1, 2, 3 }, { 4, 5, 6 } }, float64),
        })
        {
            HasShape(t, 2, 3);
            Holds(t, expected);
        }
    }

    [Fact]
    public void Numbers_become_tensors_without_dimensions()
    {
        var all = new[] { tensor(1.5f), tensor(1.5), tensor(2), tensor(2L), tensor(true), tensor((byte)3) };
        Assert.All(all, t => HasShape(t));
        Assert.Equal([float32, float64, int32, int64, @bool, uint8], all.Select(t => t.dtype));
        Assert.Equal([1.5, 1.5, 2, 2, 1, 3], all.Select(t => t.ToDouble()));
        Assert.Equal(float32, tensor(2.0, float32).dtype);
    }

    [Fact]
    public void A_device_is_told_by_type_or_name()
    {
        Assert.Equal(DeviceType.CPU, new Device("cpu").type);
        Assert.Equal(DeviceType.CUDA, new Device(DeviceType.CUDA, 1).type);
        Assert.Equal(1, device("cuda:1").index);
        Assert.Equal("cpu", device(DeviceType.CPU).ToString());
        Device named = "cpu";
        Assert.Equal(DeviceType.CPU, named.type);
        Assert.Equal(DeviceType.CPU, zeros(1).device.type);
        Assert.False(cuda.is_available());
    }
}
