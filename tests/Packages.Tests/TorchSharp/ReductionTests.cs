using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class ReductionTests : TorchTest
{
    private static Tensor M => Matrix(new float[,] { { 1, 5, 3 }, { 4, 2, 6 } });

    [Fact]
    public void Sums_go_over_all_or_some_dimensions()
    {
        Holds(M.sum(), 21);
        Holds(sum(M), 21);
        // Not sum(0): the literal 0 also converts to an element type, and C# prefers that overload.
        Holds(M.sum(dim: 0), 5, 7, 9);
        Holds(sum(M, 1), 9, 12);
        Holds(M.sum(new long[] { 0, 1 }), 21);
        Holds(M.sum(new long[] { -1 }.AsSpan()), 9, 12);
        HasShape(M.sum(1, keepdim: true), 2, 1);
        Assert.Equal(float64, M.sum(float64).dtype);
        Assert.Equal(int64, tensor(new[] { true, true }).sum().dtype);
        Holds(tensor(new[] { true, true }).sum(), 2);
    }

    [Fact]
    public void Means_and_deviations_have_their_values()
    {
        Holds(M.mean(), 3.5);
        Holds(mean(M), 3.5);
        Holds(M.mean([1]), 3, 4);
        Holds(mean(M, [0], true), 2.5, 3.5, 4.5);
        Holds(M.var(), 3.5);
        Holds(M.var(1), 4, 4);
        Holds(M.var([1], unbiased: false), 8.0 / 3, 8.0 / 3);
        Holds(M.std(), Math.Sqrt(3.5));
        Holds(M.std(1), 2, 2);
        Holds(M.std([1], unbiased: false, keepdim: true), Math.Sqrt(8.0 / 3), Math.Sqrt(8.0 / 3));
        Holds(Vector(3, 4).norm(), 5);
        Holds(Vector(3, -4).norm(1f), 7);
        // A whole number is a dimension, not an exponent.
        Holds(Matrix(new float[,] { { 3, 4 }, { 6, 8 } }).norm(1), 5, 10);
        Holds(Matrix(new float[,] { { 3, 4 }, { 6, 8 } }).norm(0, keepdim: true, p: 1), 9, 12);
    }

    [Fact]
    public void Extremes_come_with_their_places()
    {
        Holds(M.max(), 6);
        Holds(max(M), 6);
        Holds(M.min(), 1);
        Holds(min(M), 1);
        var (largest, at) = M.max(1);
        Holds(largest, 5, 6);
        Holds(at, 1, 2);
        var (smallest, where) = M.min(0);
        Holds(smallest, 1, 2, 3);
        Holds(where, 0, 1, 0);
        Holds(M.amax(1), 5, 6);
        Holds(M.amin(0, 1), 1);
        Holds(M.argmax(), 5);
        Holds(M.argmax(1), 1, 2);
        Holds(M.argmin(), 0);
        Holds(M.argmin(1), 0, 1);
        Holds(Vector(3, 1, 2).median(), 2);
    }

    [Fact]
    public void Values_are_put_in_order()
    {
        var (sorted, places) = Vector(3, 1, 2).sort();
        Holds(sorted, 1, 2, 3);
        Holds(places, 1, 2, 0);
        Holds(Vector(3, 1, 2).sort(descending: true).Item1, 3, 2, 1);
        Holds(Vector(3, 1, 2).argsort(), 1, 2, 0);
        var (top, topPlaces) = Vector(3, 1, 2).topk(2);
        Holds(top, 3, 2);
        Holds(topPlaces, 0, 2);
        Holds(M.cumsum(1), 1, 6, 9, 4, 6, 12);
    }

    [Fact]
    public void Logarithms_of_sums_do_not_overflow()
    {
        Holds(Vector(1000, 1000).logsumexp(0), 1000 + Math.Log(2));
        Holds(logsumexp(Vector(0, 0, 0, 0), 0, keepdim: true), Math.Log(4));
    }

    [Fact]
    public void Truth_values_are_summed_up()
    {
        var t = tensor(new[] { true, false, true, true }).reshape(2, 2);
        Assert.False(t.all().item<bool>());
        Assert.True(t.any().item<bool>());
        Holds(t.all(1), 0, 1);
        Holds(t.any(0), 1, 1);
        Assert.False(all(t).ToBoolean());
        Assert.True(any(t).ToBoolean());
    }

    [Fact]
    public void Products_of_matrices_have_their_values()
    {
        var a = Matrix(new float[,] { { 1, 2 }, { 3, 4 } });
        var b = Matrix(new float[,] { { 5, 6 }, { 7, 8 } });
        foreach (var product in new[] { a.mm(b), mm(a, b), a.matmul(b), matmul(a, b), a.unsqueeze(0).bmm(b.unsqueeze(0)), bmm(a.unsqueeze(0), b.unsqueeze(0)), einsum("ij,jk->ik", a, b) })
        {
            Holds(product, 19, 22, 43, 50);
        }

        Holds(a.addmm(a, b, 2, 1), 21, 26, 49, 58);
        Holds(addmm(a, a, b, 1, 2), 39, 46, 89, 104);
        Holds(a.matmul(Vector(1, 1)), 3, 7);
        Holds(Vector(1, 2).dot(Vector(3, 4)), 11);
        Holds(Vector(1, 2).outer(Vector(3, 4)), 3, 4, 6, 8);
        Holds(outer(Vector(1, 2), Vector(3, 4)), 3, 4, 6, 8);
        Holds(1e-5, cdist(Matrix(new float[,] { { 0, 0 } }), Matrix(new float[,] { { 3, 4 }, { 0, 1 } })), 5, 1);
    }

    [Fact]
    public void Cholesky_gives_the_lower_factor() => Holds(linalg.cholesky(Matrix(new float[,] { { 4, 2 }, { 2, 5 } })), 2, 0, 1, 2);
}
