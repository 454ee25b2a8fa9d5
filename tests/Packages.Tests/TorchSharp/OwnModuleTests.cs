using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Packages.Tests.TorchSharpContract;

/// <summary>A module that a user writes: parts of TorchSharp, parameters of its own, other behaviour in training.</summary>
public sealed class OwnModuleTests : TorchTest
{
    [Fact]
    public void Parts_are_registered_under_the_names_of_their_fields()
    {
        using var network = new Encoder();
        Assert.Equal(["_scale", "_hidden.0.weight", "_hidden.0.bias", "_output.weight", "_output.bias"], network.named_parameters().Select(p => p.name));
        Assert.Equal(["_hidden", "_output"], network.named_children().Select(c => c.name));
        Assert.True(network.has_buffer("_offset"));
        Assert.Equal(6, network.state_dict().Count);
        HasShape(network.call(zeros(5, 3)), 5, 2);
    }

    [Fact]
    public void Private_fields_of_a_base_class_are_only_registered_by_hand()
    {
        using var derived = new Derived();
        Assert.Equal(["by_hand", "_own"], derived.named_parameters().Select(p => p.name).OrderDescending());
    }

    [Fact]
    public void Training_is_switched_for_all_parts()
    {
        using var network = new Encoder();
        // Not asked of a Sequential: some versions of TorchSharp say that it always trains, whatever its parts do.
        var parts = network.modules().Where(part => part is not TorchSharp.Modules.Sequential).ToList();
        Assert.Equal(4, parts.Count);
        Assert.True(network.training);
        Assert.All(parts, part => Assert.True(part.training));
        network.eval();
        Assert.False(network.training);
        Assert.All(parts, part => Assert.False(part.training));
        var x = ones(1, 3);
        Holds(network.call(x), Values(network.call(x)));
        network.train();
        Assert.NotEqual(Values(network.call(x)), Values(network.call(x)));
        network.train(false);
        Assert.All(parts, part => Assert.False(part.training));
    }

    [Fact]
    public void All_its_parameters_get_gradients_and_are_trained()
    {
        using var network = new Encoder();
        network.eval();
        using var optimizer = optim.AdamW(network.parameters(), 0.05);
        var (x, y) = (eye(3), Matrix(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } }));
        var before = network.parameters().Select(Values).ToArray();
        for (var i = 0; i < 300; i++)
        {
            optimizer.zero_grad();
            functional.mse_loss(network.call(x), y).backward();
            optimizer.step();
        }

        Assert.All(network.parameters().Select(Values).Zip(before), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.InRange(functional.mse_loss(network.call(x), y).ToDouble(), 0, 0.01);
    }

    [Fact]
    public void Activations_are_modules()
    {
        (Module<Tensor, Tensor> Module, Func<double, double> Function)[] all =
        [
            (ReLU(), x => Math.Max(x, 0)), (LeakyReLU(0.2), x => x < 0 ? 0.2 * x : x), (ELU(2), x => x < 0 ? 2 * (Math.Exp(x) - 1) : x), (SiLU(), x => x / (1 + Math.Exp(-x))), (Tanh(), Math.Tanh),
            (Sigmoid(), x => 1 / (1 + Math.Exp(-x))), (Softplus(2), x => Math.Log(1 + Math.Exp(2 * x)) / 2), (Hardtanh(-1, 0.5), x => Math.Clamp(x, -1, 0.5)), (Hardtanh(inplace: true), x => Math.Clamp(x, -1, 1)), (Identity(), x => x),
            (ReLU(inplace: true), x => Math.Max(x, 0)), (ELU(inplace: true), x => x < 0 ? Math.Exp(x) - 1 : x),
        ];
        Assert.All(all, a =>
        {
            Holds(a.Module.call(Vector(-2, 0.25f, 3)), a.Function(-2), a.Function(0.25), a.Function(3));
            Assert.Empty(a.Module.parameters());
        });
        Holds(1e-6, GELU().call(Vector(-1, 1)), -0.1586552539, 0.8413447461);
        Holds(Softmax(0).call(Vector(0, MathF.Log(3))), 0.25, 0.75);
        Holds(LogSoftmax(0).call(Vector(0, MathF.Log(3))), Math.Log(0.25), Math.Log(0.75));
    }

    private abstract class Base : Module<Tensor, Tensor>
    {
        private readonly Parameter _hidden = new(zeros(1));
        private readonly Parameter _known = new(zeros(1));

        protected Base()
            : base(nameof(Base)) => register_parameter("by_hand", _known);

        public override Tensor forward(Tensor input) => input + _hidden + _known;
    }

    private sealed class Derived : Base
    {
        private readonly Parameter _own = new(zeros(1));

        public Derived() => RegisterComponents();

        public override Tensor forward(Tensor input) => base.forward(input) + _own;
    }

    private sealed class Encoder : Module<Tensor, Tensor>
    {
        private readonly Parameter _scale = Parameter(ones(1));
        private readonly Tensor _offset = zeros(2);
        private readonly Sequential _hidden = Sequential(Linear(3, 16), ELU(), Dropout(0.5));
        private readonly Linear _output = Linear(16, 2);

        internal Encoder() : base(nameof(Encoder)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _output.call(_hidden.call(input)) * _scale + _offset;
    }
}
