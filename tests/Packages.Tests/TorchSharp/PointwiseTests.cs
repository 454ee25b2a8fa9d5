using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class PointwiseTests : TorchTest
{
    private static readonly double[] X = [0.3, 0.9, 1.7];

    private static void IsFunction(Func<double, double> expected, params Func<Tensor, Tensor>[] found)
    {
        Assert.All(found, f => Holds(1e-9, f(tensor(X)), X.Select(expected).ToArray()));
    }

    [Fact]
    public void Elementary_functions_have_their_values()
    {
        IsFunction(Math.Exp, x => x.exp(), x => exp(x));
        IsFunction(x => Math.Exp(x) - 1, x => x.expm1(), x => expm1(x));
        IsFunction(Math.Log, x => x.log(), x => log(x));
        IsFunction(x => Math.Log(1 + x), x => x.log1p(), x => log1p(x));
        IsFunction(Math.Sqrt, x => x.sqrt(), x => sqrt(x));
        IsFunction(x => 1 / Math.Sqrt(x), x => x.rsqrt(), x => rsqrt(x));
        IsFunction(x => x * x, x => x.square(), x => square(x));
        IsFunction(x => 1 / x, x => x.reciprocal());
        IsFunction(x => -x, x => x.neg(), x => neg(x), x => x.clone().neg_(), x => neg_(x.clone()));
        IsFunction(x => x, x => (-x).abs(), x => abs(-x), x => (-x).abs_(), x => abs_(-x));
        IsFunction(x => 1 / x, x => x.reciprocal_(), x => reciprocal(x), x => reciprocal_(x));
        IsFunction(x => Math.Exp(x) - 1, x => x.expm1_());
        IsFunction(x => Math.Exp(x) - 1, x => expm1_(x));
        IsFunction(x => Math.Log(1 + x), x => x.log1p_());
        IsFunction(x => Math.Log(1 + x), x => log1p_(x));
        IsFunction(x => 1 / Math.Sqrt(x), x => x.rsqrt_());
        IsFunction(x => Math.Pow(2, x), x => x.exp2(), x => exp2(x));
        IsFunction(Math.Log2, x => x.log2(), x => log2(x));
        IsFunction(Math.Log10, x => x.log10(), x => log10(x));
        IsFunction(x => Math.Log(x / (2 - x)), x => (x / 2).logit(), x => logit(x / 2));
        Holds(Vector(0).logit(0.25), Math.Log(0.25 / 0.75));
    }

    [Fact]
    public void Circular_and_hyperbolic_functions_have_their_values()
    {
        IsFunction(Math.Sin, x => x.sin(), x => sin(x), x => x.clone().sin_(), x => sin_(x.clone()));
        IsFunction(Math.Cos, x => x.cos(), x => cos(x), x => x.clone().cos_(), x => cos_(x.clone()));
        IsFunction(Math.Tan, x => x.tan(), x => tan(x), x => x.clone().tan_(), x => tan_(x.clone()));
        IsFunction(x => Math.Asin(x / 2), x => (x / 2).asin(), x => asin(x / 2), x => (x / 2).asin_(), x => asin_(x / 2));
        IsFunction(x => Math.Acos(x / 2), x => (x / 2).acos(), x => acos(x / 2), x => (x / 2).acos_(), x => acos_(x / 2));
        IsFunction(Math.Atan, x => x.atan(), x => atan(x), x => x.clone().atan_(), x => atan_(x.clone()));
        IsFunction(Math.Sinh, x => x.sinh(), x => sinh(x), x => x.clone().sinh_(), x => sinh_(x.clone()));
        IsFunction(Math.Cosh, x => x.cosh(), x => cosh(x), x => x.clone().cosh_(), x => cosh_(x.clone()));
        IsFunction(Math.Tanh, x => x.clone().tanh_(), x => tanh_(x.clone()));
        IsFunction(Math.Asinh, x => x.asinh(), x => asinh(x), x => x.clone().asinh_(), x => asinh_(x.clone()));
        IsFunction(x => Math.Acosh(x + 1), x => (x + 1).acosh(), x => acosh(x + 1), x => (x + 1).acosh_(), x => acosh_(x + 1));
        IsFunction(x => Math.Atanh(x / 2), x => (x / 2).atanh(), x => atanh(x / 2), x => (x / 2).atanh_(), x => atanh_(x / 2));
    }

    [Fact]
    public void Special_functions_have_their_values()
    {
        // Abramowitz and Stegun, tables 7.1, 6.1 and 6.3.
        Holds(1e-6, tensor(new[] { 0.5, 1.0 }).erf(), 0.5204998778, 0.8427007929);
        Holds(1e-6, erf(tensor(new[] { 0.5, 1.0 })), 0.5204998778, 0.8427007929);
        Holds(1e-6, tensor(new[] { 0.5204998778, -0.8427007929 }).erfinv(), 0.5, -1);
        Holds(1e-9, tensor(new[] { 0.5, 1.0, 5.0 }).lgamma(), Math.Log(Math.PI) / 2, 0, Math.Log(24));
        Holds(1e-9, lgamma(tensor(new[] { 5.0 })), Math.Log(24));
        Holds(1e-9, tensor(new[] { 1.0, 2.0 }).digamma(), -0.57721566490153286, 1 - 0.57721566490153286);
        Holds(1e-9, digamma(tensor(new[] { 1.0 })), -0.57721566490153286);
        Holds(1e-9, tensor(new[] { 1.0 }).digamma_(), -0.57721566490153286);
        Holds(1e-9, digamma_(tensor(new[] { 1.0 })), -0.57721566490153286);
        Holds(1e-9, tensor(new[] { 1.0 }).polygamma(1), Math.PI * Math.PI / 6);
        Holds(1e-9, polygamma(tensor(new[] { 1.0 }), 1), Math.PI * Math.PI / 6);
        // The logarithm of the bivariate gamma function: log(sqrt(pi) * gamma(3) * gamma(2.5)), where gamma(2.5) is 0.75 sqrt(pi).
        Holds(1e-9, tensor(new[] { 3.0 }).mvlgamma(2), Math.Log(Math.PI * 1.5));
        Holds(1e-9, mvlgamma(tensor(new[] { 3.0 }), 2), Math.Log(Math.PI * 1.5));
        Holds(1e-6, tensor(new[] { 0.5 }).erfc(), 1 - 0.5204998778);
        Holds(1e-6, erfc(tensor(new[] { 0.5 })), 1 - 0.5204998778);
        Holds(1e-6, tensor(new[] { 0.5204998778 }).erfinv_(), 0.5);
    }

    [Fact]
    public void Activations_have_their_values()
    {
        static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
        IsFunction(Sigmoid, x => x.sigmoid(), x => sigmoid(x));
        IsFunction(x => Math.Log(Sigmoid(x)), x => x.log_sigmoid());
        IsFunction(Math.Tanh, x => x.tanh(), x => tanh(x));
        IsFunction(x => x * Sigmoid(x), x => x.silu(), x => x.clone().silu_());
        IsFunction(Sigmoid, x => sigmoid_(x.clone()));
        Holds(Vector(-1, 2).relu(), 0, 2);
        Holds(1e-6, Vector(-1, 0, 1).gelu(), -0.1586552539, 0, 0.8413447461);
        Holds(Vector(-2, 1).elu(2, 3, 0.5), 6 * (Math.Exp(-1) - 1), 3);
        Holds(Vector(-2, 1).elu_(2, 3, 0.5), 6 * (Math.Exp(-1) - 1), 3);
        Holds(Vector(-2, 1).leaky_relu(0.1), -0.2, 1);
        Holds(Vector(-2, 1).leaky_relu_(0.1), -0.2, 1);
        Holds(Vector(-2, 0.5f, 4).hardtanh(-1, 3), -1, 0.5, 3);
        Holds(Vector(-2, 0.5f, 4).hardtanh_(-1, 3), -1, 0.5, 3);
        Holds(Vector(-3, 1.5f, 4).hardsigmoid(), 0, 0.75, 1);
        Holds(Vector(-3, 1.5f, 4).hardsigmoid_(), 0, 0.75, 1);
    }

    [Fact]
    public void Rounding_goes_where_it_is_told()
    {
        var x = Vector(-1.5f, 0.25f, 2.75f);
        Holds(x.floor(), -2, 0, 2);
        Holds(x.ceil(), -1, 1, 3);
        Holds(x.round(), -2, 0, 3);
        Holds(Vector(1.26f).round(1), 1.3);
        Holds(round(Vector(1.26f), 1), 1.3);
        Holds(x.sign(), -1, 1, 1);
        Holds(x.trunc(), -1, 0, 2);
        Holds(x.frac(), -0.5, 0.25, 0.75);
        (Func<Tensor, Tensor> InPlace, Func<Tensor, Tensor> Function, Func<Tensor, Tensor> InPlaceFunction, double[] Values)[] all =
        [
            (t => t.floor_(), t => floor(t), t => floor_(t), [-2, 0, 2]), (t => t.ceil_(), t => ceil(t), t => ceil_(t), [-1, 1, 3]), (t => t.round_(), t => round(t), t => round_(t), [-2, 0, 3]),
            (t => t.sign_(), t => sign(t), t => sign_(t), [-1, 1, 1]), (t => t.trunc_(), t => trunc(t), t => trunc_(t), [-1, 0, 2]),
        ];
        Assert.All(all, f =>
        {
            Holds(f.Function(x), f.Values);
            Holds(f.InPlace(x.clone()), f.Values);
            var changed = x.clone();
            f.InPlaceFunction(changed);
            Holds(changed, f.Values);
        });
        Holds(frac(x), -0.5, 0.25, 0.75);
    }

    [Fact]
    public void What_is_not_a_finite_number_is_found_and_replaced()
    {
        var x = Vector(1, float.NaN, float.PositiveInfinity, float.NegativeInfinity);
        Holds(x.isfinite(), 1, 0, 0, 0);
        Holds(isfinite(x), 1, 0, 0, 0);
        Holds(x.isnan(), 0, 1, 0, 0);
        Holds(isnan(x), 0, 1, 0, 0);
        Holds(x.isinf(), 0, 0, 1, 1);
        Holds(isinf(x), 0, 0, 1, 1);
        Holds(x.nan_to_num(5, 6, 7), 1, 5, 6, 7);
        Holds(nan_to_num(x, 5, 6, 7), 1, 5, 6, 7);
    }

    [Fact]
    public void Values_are_kept_between_bounds()
    {
        var x = Vector(-3, 0.5f, 4);
        Holds(x.clamp(-1, 1), -1, 0.5, 1);
        Holds(clamp(x, -1, 1), -1, 0.5, 1);
        Holds(x.clamp(min: 0), 0, 0.5, 4);
        Holds(x.clamp(max: 0.0), -3, 0, 0);
        Holds(x.clamp(Vector(-2, 1, 0), Vector(0, 2, 3)), -2, 1, 3);
        Holds(clamp(x, Vector(-2, 1, 0), Vector(0, 2, 3)), -2, 1, 3);
        Holds(x.clamp_min(0), 0, 0.5, 4);
        Holds(x.clamp_max(1), -3, 0.5, 1);
        Holds(x.clip(-1, 1), -1, 0.5, 1);
        Holds(clip(x, -1, 1), -1, 0.5, 1);
        Holds(clamp_min(x, 0), 0, 0.5, 4);
        Holds(clamp_max(x, 1), -3, 0.5, 1);
        Holds(clamp_(x.clone(), -1, 1), -1, 0.5, 1);
        Holds(x.clone().clamp_(Vector(-2, 1, 0), Vector(0, 2, 3)), -2, 1, 3);
        Holds(clamp_(x.clone(), Vector(-2, 1, 0), Vector(0, 2, 3)), -2, 1, 3);
        Holds(x.clone().clamp_min_(0), 0, 0.5, 4);
        Holds(clamp_min_(x.clone(), 0), 0, 0.5, 4);
        Holds(x.clone().clamp_max_(1), -3, 0.5, 1);
        Holds(clamp_max_(x.clone(), 1), -3, 0.5, 1);
    }

    [Fact]
    public void Functions_of_two_tensors_have_their_values()
    {
        var (a, b) = (Vector(1, 5), Vector(3, 2));
        Holds(a.maximum(b), 3, 5);
        Holds(maximum(a, b), 3, 5);
        Holds(a.minimum(b), 1, 2);
        Holds(minimum(a, b), 1, 2);
        Holds(a.lerp(b, Vector(0.5f, 1)), 2, 2);
        Holds(lerp(a, b, Vector(0.5f, 1)), 2, 2);
        Holds(a.logaddexp(b), Math.Log(Math.Exp(1) + Math.Exp(3)), Math.Log(Math.Exp(5) + Math.Exp(2)));
        Holds(logaddexp(a, a), 1 + Math.Log(2), 5 + Math.Log(2));
        Holds(Vector(0, 2).xlogy(Vector(0, 3)), 0, 2 * Math.Log(3));
        Holds(xlogy(Vector(0, 2), Vector(0, 3)), 0, 2 * Math.Log(3));
        Holds(Vector(0, 2).xlogy(3), 0, 2 * Math.Log(3));
        Holds(xlogy(Vector(0, 2), 3), 0, 2 * Math.Log(3));
        Holds(a.addcmul(b, b, 2), 19, 13);
        Holds(a.addcdiv(b, Vector(2, 4), 2), 4, 6);
    }

    [Fact]
    public void A_condition_chooses()
    {
        var condition = tensor(new[] { true, false });
        Holds(where(condition, Vector(1, 2), Vector(3, 4)), 1, 4);
        Holds(Vector(1, 2).where(condition, Vector(3, 4)), 1, 4);
        Holds(Vector(1, 2).masked_fill(condition, 0), 0, 2);
        Holds(Vector(1, 2).masked_select(condition), 1);
    }

    [Fact]
    public void Softmax_sums_to_one()
    {
        var x = Matrix(new[,] { { 0, MathF.Log(3) }, { 5, 5 } });
        Holds(x.softmax(1), 0.25, 0.75, 0.5, 0.5);
        Holds(x.log_softmax(1), Math.Log(0.25), Math.Log(0.75), Math.Log(0.5), Math.Log(0.5));
        Holds(softmax(x, 1), 0.25, 0.75, 0.5, 0.5);
        Holds(x.softmax(0)[0], 1 / (1 + Math.Exp(5)), 3 / (3 + Math.Exp(5)));
        Assert.Equal(float64, x.softmax(1, float64).dtype);
        Holds(Vector(1000, 1000).softmax(0), 0.5, 0.5);
    }
}
