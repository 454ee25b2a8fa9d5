using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sums, means, extremes, order, and products of matrices.</summary>
    public partial class Tensor
    {
        private static readonly Op _sum = new("sum"), _sum_dim = new("sum", "dim_IntList"), _mean = new("mean"), _mean_dim = new("mean", "dim");
        private static readonly Op _var = new("var"), _var_dim = new("var", "dim"), _std = new("std"), _std_dim = new("std", "dim"), _norm = new("norm", "Scalar"), _norm_dim = new("norm", "ScalarOpt_dim");
        private static readonly Op _max = new("max"), _max_dim = new("max", "dim"), _min = new("min"), _min_dim = new("min", "dim"), _amax = new("amax"), _amin = new("amin"), _argmax = new("argmax"), _argmin = new("argmin"), _median = new("median");
        private static readonly Op _cumsum = new("cumsum"), _sort = new("sort", "stable"), _argsort = new("argsort"), _topk = new("topk"), _logsumexp = new("logsumexp");
        private static readonly Op _all = new("all"), _all_dim = new("all", "dim"), _any = new("any"), _any_dim = new("any", "dim");
        private static readonly Op _matmul = new("matmul"), _mm = new("mm"), _bmm = new("bmm"), _addmm = new("addmm"), _dot = new("dot"), _outer = new("outer");

        public Tensor sum(ScalarType? type = null) => _sum.Call(this, type);
        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => _sum_dim.Call(this, new[] { dim }, keepdim, type);
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => _sum_dim.Call(this, dim, keepdim, type);
        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);
        public Tensor mean() => _mean.Call(this);
        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => _mean_dim.Call(this, dimensions, keepdim, type);
        // Without a dimension TorchSharp does not look at the setting.
        public Tensor var(bool unbiased = true) => _var.Call(this, true);
        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(_var_dim, dimensions, unbiased, keepdim, type);
        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);
        public Tensor std(bool unbiased = true) => _std.Call(this, unbiased);
        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => Typed(_std_dim, dimensions, unbiased, keepdim, type);
        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim], unbiased, keepdim, type);
        public Tensor norm(float p = 2f) => _norm.Call(this, (double)p);
        public Tensor norm(int dim, bool keepdim = false, float p = 2f) => _norm_dim.Call(this, (double)p, new[] { (long)dim }, keepdim);

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
        public Tensor amin(params long[] dims) => _amin.Call(this, dims);
        public Tensor argmax() => _argmax.Call(this);
        public Tensor argmax(long dim, bool keepdim = false) => _argmax.Call(this, dim, keepdim);
        public Tensor argmin() => _argmin.Call(this);
        public Tensor argmin(long dim, bool keepdim = false) => _argmin.Call(this, dim, keepdim);
        public Tensor median() => _median.Call(this);
        public Tensor cumsum(long dim, ScalarType? type = null) => _cumsum.Call(this, dim, type);
        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => _sort.CallTwo(this, stable, dim, descending);
        public Tensor argsort(long dim = -1, bool descending = false) => _argsort.Call(this, dim, descending);
        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => _topk.CallTwo(this, k, dim, largest, sorted);
        public Tensor logsumexp(long dim, bool keepdim = false) => _logsumexp.Call(this, new[] { dim }, keepdim);
        public Tensor all() => _all.Call(this);
        public Tensor all(long dim, bool keepdim = false) => _all_dim.Call(this, dim, keepdim);
        public Tensor any() => _any.Call(this);
        public Tensor any(long dim, bool keepdim = false) => _any_dim.Call(this, dim, keepdim);

        public Tensor matmul(Tensor target) => _matmul.Call(this, target);
        public Tensor mm(Tensor target) => _mm.Call(this, target);
        public Tensor bmm(Tensor batch2) => _bmm.Call(this, batch2);
        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1f, float alpha = 1f) => _addmm.Call(this, mat1, mat2, (double)beta, (double)alpha);
        public Tensor dot(Tensor target) => _dot.Call(this, target);
        public Tensor outer(Tensor vec2) => _outer.Call(this, vec2);
    }
}
