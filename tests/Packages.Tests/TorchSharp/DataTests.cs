using System.Runtime.InteropServices;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class DataTests : TorchTest
{
    [Fact]
    public void Bytes_are_the_memory_of_the_tensor()
    {
        var t = Vector(1, 2, 3);
        var floats = MemoryMarshal.Cast<byte, float>(t.bytes);
        Assert.Equal([1f, 2, 3], floats.ToArray());
        floats[1] = 7;
        Holds(t, 1, 7, 3);
        t.bytes = MemoryMarshal.AsBytes(new float[] { 4, 5, 6 }.AsSpan());
        Holds(t, 4, 5, 6);
        Assert.Throws<ArgumentException>(() => t.bytes = new byte[4]);
        Assert.ThrowsAny<Exception>(() => ones(2, 3).t().bytes.Length);
    }

    [Fact]
    public void Data_gives_the_values_in_order_of_their_indices()
    {
        var m = Matrix(new float[,] { { 1, 2 }, { 3, 4 } });
        using var data = m.data<float>();
        Assert.Equal(4, data.Count);
        Assert.Equal([1f, 2, 3, 4], data.ToArray());
        Assert.Equal([1f, 3, 2, 4], m.t().data<float>().ToArray());
        Assert.Equal([1f, 2, 3, 4], data.Select(x => x));
        Assert.Equal(3, data[1, 0]);
        Assert.Equal(4, data[3]);
        Assert.Equal(2, m.t().data<float>()[1, 0]);
        var target = new float[5];
        data.CopyTo(target, 1);
        Assert.Equal([0f, 1, 2, 3, 4], target);
        Assert.Throws<IndexOutOfRangeException>(() => m.data<float>()[2, 0]);
        Assert.Throws<ArgumentException>(() => m.data<double>());
    }

    [Fact]
    public void Data_writes_through_to_the_tensor()
    {
        var m = zeros(2, 2);
        var data = m.data<float>();
        data[0, 1] = 5;
        Holds(m, 0, 5, 0, 0);
        m.t().data<float>().CopyFrom([1, 2, 3, 4]);
        Holds(m, 1, 3, 2, 4);
    }

    [Fact]
    public void A_single_value_is_read()
    {
        Assert.Equal(2.5f, Vector(2.5f).item<float>());
        Assert.Equal(2.5f, tensor(2.5).ToSingle());
        Assert.Equal(2.5, Vector(2.5f).ToDouble());
        Assert.Equal(long.MaxValue, tensor(long.MaxValue).ToInt64());
        Assert.Equal(3, tensor(3L).ToInt32());
        Assert.Equal(1, tensor(true).ToInt32());
        Assert.True(Vector(2).ToBoolean());
        Assert.Equal(2.5f, Vector(2.5f).requires_grad_().ToSingle());
        Assert.Throws<ArgumentException>(() => Vector(1, 2).item<float>());
        Assert.Throws<ExternalException>(() => Vector(1, 2).ToSingle());
    }

    [Fact]
    public void The_text_of_a_tensor_tells_shape_and_type()
    {
        var text = zeros(2, 3).ToString();
        Assert.StartsWith("[2x3]", text);
        Assert.Contains("Float32", text);
    }

    [Fact]
    public void Native_errors_come_with_their_text()
    {
        Contains("cannot be multiplied", () => ones(2, 3).mm(ones(2, 3)));
        Contains("must match the size of tensor b", () => ones(2).add(ones(3)));
        Contains("is invalid for input of size 6", () => ones(6).view(4));
        Contains("out of range", () => ones(2).sum(3));
        Contains("grad can be implicitly created only for scalar outputs", () => ones(2).requires_grad_().mul(2).backward());
        Contains("does not require grad", () => ones(1).sum().backward());

        static void Contains(string text, Action action) => Assert.Contains(text, Assert.Throws<ExternalException>(action).Message);
    }

    [Fact]
    public void A_disposed_tensor_says_so()
    {
        var t = ones(1);
        t.Dispose();
        Assert.True(t.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => t.add(1));
        t.Dispose();
    }

    [Fact]
    public void Threads_can_be_counted_and_set()
    {
        var before = get_num_threads();
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
        Assert.Equal(before, get_num_threads());
        Assert.Matches(@"^\d+\.\d+", __version__);
        Assert.NotEqual(IntPtr.Zero, ones(1).Handle);
    }
}
