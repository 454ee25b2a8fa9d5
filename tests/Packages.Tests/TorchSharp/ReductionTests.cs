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
        Holds(sum(M, new long[] { -1 }.AsSpan()), 9, 12);
        Holds(ones(2, 3, 4).sum(0, 2), 8, 8, 8);
        Holds(ones(2, 3, 4).sum(0, 1, 2), 24);
        Holds(Vector(1, float.NaN, 2).nansum(), 3);
        Holds(nansum(Vector(1, float.NaN, 2)), 3);
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
        Holds(std(M), Math.Sqrt(3.5));
        Holds(std(M, false), Math.Sqrt(35.0 / 12));
        Holds(std(M, 1), 2, 2);
        Holds(var(M), 3.5);
        Holds(var(M, 1, unbiased: false), 8.0 / 3, 8.0 / 3);
        Holds(var(M, [1], unbiased: false, keepdim: true), 8.0 / 3, 8.0 / 3);
        Holds(M.var((0, 1)), 3.5);
        Holds(var(M, (0, 1)), 3.5);
        Holds(M.std((0, 1), unbiased: false), Math.Sqrt(35.0 / 12));
        Holds(std(M, (0, 1)), Math.Sqrt(3.5));
        Holds(M.unsqueeze(0).var((0, 1, 2)), 3.5);
        Holds(std(M.unsqueeze(0), (0, 1, 2)), Math.Sqrt(3.5));
        Holds(M.std(new long[] { 1 }.AsSpan()), 2, 2);
        Holds(M.var(new long[] { 1 }.AsSpan(), type: float64), 4, 4);
        Holds(norm(Vector(3, 4)), 5);
        Holds(Vector(3, 4).norm(), 5);
        Holds(Vector(3, -4).norm(1f), 7);
        // A whole number is a dimension, not an exponent.
        Holds(Matrix(new float[,] { { 3, 4 }, { 6, 8 } }).norm(1), 5, 10);
        Holds(Matrix(new float[,] { { 3, 4 }, { 6, 8 } }).norm(0, keepdim: true, p: 1), 9, 12);
    }

    [Fact]
    public void Deviations_come_with_their_means()
    {
        foreach (var (deviation, mean) in new[] { M.std_mean(1), std_mean(M, 1), M.std_mean([1L], unbiased: true), std_mean(M, [1L], unbiased: true), M.std_mean(new long[] { 1 }.AsSpan()), std_mean(M, new long[] { 1 }.AsSpan()) })
        {
            Holds(deviation, 2, 2);
            Holds(mean, 3, 4);
        }

        foreach (var (variance, mean) in new[] { M.var_mean(1, unbiased: false), var_mean(M, 1, unbiased: false), M.var_mean([1L], unbiased: false), var_mean(M, [1L], unbiased: false) })
        {
            Holds(variance, 8.0 / 3, 8.0 / 3);
            Holds(mean, 3, 4);
        }

        foreach (var (variance, mean) in new[] { M.var_mean(), M.var_mean((0, 1)), var_mean(M, (0, 1)), M.unsqueeze(0).var_mean((0, 1, 2)), var_mean(M.unsqueeze(0), (0, 1, 2)) })
        {
            Holds(variance, 3.5);
            Holds(mean, 3.5);
        }

        Holds(M.std_mean(unbiased: false).std, Math.Sqrt(35.0 / 12));
        Holds(std_mean(M, (0, 1), unbiased: false).std, Math.Sqrt(35.0 / 12));
        HasShape(M.var_mean(0, keepdim: true).mean, 1, 3);
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
        Holds(max(M, 1).values, 5, 6);
        Holds(max(M, 1, keepdim: true).indexes, 1, 2);
        Holds(min(M, 0).values, 1, 2, 3);
        Holds(min(M, 0).indexes, 0, 1, 0);
        HasShape(M.amax([1L], keepdim: true), 2, 1);
        Holds(amax(M, [0L]), 4, 5, 6);
        Holds(M.amin(new long[] { 0 }.AsSpan()), 1, 2, 3);
        HasShape(amin(M, [0L, 1L], keepdim: true), 1, 1);
        var written = empty(2);
        M.amax([1L], @out: written);
        Holds(written, 5, 6);
        Holds(argmax(M), 5);
        Holds(argmax(M, 1), 1, 2);
        Holds(argmin(M), 0);
        Holds(argmin(M, 1), 0, 1);
        Holds(median(Vector(3, 1, 2)), 2);
        Holds(Vector(3, 1, 2).kthvalue(2, 0).values, 2);
        Holds(kthvalue(Vector(3, 1, 2), 2, 0).indices, 2);
        Holds(Vector(4, 1, 2, 3).quantile(Vector(0.5f, 1)), 2.5, 4);
        Holds(quantile(M, Vector(0.5f), 1), 3, 4);
        Holds(Vector(0, 2, 0, 1).count_nonzero(), 2);
        Holds(count_nonzero(M - 1, [1L]), 2, 3);
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
        Holds(cumsum(M, 0), 1, 5, 3, 5, 7, 9);
        Holds(M.cumprod(1), 1, 5, 15, 4, 8, 48);
        Holds(cumprod(M, 1), 1, 5, 15, 4, 8, 48);
        Holds(sort(Vector(3, 1, 2)).values, 1, 2, 3);
        Holds(sort(Vector(3, 1, 3), stable: true, descending: true).indices, 0, 2, 1);
        Holds(argsort(M, 1, descending: true), 1, 2, 0, 2, 0, 1);
        Holds(topk(Vector(3, 1, 2), 2, largest: false).values, 1, 2);
        Holds(topk(Vector(3, 1, 2), 2, largest: false).indices, 1, 2);
        Holds(searchsorted(Vector(1, 3, 5), Vector(0, 3, 4, 9)), 0, 1, 2, 3);
        Holds(searchsorted(Vector(1, 3, 5), Vector(0, 3, 4, 9), right: true), 0, 2, 2, 3);
        Assert.Equal(int32, searchsorted(Vector(1, 3, 5), Vector(2), out_int32: true).dtype);
        Holds(searchsorted(Vector(5, 1, 3), Vector(4), sorter: tensor(new[] { 1L, 2, 0 })), 2);
        Holds(searchsorted(Vector(1, 3, 5), 4, false, false, tensor(new[] { 0L, 1, 2 })), 2);
    }

    [Fact]
    public void Logarithms_of_sums_do_not_overflow()
    {
        Holds(Vector(1000, 1000).logsumexp(0), 1000 + Math.Log(2));
        Holds(logsumexp(Vector(0, 0, 0, 0), 0, keepdim: true), Math.Log(4));
        Holds(Vector(1000, 1000).logcumsumexp(0), 1000, 1000 + Math.Log(2));
        Holds(logcumsumexp(Vector(0, 0), 0), 0, Math.Log(2));
        Holds(Vector(float.NegativeInfinity, 2).logsumexp(0), 2);
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
        Assert.True(M.allclose(M + 1e-7f));
        Assert.False(allclose(M, M + 1e-3f));
        Assert.True(allclose(M, M + 1e-3f, atol: 0.01));
        Holds(Vector(1, 2, float.NaN).isclose(Vector(1, 2.1f, float.NaN), nanEqual: true), 1, 0, 1);
        Holds(isclose(Vector(1, 2), Vector(1, 2.1f)), 1, 0);
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
        Holds(a.clone().addmm_(a, b, 2, 1), 21, 26, 49, 58);
        Holds(addmm_(a.clone(), a, b, 1, 2), 39, 46, 89, 104);
        Holds(a.mv(Vector(1, 1)), 3, 7);
        Holds(mv(a, Vector(1, 1)), 3, 7);
        Holds(dot(Vector(1, 2), Vector(3, 4)), 11);
        Holds(a.trace(), 5);
        Holds(trace(a), 5);
        Holds(a.matmul(Vector(1, 1)), 3, 7);
        Holds(Vector(1, 2).dot(Vector(3, 4)), 11);
        Holds(Vector(1, 2).outer(Vector(3, 4)), 3, 4, 6, 8);
        Holds(outer(Vector(1, 2), Vector(3, 4)), 3, 4, 6, 8);
        Holds(1e-5, cdist(Matrix(new float[,] { { 0, 0 } }), Matrix(new float[,] { { 3, 4 }, { 0, 1 } })), 5, 1);
    }

    [Fact]
    public void Svd_gives_orthogonal_factors_and_falling_singular_values()
    {
        var matrix = Matrix(new float[,] { { 3, 0 }, { 4, 5 }, { 0, 0 } });
        var (u, s, vh) = linalg.svd(matrix, fullMatrices: false);
        Assert.Equal([3, 2], u.shape);
        Holds(s, Math.Sqrt(45), Math.Sqrt(5));
        Holds(u.t().matmul(u), 1, 0, 0, 1);
        Holds(vh.matmul(vh.t()), 1, 0, 0, 1);
        Holds((u * s).matmul(vh), 3, 0, 4, 5, 0, 0);
        Assert.Equal([3, 3], linalg.svd(matrix).U.shape);
    }

    [Fact]
    public void Cholesky_gives_the_lower_factor() => Holds(linalg.cholesky(Matrix(new float[,] { { 4, 2 }, { 2, 5 } })), 2, 0, 1, 2);

    [Fact]
    public void An_inverse_undoes_its_matrix()
    {
        // The determinant is 10.
        Holds(linalg.inv(Matrix(new float[,] { { 4, 7 }, { 2, 6 } })), 0.6, -0.7, -0.2, 0.4);
        // Of a lower triangle, a lower triangle.
        var triangle = tensor(new double[,] { { 2, 0, 0 }, { 1, 4, 0 }, { -3, 2, 0.5 } });
        var inverse = linalg.inv(triangle);
        Assert.Equal(float64, inverse.dtype);
        Holds(1e-12, inverse, 0.5, 0, 0, -0.125, 0.25, 0, 3.5, -1, 2);
        // Of each matrix of a batch.
        var batch = linalg.inv(stack([eye(2) * 2, eye(2) * 4], 0));
        HasShape(batch, 2, 2, 2);
        Holds(batch, 0.5, 0, 0, 0.5, 0.25, 0, 0, 0.25);
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => linalg.inv(Matrix(new float[,] { { 1, 2 }, { 2, 4 } })));
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => linalg.inv(ones(2, 3)));
    }
}
