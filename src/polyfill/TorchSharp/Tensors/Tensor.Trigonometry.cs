using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Circular and hyperbolic functions. (tanh is with the activations.)</summary>
    public partial class Tensor
    {
        private static readonly Op _sin = new("sin"), _cos = new("cos"), _tan = new("tan"), _asin = new("asin"), _acos = new("acos"), _atan = new("atan"), _sinh = new("sinh"), _cosh = new("cosh"), _asinh = new("asinh"), _acosh = new("acosh"), _atanh = new("atanh");
        private static readonly Op _sin_ = new("sin_"), _cos_ = new("cos_"), _tan_ = new("tan_"), _asin_ = new("asin_"), _acos_ = new("acos_"), _atan_ = new("atan_"), _sinh_ = new("sinh_"), _cosh_ = new("cosh_"), _asinh_ = new("asinh_"), _acosh_ = new("acosh_"), _atanh_ = new("atanh_");

        public Tensor sin() => _sin.Call(this);
        public Tensor sin_() => _sin_.Run(this);
        public Tensor cos() => _cos.Call(this);
        public Tensor cos_() => _cos_.Run(this);
        public Tensor tan() => _tan.Call(this);
        public Tensor tan_() => _tan_.Run(this);
        public Tensor asin() => _asin.Call(this);
        public Tensor asin_() => _asin_.Run(this);
        public Tensor acos() => _acos.Call(this);
        public Tensor acos_() => _acos_.Run(this);
        public Tensor atan() => _atan.Call(this);
        public Tensor atan_() => _atan_.Run(this);
        public Tensor sinh() => _sinh.Call(this);
        public Tensor sinh_() => _sinh_.Run(this);
        public Tensor cosh() => _cosh.Call(this);
        public Tensor cosh_() => _cosh_.Run(this);
        public Tensor asinh() => _asinh.Call(this);
        public Tensor asinh_() => _asinh_.Run(this);
        public Tensor acosh() => _acosh.Call(this);
        public Tensor acosh_() => _acosh_.Run(this);
        public Tensor atanh() => _atanh.Call(this);
        public Tensor atanh_() => _atanh_.Run(this);
    }
}
