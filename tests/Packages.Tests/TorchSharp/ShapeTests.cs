using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class ShapeTests : TorchTest
{
    private static Tensor M => arange(6, dtype: float32).reshape(2, 3);

    [Fact]
    public void A_tensor_knows_its_shape()
    {
        Assert.Equal([2, 3], M.shape);
        Assert.Equal([2, 3], M.size());
        Assert.Equal(3, M.size(1));
        Assert.Equal(3, M.size(-1));
        Assert.Equal(2, M.dim());
        Assert.Equal(2, M.ndim);
        Assert.Equal(2, M.Dimensions);
        Assert.Equal(6, M.numel());
        Assert.Equal(6, M.NumberOfElements);
        Assert.Equal([3, 1], M.stride());
        Assert.Equal([1, 3], M.t().stride());
        Assert.True(M.is_contiguous());
        Assert.False(M.t().is_contiguous());
        Assert.True(M.t().contiguous().is_contiguous());
    }

    [Fact]
    public void Shapes_change_without_changing_values()
    {
        HasShape(M.view(3, 2), 3, 2);
        HasShape(M.view(-1), 6);
        HasShape(M.reshape(6, 1), 6, 1);
        HasShape(M.flatten(), 6);
        HasShape(zeros(2, 3, 4).flatten(1), 2, 12);
        HasShape(zeros(2, 12).unflatten(1, 3, 4), 2, 3, 4);
        HasShape(M.unsqueeze(0), 1, 2, 3);
        HasShape(M.unsqueeze(-1), 2, 3, 1);
        HasShape(zeros(1, 2, 1).squeeze(), 2);
        HasShape(zeros(1, 2, 1).squeeze(0), 2, 1);
        Holds(M.view(3, 2), 0, 1, 2, 3, 4, 5);
    }

    [Fact]
    public void Dimensions_are_swapped_and_reversed()
    {
        Holds(M.t(), 0, 3, 1, 4, 2, 5);
        Holds(M.transpose(0, 1), 0, 3, 1, 4, 2, 5);
        HasShape(zeros(2, 3, 4).permute(2, 0, 1), 4, 2, 3);
        Holds(M.flip(1), 2, 1, 0, 5, 4, 3);
    }

    [Fact]
    public void Values_are_repeated()
    {
        Holds(Vector(1, 2).expand(2, 2), 1, 2, 1, 2);
        Holds(Vector(1, 2).expand_as(zeros(2, 2)), 1, 2, 1, 2);
        Holds(Vector(1, 2).repeat(2), 1, 2, 1, 2);
        HasShape(Vector(1, 2).repeat(3, 2), 3, 4);
        Holds(Vector(1, 2).repeat_interleave(2), 1, 1, 2, 2);
        Holds(M.repeat_interleave(2, 0), 0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5);
    }

    [Fact]
    public void Diagonals_and_triangles_are_taken()
    {
        var square = Matrix(new float[,] { { 1, 2 }, { 3, 4 } });
        Holds(square.diag(), 1, 4);
        Holds(Vector(1, 2).diag(), 1, 0, 0, 2);
        Holds(square.tril(), 1, 0, 3, 4);
        Holds(square.triu(1), 0, 2, 0, 0);
    }

    [Fact]
    public void Tensors_are_joined_and_parted()
    {
        Holds(cat([Vector(1, 2), Vector(3)]), 1, 2, 3);
        HasShape(cat([M, M], 1), 2, 6);
        HasShape(stack(new[] { M, M }.AsEnumerable()), 2, 2, 3);
        HasShape(stack(new[] { M, M, M }.AsEnumerable(), -1), 2, 3, 3);
        Assert.Equal([2, 2, 1], arange(5).split(2).Select(t => t.numel()));
        Assert.Equal([3, 0], arange(3).split(3).Concat(arange(0).split(3)).Select(t => t.numel()));
        Assert.Equal([1, 4], arange(5).split([1, 4], 0).Select(t => t.numel()));
        Assert.Equal([2, 1], M.chunk(2, 1).Select(t => t.size(1)));
        var rows = M.unbind();
        Assert.Equal(2, rows.Length);
        Holds(rows[1], 3, 4, 5);
        Holds(M.unbind(-1)[2], 2, 5);
    }

    [Fact]
    public void Views_share_memory_and_copies_do_not()
    {
        var m = M;
        var (copy, same) = (m.clone(), m.alias());
        m.view(6).narrow(0, 0, 2).fill_(9);
        m.detach().select(1, 2).zero_();
        Holds(m, 9, 9, 0, 3, 4, 0);
        Holds(same, 9, 9, 0, 3, 4, 0);
        Holds(m.cpu(), 9, 9, 0, 3, 4, 0);
        Holds(copy, 0, 1, 2, 3, 4, 5);
    }

    [Fact]
    public void Types_convert()
    {
        var x = Vector(0, 1.75f, 200);
        Assert.Equal([float32, float64, int64, int32, uint8, @bool], new[] { x.@float(), x.@double(), x.@long(), x.@int(), x.@byte(), x.@bool() }.Select(t => t.dtype));
        Holds(x.@long(), 0, 1, 200);
        Holds(x.@bool(), 0, 1, 1);
        Assert.Equal(float64, x.type(float64).dtype);
        Assert.Equal(int64, x.type_as(arange(1)).dtype);
    }
}
