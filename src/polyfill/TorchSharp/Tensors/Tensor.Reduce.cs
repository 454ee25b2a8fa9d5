using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sums, means, extremes, order, and products of matrices.</summary>
    public partial class Tensor
    {
        private static readonly Op _sum = new("sum"), _sum_dim = new("sum", "dim_IntList"), _mean = new("mean"), _mean_dim = new("mean", "dim");
        private static readonly Op _var = new("var"), _var_dim = new("var", "dim"), _std = new("std"), _std_dim = new("std", "dim"), _var_mean = new("var_mean"), _var_mean_dim = new("var_mean", "dim"), _std_mean = new("std_mean"), _std_mean_dim = new("std_mean", "dim"), _norm = new("norm", "Scalar"), _norm_dim = new("norm", "ScalarOpt_dim");
        private static readonly Op _max = new("max"), _max_dim = new("max", "dim"), _min = new("min"), _min_dim = new("min", "dim"), _amax = new("amax"), _amin = new("amin"), _amax_out = new("amax", "out"), _amin_out = new("amin", "out"), _argmax = new("argmax"), _argmin = new("argmin"), _median = new("median"), _kthvalue = new("kthvalue"), _quantile = new("quantile"), _trace = new("trace"), _nansum = new("nansum"), _count_nonzero = new("count_nonzero"), _count_nonzero_dim = new("count_nonzero", "dim_IntList");
        private static readonly Op _cumsum = new("cumsum"), _cumprod = new("cumprod"), _logcumsumexp = new("logcumsumexp"), _sort = new("sort", "stable"), _argsort = new("argsort"), _topk = new("topk"), _logsumexp = new("logsumexp");
        private static readonly Op _all = new("all"), _all_dim = new("all", "dim"), _any = new("any"), _any_dim = new("any", "dim"), _isclose = new("isclose");
        private static readonly Op _matmul = new("matmul"), _mm = new("mm"), _bmm = new("bmm"), _addmm = new("addmm"), _addmm_ = new("addmm_"), _mv = new("mv"), _dot = new("dot"), _outer = new("outer");

        public Tensor sum(ScalarType? type = null) => _sum.Call(this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => _sum_dim.Call(this, new[] { dim }, keepdim, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => _sum_dim.Call(this, dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);
        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum(new[] { dim0, dim1 }, keepdim, type);
        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum(new[] { dim0, dim1, dim2 }, keepdim, type);
        public Tensor nansum() => _nansum.Call(this, new long[0], false, Arg.Null);
        public Tensor mean() => _mean.Call(this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => _mean_dim.Call(this, dimensions, keepdim, type);
        // Without a dimension TorchSharp does not look at the setting.
        public Tensor var(bool unbiased = true) => _var.Call(this, true);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(_var_dim, dimensions, unbiased, keepdim, type);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(new[] { dim }, unbiased, keepdim, type);
        public Tensor var((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(new[] { dim.Item1, dim.Item2 }, unbiased, keepdim, type);
        public Tensor var((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased, keepdim, type);
        public Tensor var(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var(dimensions.ToArray(), unbiased, keepdim, type);
        public Tensor std(bool unbiased = true) => _std.Call(this, unbiased);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(_std_dim, dimensions, unbiased, keepdim, type);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std(new[] { dim }, unbiased, keepdim, type);
        public Tensor std((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std(new[] { dim.Item1, dim.Item2 }, unbiased, keepdim, type);
        public Tensor std((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std(new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased, keepdim, type);
        public Tensor std(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std(dimensions.ToArray(), unbiased, keepdim, type);
        public Tensor norm(float p = 2f) => _norm.Call(this, (double)p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2f) => _norm_dim.Call(this, (double)p, new[] { (long)dim }, keepdim);

        // A deviation with its mean: here TorchSharp does not look at the type.
        public (Tensor std, Tensor mean) std_mean(bool unbiased = true) => _std_mean.CallTwo(this, unbiased);
        public (Tensor std, Tensor mean) std_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _std_mean_dim.CallTwo(this, dimensions, unbiased, keepdim);
        public (Tensor std, Tensor mean) std_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _std_mean_dim.CallTwo(this, dimensions.ToArray(), unbiased, keepdim);
        public (Tensor std, Tensor mean) std_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _std_mean_dim.CallTwo(this, new[] { dim }, unbiased, keepdim);
        public (Tensor std, Tensor mean) std_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _std_mean_dim.CallTwo(this, new[] { dim.Item1, dim.Item2 }, unbiased, keepdim);
        public (Tensor std, Tensor mean) std_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _std_mean_dim.CallTwo(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased, keepdim);
        public (Tensor var, Tensor mean) var_mean(bool unbiased = true) => _var_mean.CallTwo(this, unbiased);
        public (Tensor std, Tensor mean) var_mean(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _var_mean_dim.CallTwo(this, dimensions, unbiased, keepdim);
        public (Tensor std, Tensor mean) var_mean(ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _var_mean_dim.CallTwo(this, dimensions.ToArray(), unbiased, keepdim);
        public (Tensor var, Tensor mean) var_mean(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _var_mean_dim.CallTwo(this, new[] { dim }, unbiased, keepdim);
        public (Tensor var, Tensor mean) var_mean((long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _var_mean_dim.CallTwo(this, new[] { dim.Item1, dim.Item2 }, unbiased, keepdim);
        public (Tensor var, Tensor mean) var_mean((long, long, long) dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => _var_mean_dim.CallTwo(this, new[] { dim.Item1, dim.Item2, dim.Item3 }, unbiased, keepdim);

        private Tensor Typed(Op op, long[] dimensions, bool unbiased, bool keepdim, ScalarType? type)
        {
            var result = op.Call(this, dimensions, unbiased, keepdim);
            if (type is null || type == result.dtype)
            {
                return result;
            }

            using (result)
            {
                return result.type(type.Value);
            }
        }

        public Tensor max() => _max.Call(this);
        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => _max_dim.CallTwo(this, dim, keepdim);
        public Tensor min() => _min.Call(this);
        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => _min_dim.CallTwo(this, dim, keepdim);
        public Tensor amax(params long[] dims) => _amax.Call(this, dims);
        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? _amax.Call(this, dims, keepdim) : _amax_out.Call(this, dims, keepdim, @out);
        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amax(dims.ToArray(), keepdim, @out);
        public Tensor amin(params long[] dims) => _amin.Call(this, dims);
        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => @out is null ? _amin.Call(this, dims, keepdim) : _amin_out.Call(this, dims, keepdim, @out);
        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) => amin(dims.ToArray(), keepdim, @out);
        public Tensor argmax() => _argmax.Call(this);
        public Tensor argmax(long dim, bool keepdim = false) => _argmax.Call(this, dim, keepdim);
        public Tensor argmin() => _argmin.Call(this);
        public Tensor argmin(long dim, bool keepdim = false) => _argmin.Call(this, dim, keepdim);
        public Tensor median() => _median.Call(this);
        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => _kthvalue.CallTwo(this, k, dim ?? -1, keepdim);
        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => _quantile.Call(this, q, dim == -1 ? Arg.Null : dim, keepdim);
        public Tensor count_nonzero(long[]? dims = null) => dims is null ? _count_nonzero.Call(this) : _count_nonzero_dim.Call(this, dims);
        public Tensor trace() => _trace.Call(this);
        public Tensor cumsum(long dim, ScalarType? type = null) => _cumsum.Call(this, dim, type);
        public Tensor cumprod(long dim, ScalarType? type = null) => _cumprod.Call(this, dim, type);
        public Tensor logcumsumexp(long dim) => _logcumsumexp.Call(this, dim);
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => _sort.CallTwo(this, stable, dim, descending);
        public Tensor argsort(long dim = -1, bool descending = false) => _argsort.Call(this, dim, descending);
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => _topk.CallTwo(this, k, dim, largest, sorted);
        public Tensor logsumexp(long dim, bool keepdim = false) => _logsumexp.Call(this, new[] { dim }, keepdim);
        public Tensor all() => _all.Call(this);
        public Tensor all(long dim, bool keepdim = false) => _all_dim.Call(this, dim, keepdim);
        public Tensor any() => _any.Call(this);
        public Tensor any(long dim, bool keepdim = false) => _any_dim.Call(this, dim, keepdim);
        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) => _isclose.Call(this, other, rtol, atol, nanEqual);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false)
        {
            using var close = isclose(target, rtol, atol, equal_nan);
            using var all = close.all();
            return all.item<bool>();
        }

        public Tensor matmul(Tensor target) => _matmul.Call(this, target);
        public Tensor mm(Tensor target) => _mm.Call(this, target);
        public Tensor bmm(Tensor batch2) => _bmm.Call(this, batch2);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) => _addmm.Call(this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) => _addmm_.Run(this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor mv(Tensor target) => _mv.Call(this, target);
        public Tensor dot(Tensor target) => _dot.Call(this, target);
        public Tensor outer(Tensor vec2) => _outer.Call(this, vec2);
    }
}
