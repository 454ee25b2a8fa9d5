using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class AutogradTests : TorchTest
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Functions = new()
    {
        ["exp"] = x => x.exp(),
        ["expm1"] = x => x.expm1(),
        ["log"] = x => x.log(),
        ["log1p"] = x => x.log1p(),
        ["sqrt"] = x => x.sqrt(),
        ["square"] = x => x.square(),
        ["pow"] = x => x.pow(2.5),
        ["abs"] = x => (-x).abs(),
        ["sigmoid"] = x => x.sigmoid(),
        ["relu"] = x => x.relu(),
        ["tanh"] = x => x.tanh(),
        ["silu"] = x => x.silu(),
        ["gelu"] = x => x.gelu(),
        ["elu"] = x => nn.functional.elu(-x, 0.7),
        ["softplus"] = x => nn.functional.softplus(x),
        ["erf"] = x => x.erf(),
        ["lgamma"] = x => x.lgamma(),
        ["digamma"] = x => x.digamma(),
        ["arithmetic"] = x => (x * 3 + 1) / (2 - x * x) - x,
        ["softmax"] = x => x.softmax(0) * arange(4),
        ["log_softmax"] = x => x.log_softmax(0) * arange(4),
        ["logsumexp"] = x => x.logsumexp(0),
        ["mean and var"] = x => x.mean() * x.var() + x.std(),
        ["max"] = x => x.max() * x.amax(0) - x.min(),
        ["clamp"] = x => x.clamp(0.5, 1.0),
        ["matmul"] = x => x.view(2, 2).mm(x.view(2, 2).t()),
        ["linear"] = x => nn.functional.linear(x.view(2, 2), x.view(2, 2), x[..2]),
        ["index"] = x => x[tensor(new[] { 3L, 0L, 3L })] * Vector(1, 2, 3),
        ["cat"] = x => cat([x, x.square()]),
        ["layer_norm"] = x => nn.functional.layer_norm(x, [4]) * arange(4),
        ["bce"] = x => nn.functional.binary_cross_entropy_with_logits(x, Vector(0, 1, 0.5f, 1).@double()),
        ["mse"] = x => nn.functional.mse_loss(x, ones(4, float64)),
        ["cross_entropy"] = x => nn.functional.cross_entropy(x.view(2, 2), tensor(new[] { 1L, 0L })),
        ["conv2d"] = x => nn.functional.conv2d(arange(9, dtype: float64).view(1, 1, 3, 3), x.view(1, 1, 2, 2)),
        ["fold"] = x => nn.functional.fold(x.view(1, 4, 1), (2, 2), (2, 2)) * arange(4).view(2, 2),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_agree_with_finite_differences(string name)
    {
        var f = Functions[name];
        double[] at = [0.4, 0.8, 1.3, 0.6];
        var x = tensor(at, requires_grad: true);
        var gradient = Values(autograd.grad([f(x).sum()], [x])[0]);
        const double h = 1e-6;
        for (var i = 0; i < at.Length; i++)
        {
            double At(double step) => f(tensor(at.Select((v, k) => k == i ? v + step : v).ToArray())).sum().ToDouble();
            Assert.Equal((At(h) - At(-h)) / (2 * h), gradient[i], 1e-6);
        }
    }

    [Fact]
    public void Gradients_flow_to_the_leaves_that_want_them()
    {
        var (x, w) = (Vector(2, 3), Vector(4, 5).requires_grad_());
        Assert.True(w.is_leaf);
        var y = (x * w).sum();
        Assert.False(y.is_leaf);
        Assert.True(y.requires_grad);
        Assert.False(x.requires_grad);
        Holds(autograd.grad([y], [w])[0], 2, 3);
    }

    [Fact]
    public void Gradients_can_be_weighted_kept_and_differentiated_again()
    {
        var x = Vector(2, 3).requires_grad_();
        Holds(autograd.grad([x * x], [x], [Vector(1, 10)])[0], 4, 60);
        var cube = (x * x * x).sum();
        var first = autograd.grad([cube], [x], retain_graph: true, create_graph: true)[0];
        Holds(first, 12, 27);
        Holds(autograd.grad([first.sum()], [x])[0], 12, 18);
    }

    [Fact]
    public void Backward_accumulates_what_an_optimiser_uses()
    {
        var p = new Parameter(Vector(1, 1));
        (p * Vector(2, 3)).sum().backward();
        autograd.backward([(p * 10).sum()]);
        autograd.backward([p * Vector(1, 2)], [Vector(100, 100)]);
        using var optimizer = optim.SGD([p], 1);
        optimizer.step();
        Holds(p, 1 - (2 + 10 + 100), 1 - (3 + 10 + 200));
    }

    [Fact]
    public void Without_gradient_mode_nothing_is_recorded()
    {
        var w = ones(1).requires_grad_();
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            Assert.False((w * 2).requires_grad);
            using (enable_grad())
            {
                Assert.True((w * 2).requires_grad);
            }

            using (set_grad_enabled(true))
            {
                Assert.True((w * 2).requires_grad);
            }

            Assert.False(is_grad_enabled());
            w.add_(1);
        }
        Assert.True(is_grad_enabled());
        Assert.True((w * 2).requires_grad);
        Assert.False((w * 2).detach().requires_grad);
        Assert.False(w.with_requires_grad(false).requires_grad);
        w.requires_grad = true;
        Assert.True(w.requires_grad);
    }

    [Fact]
    public void A_tensor_between_keeps_its_gradient_when_asked()
    {
        var middle = ones(1).requires_grad_() * 2;
        middle.retain_grad();
        (middle * 3).sum().backward();
        Assert.False(middle.is_leaf);
    }
}
