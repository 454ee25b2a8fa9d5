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
        private static readonly Op _sin = new("sin"), _cos = new("cos"), _erf = new("erf"), _erfinv = new("erfinv"), _lgamma = new("lgamma"), _digamma = new("digamma");
        private static readonly Op _sigmoid = new("sigmoid"), _sigmoid_ = new("sigmoid_"), _log_sigmoid = new("log_sigmoid"), _relu = new("relu"), _relu_ = new("relu_"), _tanh = new("tanh"), _silu = new("silu"), _gelu = new("gelu");
        private static readonly Op _isfinite = new("isfinite"), _isnan = new("isnan"), _isinf = new("isinf"), _nan_to_num = new("nan_to_num");
        private static readonly Op _clamp = new("clamp"), _clamp_ = new("clamp_"), _clamp_tensor = new("clamp", "Tensor"), _clamp_min = new("clamp_min"), _clamp_max = new("clamp_max");
        private static readonly Op _maximum = new("maximum"), _minimum = new("minimum"), _lerp = new("lerp", "Tensor"), _lerp_ = new("lerp_", "Tensor"), _logaddexp = new("logaddexp"), _xlogy = new("xlogy", "Tensor");
        private static readonly Op _addcmul = new("addcmul"), _addcmul_ = new("addcmul_"), _addcdiv = new("addcdiv"), _addcdiv_ = new("addcdiv_");
        private static readonly Op _where = new("where", "self"), _masked_fill = new("masked_fill", "Scalar"), _masked_fill_ = new("masked_fill_", "Scalar");
        private static readonly Op _copy_ = new("copy_"), _fill_ = new("fill_", "Scalar"), _zero_ = new("zero_");
        private static readonly Op _softmax = new("softmax", "int"), _log_softmax = new("log_softmax", "int");

        public Tensor abs() => _abs.Call(this);
        public Tensor neg() => _neg.Call(this);
        public Tensor reciprocal() => _reciprocal.Call(this);
        public Tensor sign() => _sign.Call(this);
        public Tensor floor() => _floor.Call(this);
        public Tensor ceil() => _ceil.Call(this);
        public Tensor round(long decimals = 0) => _round.Call(this, decimals);
        public Tensor exp() => _exp.Call(this);
        public Tensor exp_() => _exp_.Run(this);
        public Tensor expm1() => _expm1.Call(this);
        public Tensor log() => _log.Call(this);
        public Tensor log_() => _log_.Run(this);
        public Tensor log1p() => _log1p.Call(this);
        public Tensor sqrt() => _sqrt.Call(this);
        public Tensor sqrt_() => _sqrt_.Run(this);
        public Tensor rsqrt() => _rsqrt.Call(this);
        public Tensor square() => _square.Call(this);
        public Tensor sin() => _sin.Call(this);
        public Tensor cos() => _cos.Call(this);
        public Tensor erf() => _erf.Call(this);
        public Tensor erfinv() => _erfinv.Call(this);
        public Tensor lgamma() => _lgamma.Call(this);
        public Tensor digamma() => _digamma.Call(this);
        public Tensor sigmoid() => _sigmoid.Call(this);
        public Tensor sigmoid_() => _sigmoid_.Run(this);
        public Tensor log_sigmoid() => _log_sigmoid.Call(this);
        public Tensor relu() => _relu.Call(this);
        public Tensor relu_() => _relu_.Run(this);
        public Tensor tanh() => _tanh.Call(this);
        public Tensor silu() => _silu.Call(this);
        public Tensor gelu() => _gelu.Call(this);

        public Tensor isfinite() => _isfinite.Call(this);
        public Tensor isnan() => _isnan.Call(this);
        public Tensor isinf() => _isinf.Call(this);
        public Tensor nan_to_num(double nan = 0d, double? posinf = null, double? neginf = null) => _nan_to_num.Call(this, nan, posinf, neginf);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => _clamp.Call(this, min, max);
        public Tensor clamp(Tensor? min = null, Tensor? max = null) => _clamp_tensor.Call(this, min, max);
        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => _clamp_.Run(this, min, max);
        public Tensor clamp_min(Scalar min) => _clamp_min.Call(this, min);
        public Tensor clamp_max(Scalar max) => _clamp_max.Call(this, max);
        public Tensor maximum(Tensor other) => _maximum.Call(this, other);
        public Tensor minimum(Tensor other) => _minimum.Call(this, other);
        public Tensor lerp(Tensor end, Tensor weight) => _lerp.Call(this, end, weight);
        public Tensor lerp_(Tensor end, Tensor weight) => _lerp_.Run(this, end, weight);
        public Tensor logaddexp(Tensor other) => _logaddexp.Call(this, other);
        public Tensor xlogy(Tensor y) => _xlogy.Call(this, y);
        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => _addcmul.Call(this, tensor1, tensor2, value);
        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => _addcmul_.Run(this, tensor1, tensor2, value);
        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => _addcdiv.Call(this, tensor1, tensor2, value);
        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => _addcdiv_.Run(this, tensor1, tensor2, value);
        public Tensor where(Tensor condition, Tensor y) => _where.Call(condition, this, y);
        public Tensor masked_fill(Tensor mask, Scalar value) => _masked_fill.Call(this, mask, value);
        public Tensor masked_fill_(Tensor mask, Scalar value) => _masked_fill_.Run(this, mask, value);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => _copy_.Run(this, source, nonBlocking);
        public Tensor fill_(Scalar value) => _fill_.Run(this, value);
        public Tensor zero_() => _zero_.Run(this);

        public Tensor softmax(long dim, ScalarType? dtype = null) => _softmax.Call(this, dim, dtype);
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => _log_softmax.Call(this, dim, dtype);
    }
}
