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
        HasShape(reshape(M, 6, 1), 6, 1);
        HasShape(flatten(zeros(2, 3, 4), 1), 2, 12);
        HasShape(unflatten(zeros(2, 12), 1, 3, 4), 2, 3, 4);
        HasShape(unsqueeze(M, -1), 2, 3, 1);
        HasShape(squeeze(zeros(1, 2, 1)), 2);
        HasShape(M.unsqueeze_(0), 1, 2, 3);
        HasShape(unsqueeze_(M, 0), 1, 2, 3);
        HasShape(zeros(1, 2, 1).squeeze_(), 2);
        HasShape(squeeze_(zeros(1, 2, 1), 0), 2, 1);
    }

    [Fact]
    public void Dimensions_are_swapped_and_reversed()
    {
        Holds(M.t(), 0, 3, 1, 4, 2, 5);
        Holds(M.transpose(0, 1), 0, 3, 1, 4, 2, 5);
        HasShape(zeros(2, 3, 4).permute(2, 0, 1), 4, 2, 3);
        Holds(M.flip(1), 2, 1, 0, 5, 4, 3);
        Holds(flip(M, 0, 1), 5, 4, 3, 2, 1, 0);
        Holds(t(M), 0, 3, 1, 4, 2, 5);
        Holds(transpose(M, 0, 1), 0, 3, 1, 4, 2, 5);
        Holds(M.transpose_(0, 1), 0, 3, 1, 4, 2, 5);
        Holds(M.swapaxes(0, 1), 0, 3, 1, 4, 2, 5);
        Holds(swapaxes(M, 0, 1), 0, 3, 1, 4, 2, 5);
        HasShape(permute(zeros(2, 3, 4), 2, 0, 1), 4, 2, 3);
        HasShape(zeros(2, 3, 4).movedim([0], [2]), 3, 4, 2);
        HasShape(movedim(zeros(2, 3, 4), 0, 2), 3, 4, 2);
        HasShape(movedim(zeros(2, 3, 4), [0], [2]), 3, 4, 2);
    }

    [Fact]
    public void Values_are_rolled_around_the_ends()
    {
        Holds(M.roll(1), 5, 0, 1, 2, 3, 4);
        Holds(roll(M, 1), 5, 0, 1, 2, 3, 4);
        Holds(M.roll(1, 1), 2, 0, 1, 5, 3, 4);
        Holds(roll(M, -1, 0), 3, 4, 5, 0, 1, 2);
        // The dimension is the first one if none is given for an array of shifts.
        Holds(M.roll(new long[] { 1 }), 3, 4, 5, 0, 1, 2);
        foreach (var both in new[] { M.roll((1, 1), (0, 1)), roll(M, (1, 1), (0, 1)), M.roll([1L, 1L], [0L, 1L]), roll(M, [1L, 1L], [0L, 1L]), M.unsqueeze(0).roll((0, 1, 1), (0, 1, 2)), roll(M.unsqueeze(0), (0, 1, 1), (0, 1, 2)) })
        {
            Holds(both, 5, 3, 4, 2, 0, 1);
        }
    }

    [Fact]
    public void Values_are_repeated()
    {
        Holds(Vector(1, 2).expand(2, 2), 1, 2, 1, 2);
        Holds(Vector(1, 2).expand_as(zeros(2, 2)), 1, 2, 1, 2);
        Holds(Vector(1, 2).expand(new long[] { 2, 2 }, isImplicit: true), 1, 2, 1, 2);
        Holds(Vector(1, 2).expand(new long[] { 2, 2 }.AsSpan()), 1, 2, 1, 2);
        Holds(Vector(1, 2).tile([2]), 1, 2, 1, 2);
        Holds(tile(Vector(1, 2), [2]), 1, 2, 1, 2);
        Holds(repeat_interleave(Vector(1, 2), 2), 1, 1, 2, 2);
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
        Holds(diag(square), 1, 4);
        Holds(tril(square), 1, 0, 3, 4);
        Holds(triu(square, 1), 0, 2, 0, 0);
        Holds(Vector(1, 2).diag_embed(), 1, 0, 0, 2);
        HasShape(diag_embed(Vector(1, 2), 1), 3, 3);
    }

    [Fact]
    public void Places_are_read_and_added_to_by_index()
    {
        var at = tensor(new[] { 1L, 0, 1 });
        Holds(index_select(M, 1, at), 1, 0, 1, 4, 3, 4);
        Holds(gather(M, 1, tensor(new long[,] { { 2 }, { 0 } })), 2, 3);
        Holds(zeros(3).index_add(0, at, Vector(1, 2, 4), 2), 4, 10, 0);
        Holds(index_add(zeros(3), 0, at, Vector(1, 2, 4), 1), 2, 5, 0);
        Holds(index_add_(zeros(3), 0, at, Vector(1, 2, 4), 1), 2, 5, 0);
        Holds(zeros(3).scatter_add(0, at, Vector(1, 2, 4)), 2, 5, 0);
        Holds(scatter_add(zeros(3), 0, at, Vector(1, 2, 4)), 2, 5, 0);
        Holds(scatter_add_(zeros(3), 0, at, Vector(1, 2, 4)), 2, 5, 0);
        Holds(scatter(zeros(3), 0, tensor(new[] { 2L, 0 }), Vector(7, 8)), 8, 0, 7);
        Holds(scatter_(zeros(3), 0, tensor(new[] { 2L, 0 }), Vector(7, 8)), 8, 0, 7);
        Holds(masked_select(M, M > 3), 4, 5);
        Holds(nonzero(Vector(0, 5, 6)), 1, 2);
        Holds(narrow(M, 1, 1, 2), 1, 2, 4, 5);
        Holds(select(M, 0, 1), 3, 4, 5);
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
        Assert.Equal([2, 1], chunk(M, 2, 1).Select(t => t.size(1)));
        Assert.Equal([1, 4], arange(5).split(1, 4, 0).Take(2).Select(t => t.numel()));
        Assert.Equal([1, 4], arange(5).split(new long[] { 1, 4 }.AsSpan()).Select(t => t.numel()));
        Assert.Equal([1, 4], split(arange(5), [1, 4]).Select(t => t.numel()));
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
        Assert.Equal(float64, x.type(t => t.@double()).dtype);
    }
}
