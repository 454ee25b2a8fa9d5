using TorchSharp.Native;

namespace TorchSharp;

/// <summary>Functions of tensors; most only forward to the member of the same name.</summary>
public static partial class torch
{
    private static readonly Op _cat = new("cat"), _stack = new("stack"), _einsum = new("einsum"), _cdist = new("cdist"), _cholesky = new("linalg_cholesky"), _inv = new("linalg_inv"), _svd = new("linalg_svd");

    public static ScalarType uint8 = ScalarType.Byte;
    public static ScalarType int32 = ScalarType.Int32;
    public static ScalarType int64 = ScalarType.Int64;
    public static ScalarType float32 = ScalarType.Float32;
    public static ScalarType float64 = ScalarType.Float64;
    public static ScalarType @bool = ScalarType.Bool;

    /// <summary>libtorch's version.</summary>
    public static string __version__ => "1.13.1";

    public static int get_num_threads() => Binding.torch_threads();

    public static void set_num_threads(int num) => Binding.Done(Binding.torch_set_threads(num));

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => _cat.Call(tensors.ToArray(), dim);
    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => _stack.Call(tensors.ToArray(), dim);
    public static Tensor einsum(string equation, params Tensor[] tensors) => _einsum.Call(equation, tensors);
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2d, compute_mode compute_mode = compute_mode.use_mm_for_euclid_dist_if_necessary) => _cdist.Call(x1, x2, p, (long)compute_mode);

    public static class linalg
    {
        public static Tensor cholesky(Tensor input) => _cholesky.Call(input);
        public static Tensor inv(Tensor input) => _inv.Call(input);

        public static (Tensor U, Tensor S, Tensor Vh) svd(Tensor input, bool fullMatrices = true)
        {
            var parts = _svd.CallMany(3, input, fullMatrices);
            return (parts[0], parts[1], parts[2]);
        }
    }
}
