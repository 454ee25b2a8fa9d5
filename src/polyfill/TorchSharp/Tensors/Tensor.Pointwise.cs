using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Functions of single elements.</summary>
    public partial class Tensor
    {
        private static readonly Op _abs = new("abs"), _neg = new("neg"), _reciprocal = new("reciprocal"), _sign = new("sign"), _floor = new("floor"), _ceil = new("ceil"), _round = new("round", "decimals");
        private static readonly Op _exp = new("exp"), _exp_ = new("exp_"), _expm1 = new("expm1"), _log = new("log"), _log_ = new("log_"), _log1p = new("log1p");
        private static readonly Op _sqrt = new("sqrt"), _sqrt_ = new("sqrt_"), _rsqrt = new("rsqrt"), _square = new("square");
        private static readonly Op _erf = new("erf"), _erfinv = new("erfinv"), _erfinv_ = new("erfinv_"), _lgamma = new("lgamma"), _digamma = new("digamma");
        private static readonly Op _sigmoid = new("sigmoid"), _sigmoid_ = new("sigmoid_"), _log_sigmoid = new("log_sigmoid"), _relu = new("relu"), _relu_ = new("relu_"), _tanh = new("tanh"), _silu = new("silu"), _gelu = new("gelu");
        private static readonly Op _tanh_ = new("tanh_"), _silu_ = new("silu_"), _elu = new("elu"), _elu_ = new("elu_"), _leaky_relu = new("leaky_relu"), _leaky_relu_ = new("leaky_relu_"), _hardtanh = new("hardtanh"), _hardtanh_ = new("hardtanh_"), _hardsigmoid = new("hardsigmoid"), _hardsigmoid_ = new("hardsigmoid_"), _logit = new("logit");
        private static readonly Op _abs_ = new("abs_"), _neg_ = new("neg_"), _reciprocal_ = new("reciprocal_"), _sign_ = new("sign_"), _floor_ = new("floor_"), _ceil_ = new("ceil_"), _round_ = new("round_", "decimals"), _trunc = new("trunc"), _trunc_ = new("trunc_"), _frac = new("frac");
        private static readonly Op _expm1_ = new("expm1_"), _exp2 = new("exp2"), _log1p_ = new("log1p_"), _log2 = new("log2"), _log10 = new("log10"), _rsqrt_ = new("rsqrt_"), _erfc = new("erfc"), _digamma_ = new("digamma_"), _polygamma = new("polygamma"), _mvlgamma = new("mvlgamma");
        private static readonly Op _isfinite = new("isfinite"), _isnan = new("isnan"), _isinf = new("isinf"), _nan_to_num = new("nan_to_num");
        private static readonly Op _clamp = new("clamp"), _clamp_ = new("clamp_"), _clamp_tensor = new("clamp", "Tensor"), _clamp_tensor_ = new("clamp_", "Tensor"), _clamp_min = new("clamp_min"), _clamp_max = new("clamp_max"), _clamp_min_ = new("clamp_min_"), _clamp_max_ = new("clamp_max_");
        private static readonly Op _maximum = new("maximum"), _minimum = new("minimum"), _lerp = new("lerp", "Tensor"), _lerp_ = new("lerp_", "Tensor"), _logaddexp = new("logaddexp"), _xlogy = new("xlogy", "Tensor"), _xlogy_scalar = new("xlogy", "Scalar_Other");
        private static readonly Op _addcmul = new("addcmul"), _addcmul_ = new("addcmul_"), _addcdiv = new("addcdiv"), _addcdiv_ = new("addcdiv_");
        private static readonly Op _where = new("where", "self"), _masked_fill = new("masked_fill", "Scalar"), _masked_fill_ = new("masked_fill_", "Scalar");
        private static readonly Op _copy_ = new("copy_"), _fill_ = new("fill_", "Scalar"), _zero_ = new("zero_"), _set_ = new("set_", "source_Tensor");
        private static readonly Op _softmax = new("softmax", "int"), _log_softmax = new("log_softmax", "int");

        public Tensor abs() => _abs.Call(this);
        public Tensor abs_() => _abs_.Run(this);
        public Tensor neg() => _neg.Call(this);
        public Tensor neg_() => _neg_.Run(this);
        public Tensor reciprocal() => _reciprocal.Call(this);
        public Tensor reciprocal_() => _reciprocal_.Run(this);
        public Tensor sign() => _sign.Call(this);
        public Tensor sign_() => _sign_.Run(this);
        public Tensor floor() => _floor.Call(this);
        public Tensor floor_() => _floor_.Run(this);
        public Tensor ceil() => _ceil.Call(this);
        public Tensor ceil_() => _ceil_.Run(this);
        public Tensor round(long decimals = 0) => _round.Call(this, decimals);
        public Tensor round_(long decimals = 0) => _round_.Run(this, decimals);
        public Tensor trunc() => _trunc.Call(this);
        public Tensor trunc_() => _trunc_.Run(this);
        public Tensor frac() => _frac.Call(this);
        public Tensor exp() => _exp.Call(this);
        public Tensor exp_() => _exp_.Run(this);
        public Tensor exp2() => _exp2.Call(this);
        public Tensor expm1() => _expm1.Call(this);
        public Tensor expm1_() => _expm1_.Run(this);
        public Tensor log() => _log.Call(this);
        public Tensor log_() => _log_.Run(this);
        public Tensor log2() => _log2.Call(this);
        public Tensor log10() => _log10.Call(this);
        public Tensor log1p() => _log1p.Call(this);
        public Tensor log1p_() => _log1p_.Run(this);
        public Tensor sqrt() => _sqrt.Call(this);
        public Tensor sqrt_() => _sqrt_.Run(this);
        public Tensor rsqrt() => _rsqrt.Call(this);
        public Tensor rsqrt_() => _rsqrt_.Run(this);
        public Tensor square() => _square.Call(this);
        public Tensor erf() => _erf.Call(this);
        public Tensor erfc() => _erfc.Call(this);
        public Tensor erfinv() => _erfinv.Call(this);
        public Tensor erfinv_() => _erfinv_.Run(this);
        public Tensor lgamma() => _lgamma.Call(this);
        public Tensor mvlgamma(long p) => _mvlgamma.Call(this, p);
        public Tensor digamma() => _digamma.Call(this);
        public Tensor digamma_() => _digamma_.Run(this);
        public Tensor polygamma(long p) => _polygamma.Call(p, this);
        public Tensor sigmoid() => _sigmoid.Call(this);
        public Tensor sigmoid_() => _sigmoid_.Run(this);
        public Tensor logit(double? eps = null) => _logit.Call(this, eps);
        public Tensor hardsigmoid() => _hardsigmoid.Call(this);
        public Tensor hardsigmoid_() => _hardsigmoid_.Run(this);
        public Tensor log_sigmoid() => _log_sigmoid.Call(this);
        public Tensor relu() => _relu.Call(this);
        public Tensor relu_() => _relu_.Run(this);
        public Tensor leaky_relu(Scalar negative_slope) => _leaky_relu.Call(this, negative_slope);
        public Tensor leaky_relu_(Scalar negative_slope) => _leaky_relu_.Run(this, negative_slope);
        public Tensor elu(Scalar alpha, Scalar scale, Scalar input_scale) => _elu.Call(this, alpha, scale, input_scale);
        public Tensor elu_(Scalar alpha, Scalar scale, Scalar input_scale) => _elu_.Run(this, alpha, scale, input_scale);
        public Tensor tanh() => _tanh.Call(this);
        public Tensor tanh_() => _tanh_.Run(this);
        public Tensor hardtanh(Scalar min, Scalar max) => _hardtanh.Call(this, min, max);
        public Tensor hardtanh_(Scalar min, Scalar max) => _hardtanh_.Run(this, min, max);
        public Tensor silu() => _silu.Call(this);
        public Tensor silu_() => _silu_.Run(this);
        public Tensor gelu() => _gelu.Call(this);

        public Tensor isfinite() => _isfinite.Call(this);
        public Tensor isnan() => _isnan.Call(this);
        public Tensor isinf() => _isinf.Call(this);
        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) => _nan_to_num.Call(this, nan, posinf, neginf);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => _clamp.Call(this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => _clamp_tensor.Call(this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => _clamp_.Run(this, min, max);
        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => _clamp_tensor_.Run(this, min, max);
        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);
        public Tensor clamp_min(Scalar min) => _clamp_min.Call(this, min);
        public Tensor clamp_min_(Scalar min) => _clamp_min_.Run(this, min);
        public Tensor clamp_max(Scalar max) => _clamp_max.Call(this, max);
        public Tensor clamp_max_(Scalar max) => _clamp_max_.Run(this, max);
        public Tensor maximum(Tensor other) => _maximum.Call(this, other);
        public Tensor minimum(Tensor other) => _minimum.Call(this, other);
        public Tensor lerp(Tensor end, Tensor weight) => _lerp.Call(this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => _lerp_.Run(this, end, weight);
        public Tensor logaddexp(Tensor other) => _logaddexp.Call(this, other);
        public Tensor xlogy(Tensor y) => _xlogy.Call(this, y);
        public Tensor xlogy(Scalar y) => _xlogy_scalar.Call(this, y);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => _addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => _addcmul_.Run(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => _addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => _addcdiv_.Run(this, tensor1, tensor2, value);
        public Tensor where(Tensor condition, Tensor y) => _where.Call(condition, this, y);
        public Tensor masked_fill(Tensor mask, Scalar value) => _masked_fill.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => _masked_fill_.Run(this, mask, value);

        public Tensor set_(Tensor source) => _set_.Run(this, source);
        public Tensor copy_(Tensor source, bool nonBlocking = false) => _copy_.Run(this, source, nonBlocking);
        public Tensor fill_(Scalar value) => _fill_.Run(this, value);
        public Tensor zero_() => _zero_.Run(this);

        public Tensor softmax(long dim, ScalarType? dtype = null) => _softmax.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => _log_softmax.Call(this, dim, dtype);
    }
}
