using TorchSharp.Native;

namespace TorchSharp;

#pragma warning disable CS0660, CS0661 // Equals and GetHashCode are in Tensor.cs.
public static partial class torch
{
    /// <summary>Arithmetic and comparison, elementwise with broadcasting; a name ending in an underscore works in place.</summary>
    public partial class Tensor
    {
        private static readonly Op _add = new("add", "Tensor"), _add_ = new("add_", "Tensor"), _add_scalar = new("add", "Scalar"), _add_scalar_ = new("add_", "Scalar");
        private static readonly Op _sub = new("sub", "Tensor"), _sub_ = new("sub_", "Tensor"), _sub_scalar = new("sub", "Scalar"), _sub_scalar_ = new("sub_", "Scalar");
        private static readonly Op _rsub = new("rsub", "Scalar");
        private static readonly Op _mul = new("mul", "Tensor"), _mul_ = new("mul_", "Tensor"), _mul_scalar = new("mul", "Scalar"), _mul_scalar_ = new("mul_", "Scalar");
        private static readonly Op _div = new("div", "Tensor_mode"), _div_ = new("div_", "Tensor_mode"), _div_scalar = new("div", "Scalar_mode"), _div_scalar_ = new("div_", "Scalar_mode");
        private static readonly Op _pow = new("pow", "Tensor_Tensor"), _pow_ = new("pow_", "Tensor"), _pow_scalar = new("pow", "Tensor_Scalar"), _pow_scalar_ = new("pow_", "Scalar");
        private static readonly Op _eq = new("eq", "Tensor"), _ne = new("ne", "Tensor"), _lt = new("lt", "Tensor"), _le = new("le", "Tensor"), _gt = new("gt", "Tensor"), _gt_ = new("gt_", "Tensor"), _ge = new("ge", "Tensor");
        private static readonly Op _eq_scalar = new("eq", "Scalar"), _ne_scalar = new("ne", "Scalar"), _lt_scalar = new("lt", "Scalar"), _le_scalar = new("le", "Scalar"), _gt_scalar = new("gt", "Scalar"), _ge_scalar = new("ge", "Scalar");
        private static readonly Op _and = new("logical_and"), _or = new("logical_or"), _not = new("logical_not"), _bit_and = new("bitwise_and", "Tensor"), _bit_or = new("bitwise_or", "Tensor"), _bit_not = new("bitwise_not");

        public Tensor add(Tensor target) => _add.Call(this, target);
        public Tensor add(Tensor target, Scalar alpha) => _add.Call(this, target, alpha);
        public Tensor add(Scalar scalar) => _add_scalar.Call(this, scalar);
        public Tensor add_(Tensor target) => _add_.Run(this, target);
        public Tensor add_(Tensor target, Scalar alpha) => _add_.Run(this, target, alpha);
        public Tensor add_(Scalar scalar) => _add_scalar_.Run(this, scalar);

        public Tensor sub(Tensor target) => _sub.Call(this, target);
        public Tensor sub(Scalar target) => _sub_scalar.Call(this, target);
        public Tensor sub_(Tensor target) => _sub_.Run(this, target);
        public Tensor sub_(Scalar target) => _sub_scalar_.Run(this, target);

        public Tensor mul(Tensor target) => _mul.Call(this, target);
        public Tensor mul(Scalar target) => _mul_scalar.Call(this, target);
        public Tensor mul_(Tensor target) => _mul_.Run(this, target);
        public Tensor mul_(Scalar target) => _mul_scalar_.Run(this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => _div.Call(this, target, Mode(rounding_mode));
        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => _div_scalar.Call(this, target, Mode(rounding_mode));
        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => _div_.Run(this, target, Mode(rounding_mode));
        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => _div_scalar_.Run(this, target, Mode(rounding_mode));

        private static Arg Mode(RoundingMode mode) => mode == RoundingMode.None ? Arg.Null : mode == RoundingMode.floor ? "floor" : "trunc";

        public Tensor pow(Tensor exponent) => _pow.Call(this, exponent);
        public Tensor pow(Scalar exponent) => _pow_scalar.Call(this, exponent);
        public Tensor pow_(Tensor exponent) => _pow_.Run(this, exponent);
        public Tensor pow_(Scalar exponent) => _pow_scalar_.Run(this, exponent);

        public Tensor eq(Tensor target) => _eq.Call(this, target);
        public Tensor eq(Scalar target) => _eq_scalar.Call(this, target);
        public Tensor ne(Tensor target) => _ne.Call(this, target);
        public Tensor ne(Scalar target) => _ne_scalar.Call(this, target);
        public Tensor lt(Tensor target) => _lt.Call(this, target);
        public Tensor lt(Scalar target) => _lt_scalar.Call(this, target);
        public Tensor le(Tensor target) => _le.Call(this, target);
        public Tensor le(Scalar target) => _le_scalar.Call(this, target);
        public Tensor gt(Tensor target) => _gt.Call(this, target);
        public Tensor gt_(Tensor target) => _gt_.Run(this, target);
        public Tensor gt(Scalar target) => _gt_scalar.Call(this, target);
        public Tensor ge(Tensor target) => _ge.Call(this, target);
        public Tensor ge(Scalar target) => _ge_scalar.Call(this, target);

        public Tensor logical_and(Tensor other) => _and.Call(this, other);
        public Tensor logical_or(Tensor other) => _or.Call(this, other);
        public Tensor logical_not() => _not.Call(this);

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);
        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);
        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);
        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);
        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);
        public static Tensor operator -(Scalar left, Tensor right) => _rsub.Call(right, left);
        public static Tensor operator -(Tensor tensor) => tensor.neg();
        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);
        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);
        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);
        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);
        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public static Tensor operator /(Scalar left, Tensor right)
        {
            using var inverse = right.reciprocal();
            return inverse.mul(left);
        }

        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);
        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);
        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);
        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);
        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);
        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);
        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);
        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);
        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);
        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);
        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);
        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);
        public static Tensor operator &(Tensor left, Tensor right) => _bit_and.Call(left, right);
        public static Tensor operator |(Tensor left, Tensor right) => _bit_or.Call(left, right);
        public static Tensor operator ~(Tensor left) => _bit_not.Call(left);
    }
}
