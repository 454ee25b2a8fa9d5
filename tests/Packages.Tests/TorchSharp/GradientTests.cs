using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Packages.Tests.TorchSharpContract;

/// <summary>Gradients in double precision are those of central differences.</summary>
public sealed class GradientTests : TorchTest
{
    public static TheoryData<string> Names => [.. Functions.Keys];

    private static readonly Dictionary<string, (long[] Shape, Func<Tensor, Tensor> Function)> Functions = new()
    {
        ["tanh"] = ([5], x => x.tanh()),
        ["elu"] = ([5], x => F.elu(x, 1.5)),
        ["silu"] = ([5], x => x.silu()),
        ["gelu"] = ([5], x => F.gelu(x)),
        ["leaky_relu"] = ([5], x => F.leaky_relu(x, 0.1)),
        ["softplus"] = ([5], x => F.softplus(x)),
        ["atanh"] = ([5], x => (x / 5).atanh()),
        ["expm1"] = ([5], x => x.expm1()),
        ["log1p"] = ([5], x => x.square().log1p()),
        ["lgamma"] = ([5], x => x.exp().lgamma()),
        ["digamma"] = ([5], x => x.exp().digamma()),
        ["logsumexp"] = ([2, 3], x => x.logsumexp(1)),
        ["logaddexp"] = ([2, 3], x => x[0].logaddexp(x[1])),
        ["log_softmax"] = ([2, 3], x => F.log_softmax(x, 1)),
        ["var"] = ([2, 3], x => x.var(1)),
        ["masked_fill"] = ([5], x => x.exp().masked_fill(tensor(new[] { true, false, false, true, false }), 3)),
        ["where"] = ([5], x => where(tensor(new[] { true, false, false, true, false }), x.exp(), x.square())),
        ["cdist"] = ([4, 2], x => cdist(x[..2], x[2..])),
        ["layer_norm"] = ([3, 4], x => F.layer_norm(x, [4], x[0], x[1])),
        ["group_norm"] = ([2, 4], x => F.group_norm(x, 2)),
        ["unfold"] = ([1, 2, 3, 3], x => F.unfold(x.exp(), (2, 2))),
        ["fold"] = ([1, 4, 4], x => F.fold(x.exp(), (3, 3), (2, 2))),
        ["conv2d"] = ([3, 2, 3, 3], x => F.conv2d(x[..1].exp(), x[1..].narrow(2, 0, 2), x[0, 0, 0].narrow(0, 0, 2), [1, 1], [1, 1])),
        ["upsample_nearest2d"] = ([1, 1, 2, 2], x => F.upsample_nearest2d(x.exp(), [4, 4])),
        ["cumsum"] = ([5], x => x.exp().cumsum(0)),
        ["cholesky"] = ([2, 2], x => linalg.cholesky(x.matmul(x.t()) + eye(2, dtype: float64))),
        ["inv"] = ([2, 2], x => linalg.inv(x.matmul(x.t()) + eye(2, dtype: float64))),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_those_of_differences(string name)
    {
        const double step = 1e-6;
        var (shape, function) = Functions[name];
        using var generator = new Generator(3);
        var start = randn(shape, float64, generator: generator);
        var weights = randn_like(function(start).detach());
        double Value(Tensor x) => (function(x) * weights).sum().ToDouble();

        var parameter = new Parameter(start.clone());
        Assert.Equal(float64, parameter.dtype);
        var gradient = Assert.Single(autograd.grad([(function(parameter) * weights).sum()], [parameter]));
        Assert.Equal(float64, gradient.dtype);
        var found = Values(gradient);
        for (var i = 0; i < found.Length; i++)
        {
            var (above, below) = (start.clone(), start.clone());
            above.view(-1)[i] += step;
            below.view(-1)[i] -= step;
            Assert.Equal((Value(above) - Value(below)) / (2 * step), found[i], 1e-6 * Math.Max(1, Math.Abs(found[i])));
        }
    }

    [Fact]
    public void A_whole_network_may_be_of_double_precision()
    {
        using var generator = new Generator(1);
        using var layer = nn.Linear(3, 2, dtype: float64);
        var x = rand(4, 3, float64, generator: generator);
        var y = layer.call(x);
        Assert.Equal(float64, y.dtype);
        Assert.All(layer.parameters(), p => Assert.Equal(float64, p.dtype));
        Holds(1e-12, y, Values(x.matmul(layer.get_parameter("weight")!.t()) + layer.get_parameter("bias")!));
        foreach (var t in new[] { zeros(2, float64), full(2, 0.1, float64), arange(2, dtype: float64), linspace(0, 1, 3, float64), eye(2, dtype: float64), randn(2, float64), normal(0, 1, [2L], float64), tensor(new[] { 0.1f }, float64), zeros(2).@double() })
        {
            Assert.Equal(float64, t.dtype);
        }

        Assert.Equal(0.1, full(1, 0.1, float64).ToDouble());
        Assert.Equal(0.1f, tensor(new[] { 0.1 }).@float().ToDouble());
        Assert.Equal(2.5, normal(2.5, 0, [1L]).ToDouble());
    }
}
