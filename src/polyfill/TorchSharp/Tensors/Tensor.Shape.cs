using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Other shapes, types and parts of a tensor. Most results share its memory.</summary>
    public partial class Tensor
    {
        private static readonly Op _view = new("view"), _reshape = new("reshape"), _flatten = new("flatten", "using_ints"), _unflatten = new("unflatten", "int"), _unsqueeze = new("unsqueeze"), _squeeze = new("squeeze"), _squeeze_dim = new("squeeze", "dim"), _unsqueeze_ = new("unsqueeze_"), _squeeze_ = new("squeeze_"), _squeeze_dim_ = new("squeeze_", "dim");
        private static readonly Op _expand = new("expand"), _expand_as = new("expand_as"), _repeat = new("repeat"), _repeat_interleave = new("repeat_interleave", "self_int"), _permute = new("permute"), _transpose = new("transpose", "int"), _transpose_ = new("transpose_"), _movedim = new("movedim", "intlist"), _roll = new("roll"), _tile = new("tile"), _t = new("t"), _flip = new("flip");
        private static readonly Op _contiguous = new("contiguous"), _clone = new("clone"), _detach = new("detach"), _detach_ = new("detach_"), _alias = new("alias"), _to_dtype = new("to", "dtype"), _diag = new("diag"), _diag_embed = new("diag_embed"), _tril = new("tril"), _triu = new("triu");
        private static readonly Op _index_select = new("index_select"), _gather = new("gather"), _scatter = new("scatter", "src"), _scatter_ = new("scatter_", "src"), _scatter_add = new("scatter_add"), _scatter_add_ = new("scatter_add_"), _index_add = new("index_add"), _index_add_ = new("index_add_"), _index_copy_ = new("index_copy_"), _masked_select = new("masked_select"), _nonzero = new("nonzero");
        private static readonly Op _narrow = new("narrow"), _select = new("select", "int"), _slice = new("slice", "Tensor"), _split = new("split", "Tensor"), _split_sizes = new("split_with_sizes"), _chunk = new("chunk"), _unbind = new("unbind", "int");

        public Tensor view(params long[] shape) => _view.Call(this, shape);
        public Tensor reshape(params long[] shape) => _reshape.Call(this, shape);
        public Tensor flatten(long start_dim = 0, long end_dim = -1) => _flatten.Call(this, start_dim, end_dim);
        public Tensor unflatten(long dim, params long[] sizes) => _unflatten.Call(this, dim, sizes);
        public Tensor unsqueeze(long dim) => _unsqueeze.Call(this, dim);
        public Tensor unsqueeze_(long dim) => _unsqueeze_.Run(this, dim);
        public Tensor squeeze(long? dim = null) => dim is { } d ? _squeeze_dim.Call(this, d) : _squeeze.Call(this);
        public Tensor squeeze_(long? dim = null) => dim is { } d ? _squeeze_dim_.Run(this, d) : _squeeze_.Run(this);
        public Tensor expand(params long[] sizes) => _expand.Call(this, sizes);
        public Tensor expand(long[] sizes, bool isImplicit = false) => _expand.Call(this, sizes, isImplicit);
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false) => _expand.Call(this, sizes.ToArray(), isImplicit);
        public Tensor expand_as(Tensor other) => _expand_as.Call(this, other);
        public Tensor repeat(params long[] sizes) => _repeat.Call(this, sizes);
        public Tensor tile(long[] reps) => _tile.Call(this, reps);
        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => _repeat_interleave.Call(this, repeats, dim, output_size);
        public Tensor permute(params long[] permutation) => _permute.Call(this, permutation);
        public Tensor transpose(long dim0, long dim1) => _transpose.Call(this, dim0, dim1);
        public Tensor transpose_(long dim0, long dim1) => _transpose_.Run(this, dim0, dim1);
        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);
        public Tensor movedim(long[] source, long[] destination) => _movedim.Call(this, source, destination);
        public Tensor t() => _t.Call(this);
        public Tensor flip(params long[] dims) => _flip.Call(this, dims);
        public Tensor roll(long shifts, long? dims = null) => _roll.Call(this, new[] { shifts }, dims is { } dim ? new[] { dim } : new long[0]);
        public Tensor roll((long, long) shifts, (long, long) dims) => roll(new[] { shifts.Item1, shifts.Item2 }, new[] { dims.Item1, dims.Item2 });
        public Tensor roll((long, long, long) shifts, (long, long, long) dims) => roll(new[] { shifts.Item1, shifts.Item2, shifts.Item3 }, new[] { dims.Item1, dims.Item2, dims.Item3 });
        public Tensor roll(long[] shifts, long[] dims) => _roll.Call(this, shifts, dims);
        public Tensor roll(long[] shifts) => roll(shifts, new[] { 0L });
        public Tensor roll(ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims = default) => roll(shifts.ToArray(), dims.ToArray());
        public Tensor diag(long diagonal = 0) => _diag.Call(this, diagonal);
        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => _diag_embed.Call(this, offset, dim1, dim2);
        public Tensor tril(long diagonal = 0) => _tril.Call(this, diagonal);
        public Tensor triu(long diagonal = 0) => _triu.Call(this, diagonal);

        public Tensor contiguous() => _contiguous.Call(this);
        public Tensor clone() => _clone.Call(this);
        public Tensor detach() => _detach.Call(this);
        public Tensor detach_() => _detach_.Run(this);
        public Tensor alias() => _alias.Call(this);
        public Tensor cpu() => alias();
        public Tensor type(ScalarType dtype) => _to_dtype.Call(this, dtype);
        public Tensor type(Func<Tensor, Tensor> typeFunc) => typeFunc(this);
        public Tensor type_as(Tensor tensor) => type(tensor.dtype);
        public Tensor @float() => type(ScalarType.Float32);
        public Tensor @double() => type(ScalarType.Float64);
        public Tensor @long() => type(ScalarType.Int64);
        public Tensor @int() => type(ScalarType.Int32);
        public Tensor @byte() => type(ScalarType.Byte);
        public Tensor @bool() => type(ScalarType.Bool);

        public Tensor index_select(long dim, Tensor index) => _index_select.Call(this, dim, index);
        public Tensor gather(long dim, Tensor index) => _gather.Call(this, dim, index);
        public Tensor scatter(long dim, Tensor index, Tensor src) => _scatter.Call(this, dim, index, src);
        public Tensor scatter_(long dim, Tensor index, Tensor src) => _scatter_.Run(this, dim, index, src);
        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => _scatter_add_.Run(this, dim, index, src);
        public Tensor scatter_add(long dim, Tensor index, Tensor src) => _scatter_add.Call(this, dim, index, src);
        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => _index_add_.Run(this, dim, index, source, alpha);
        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => _index_add.Call(this, dim, index, source, alpha);
        public Tensor index_copy_(long dim, Tensor index, Tensor source) => _index_copy_.Run(this, dim, index, source);
        public Tensor masked_select(Tensor mask) => _masked_select.Call(this, mask);
        public Tensor nonzero() => _nonzero.Call(this);

        public Tensor narrow(long dim, long start, long length) => _narrow.Call(this, dim, start, length);
        public Tensor select(long dim, long index) => _select.Call(this, dim, index);
        public Tensor slice(long dim, long start, long finish, long step) => _slice.Call(this, dim, start, finish, step);
        public Tensor[] split(long size, int dim = 0) => _split.CallMany(this.size(dim) / Math.Max(size, 1) + 1, this, size, dim);
        public Tensor[] split(long[] sizes, long dim = 0) => _split_sizes.CallMany(sizes.Length, this, sizes, dim);
        public Tensor[] split(ReadOnlySpan<long> sizes, long dim = 0) => split(sizes.ToArray(), dim);
        public Tensor[] split(params long[] sizes) => split(sizes, 0);
        public Tensor[] chunk(long chunks, long dim = 0) => _chunk.CallMany(chunks, this, chunks, dim);
        public Tensor[] unbind(long dimension = 0) => _unbind.CallMany(size((int)dimension), this, dimension);
    }
}
