using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class IndexTests : TorchTest
{
    private static Tensor M => arange(6, dtype: float32).reshape(2, 3);

    [Fact]
    public void Parts_are_taken_by_position()
    {
        Holds(M.select(1, 2), 2, 5);
        Holds(M.narrow(1, 1, 2), 1, 2, 4, 5);
        Holds(M.slice(1, 0, 3, 2), 0, 2, 3, 5);
        Holds(M.index_select(1, tensor(new[] { 2L, 0L })), 2, 0, 5, 3);
        Holds(M.gather(1, tensor(new long[,] { { 2 }, { 0 } })), 2, 3);
        Holds(Vector(0, 5, 0, 7).nonzero(), 1, 3);
    }

    [Fact]
    public void Parts_are_written_by_position()
    {
        Holds(zeros(4).scatter(0, tensor(new[] { 1L, 3L }), Vector(5, 6)), 0, 5, 0, 6);
        var t = zeros(4);
        t.scatter_(0, tensor(new[] { 0L }), Vector(5));
        t.scatter_add_(0, tensor(new[] { 0L, 0L, 2L }), Vector(1, 2, 3));
        Holds(t, 8, 0, 3, 0);
        t.index_add_(0, tensor(new[] { 3L }), Vector(4), 0.5);
        t.index_copy_(0, tensor(new[] { 1L }), Vector(-1));
        Holds(t, 8, -1, 3, 2);
    }

    [Fact]
    public void Indexers_take_positions_and_ranges()
    {
        Holds(M[1], 3, 4, 5);
        Holds(M[1, 2], 5);
        Holds(M[-1, 0], 3);
        Holds(M[.., 1], 1, 4);
        Holds(M[.., 1..], 1, 2, 4, 5);
        Holds(M[.., ..^1], 0, 1, 3, 4);
        Holds(M[TensorIndex.Colon, TensorIndex.Slice(0, 3, 2)], 0, 2, 3, 5);
        Holds(M[TensorIndex.Slice(1..)], 3, 4, 5);
        Holds(M[TensorIndex.Slice(stop: -1)], 0, 1, 2);
        Holds(M[TensorIndex.Ellipsis, 0], 0, 3);
        Holds(M[TensorIndex.Ellipsis, TensorIndex.Single(2)], 2, 5);
        HasShape(M[TensorIndex.None], 1, 2, 3);
        HasShape(M[TensorIndex.Ellipsis, TensorIndex.None], 2, 3, 1);
        HasShape(M.index(TensorIndex.Single(0), TensorIndex.None), 1, 3);
    }

    [Fact]
    public void Indexers_take_tensors()
    {
        Holds(M[tensor(new[] { 1L, 0L })], 3, 4, 5, 0, 1, 2);
        Holds(M[tensor(new[] { 1L, 0L }), tensor(new[] { 2L, 1L })], 5, 1);
        Holds(M[M > 2], 3, 4, 5);
        Holds(M[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { 2L, 0L }))], 2, 0, 5, 3);
        Holds(M[TensorIndex.Ellipsis, TensorIndex.Tensor(tensor(new[] { true, false, true }))], 0, 2, 3, 5);
        Holds(M.index(tensor(new[] { 1L })), 3, 4, 5);
    }

    [Fact]
    public void Indexers_write()
    {
        var m = M;
        m[0, 0] = tensor(9f);
        m[.., 1] = Vector(7, 8);
        Holds(m, 9, 7, 2, 3, 8, 5);
        m[m > 6] = tensor(-1f);
        Holds(m, -1, -1, 2, 3, -1, 5);
        m[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { 2L, 0L }))] = tensor(0f);
        Holds(m, 0, -1, 0, 0, -1, 0);
        m.index_put_(tensor(4f), TensorIndex.Single(1), TensorIndex.Slice(1));
        m.index_put_(Vector(1, 1, 1), tensor(new[] { 0L }));
        Holds(m, 1, 1, 1, 0, 4, 4);
    }
}
