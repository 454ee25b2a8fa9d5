using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Packages.Tests.TorchSharpContract;

public sealed class ModuleTests : TorchTest
{
    /// <summary>A module as users write them: everything in fields.</summary>
    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear first;
        private readonly ModuleList<Linear> more;
        private readonly Parameter scale = Parameter(ones(1));
        private readonly Tensor offset = zeros(1);

        internal Net() : base(nameof(Net))
        {
            first = Linear(2, 3);
            more = ModuleList(Linear(3, 3), Linear(3, 1, hasBias: false));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => more[1].call(more[0].call(first.call(input))) * scale + offset;
    }

    private sealed class Sum() : Module<Tensor, Tensor, Tensor>("Sum")
    {
        public override Tensor forward(Tensor input1, Tensor input2) => input1 + input2;
    }

    /// <summary>Registers by name, without fields.</summary>
    private sealed class Named : Module
    {
        internal Named() : base("Named")
        {
            register_module("inner", Linear(1, 1));
            add_module("other", ReLU());
            register_parameter("p", Parameter(ones(1)));
            ConditionallyRegisterParameter("q", Parameter(ones(1)));
            Assert.Throws<InvalidOperationException>(() => register_parameter("p", Parameter(ones(1))));
            Assert.Throws<InvalidOperationException>(() => register_module("inner", ReLU()));
            Assert.Throws<ArgumentException>(() => register_module("a.b", ReLU()));
            Assert.Throws<ArgumentException>(() => register_module("", ReLU()));
        }

        internal void Forget() => ConditionallyRegisterParameter("q", null!);
    }

    [Fact]
    public void Fields_are_registered_under_their_names()
    {
        using var net = new Net();
        Assert.Equal(["first.bias", "first.weight", "more.0.bias", "more.0.weight", "more.1.weight", "scale"], net.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
        Assert.Equal(["scale"], net.named_parameters(recurse: false).Select(p => p.name));
        Assert.Equal(6, net.parameters().Count());
        Assert.Single(net.parameters(recurse: false));
        Assert.Equal(["first", "more"], net.named_children().Select(c => c.name));
        Assert.Equal(2, net.children().Count());
        Assert.Equal(["first", "more", "more.0", "more.1"], net.named_modules().Select(c => c.name));
        Assert.Equal(4, net.modules().Count());
        Assert.Equal("Net", net.GetName());
        HasShape(net.get_parameter("more.0.weight")!, 3, 3);
        Assert.True(net.has_parameter("scale"));
        Assert.False(net.has_parameter("more.2.weight"));
        HasShape(net.get_buffer("offset")!, 1);
        Assert.True(net.has_buffer("offset"));
        Assert.False(net.has_buffer("scale"));
    }

    [Fact]
    public void Modules_and_parameters_are_registered_by_name()
    {
        using var module = new Named();
        Assert.Equal(["inner.bias", "inner.weight", "p", "q"], module.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
        module.Forget();
        Assert.False(module.has_parameter("q"));
    }

    [Fact]
    public void A_linear_layer_starts_as_PyTorchs()
    {
        manual_seed(1);
        using var layer = Linear(100, 50);
        HasShape(layer.weight!, 50, 100);
        HasShape(layer.bias!, 50);
        Assert.All([layer.weight!, layer.bias!], p =>
        {
            Assert.True(p.requires_grad);
            Assert.InRange(p.abs().max().ToDouble(), 0.09, 0.1);
        });
        Assert.Equal(0.01 / 3, layer.weight!.var().ToDouble(), 2e-4);
        using var plain = Linear(3, 2, hasBias: false);
        Assert.Null(plain.bias);
        using var precise = Linear(1, 1, dtype: float64);
        Assert.Equal(float64, precise.weight!.dtype);
    }

    [Fact]
    public void A_linear_layer_multiplies_and_adds()
    {
        using var layer = Linear(2, 1);
        layer.weight = Parameter(Matrix(new float[,] { { 2, 3 } }));
        layer.bias = Parameter(Vector(10));
        Holds(layer.call(Matrix(new float[,] { { 1, 1 }, { 0, 2 } })), 15, 16);
        Holds(layer.forward(Vector(1, 0)), 12);
        Assert.Equal(2, layer.parameters().Count());
    }

    [Fact]
    public void A_sequence_calls_its_modules_in_order()
    {
        using var chain = Sequential(Linear(2, 3), ReLU(), Linear(3, 1));
        Assert.Equal(3, chain.Count);
        Assert.Equal(["0.bias", "0.weight", "2.bias", "2.weight"], chain.named_parameters().Select(p => p.name).Order(StringComparer.Ordinal));
        Assert.Equal(["0", "1", "2"], chain.named_children().Select(c => c.name));
        var x = ones(4, 2);
        Holds(chain.call(x), Values(chain[2].call(chain[1].call(chain[0].call(x)))));
        chain.call(x).sum().backward();
        Holds(Sequential().forward(x), Values(x));
        Holds(Sequential(new Module<Tensor, Tensor>[] { ReLU() }.AsEnumerable()).append(Sigmoid()).forward(Vector(-1)), 0.5);
        using var named = Sequential(("in", Linear(1, 1)), ("act", ReLU())).append("out", Linear(1, 1));
        Assert.Equal(["in", "act", "out"], named.named_children().Select(c => c.name));
        Assert.Equal(2, Sequential(new (string, Module<Tensor, Tensor>)[] { ("a", ReLU()), ("b", ReLU()) }.AsEnumerable()).Count);
    }

    [Fact]
    public void A_module_may_have_two_inputs()
    {
        using var sum = new Sum();
        Holds(sum.call(Vector(1), Vector(2)), 3);
        IModule<Tensor, Tensor, Tensor> called = sum;
        Holds(called.call(Vector(1), Vector(2)), 3);
    }

    [Fact]
    public void Training_and_evaluation_reach_every_module()
    {
        using var chain = Sequential(Linear(4, 4), Sequential(Dropout(0.5)));
        var dropout = chain.modules().OfType<Dropout>().Single();
        Assert.True(dropout.training);
        chain.eval();
        Assert.False(dropout.training);
        Holds(dropout.call(ones(4)), 1, 1, 1, 1);
        chain.train();
        Assert.True(dropout.training);
        manual_seed(1);
        var kept = Values(dropout.call(ones(10_000)));
        Assert.All(kept, v => Assert.True(v is 0 or 2));
        Assert.Equal(1, kept.Average(), 0.05);
    }

    [Fact]
    public void The_state_of_one_module_loads_into_another()
    {
        using var net = new Net();
        using var other = new Net();
        var state = net.state_dict();
        Assert.Equal(["first.bias", "first.weight", "more.0.bias", "more.0.weight", "more.1.weight", "offset", "scale"], state.Keys.Order(StringComparer.Ordinal));
        var (missing, unexpected) = other.load_state_dict(state);
        Assert.Empty(missing);
        Assert.Empty(unexpected);
        var x = randn(3, 2);
        Holds(other.call(x), Values(net.call(x)));
        Assert.All(other.parameters(), p => Assert.True(p.requires_grad));

        state.Remove("scale");
        state["more"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => other.load_state_dict(state));
        (missing, unexpected) = other.load_state_dict(state, strict: false);
        Assert.Equal(["scale"], missing);
        Assert.Equal(["more"], unexpected);
        other.load_state_dict(state, skip: ["scale", "more"]);
    }

    [Fact]
    public void A_function_is_applied_to_every_module()
    {
        using var net = new Net();
        var names = new List<string>();
        net.apply(m => names.Add(m.GetType().Name.Split('`')[0]));
        Assert.Equal(["Linear", "Linear", "Linear", "ModuleList", "Net"], names);
    }

    private sealed class Noting : Module
    {
        internal Noting() : base("Noting")
        {
        }

        internal bool Disposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            Disposed = disposing;
            base.Dispose(disposing);
        }
    }

    [Fact]
    public void Disposing_a_module_disposes_its_tensors()
    {
        var noting = new Noting();
        noting.Dispose();
        Assert.True(noting.Disposed);
        var net = new Net();
        var tensors = net.parameters().Cast<Tensor>().Append(net.get_buffer("offset")!).ToList();
        Assert.Equal(7, tensors.Count);
        net.Dispose();
        Assert.All(tensors, t => Assert.True(t.IsInvalid));
    }

    [Fact]
    public void A_list_of_modules_is_a_list()
    {
        var (a, b, c) = (ReLU(), ReLU(), ReLU());
        using var list = ModuleList(a, b);
        list.Add(c);
        Assert.Equal(3, list.Count);
        Assert.False(list.IsReadOnly);
        Assert.Same(b, list[1]);
        Assert.Equal(2, list.IndexOf(c));
        var contained = list.Contains(a);
        Assert.True(contained);
        Assert.True(list.Remove(a));
        list.Insert(0, a);
        list.RemoveAt(2);
        list[1] = c;
        var copy = new ReLU[2];
        list.CopyTo(copy, 0);
        Assert.Equal([a, c], copy);
        Assert.Equal([a, c], list.Select(m => m));
        list.Clear();
        Assert.Empty(list);
        Assert.Equal(2, new ModuleList<ReLU>(a, b).Count);
    }

    [Fact]
    public void Activation_modules_compute_their_functions()
    {
        var x = Vector(-1, 0.5f);
        Holds(ReLU().call(x), 0, 0.5);
        Holds(ReLU(inplace: true).call(x.clone()), 0, 0.5);
        Holds(LeakyReLU(0.1).call(x), -0.1, 0.5);
        Holds(ELU(2).call(x), 2 * (Math.Exp(-1) - 1), 0.5);
        Holds(SiLU().call(x), -1 / (1 + Math.E), 0.5 / (1 + Math.Exp(-0.5)));
        Holds(GELU().call(x), Values(x.gelu()));
        Holds(Tanh().call(x), Math.Tanh(-1), Math.Tanh(0.5));
        Holds(Sigmoid().call(x), 1 / (1 + Math.E), 1 / (1 + Math.Exp(-0.5)));
        Holds(Softplus().call(x), Math.Log(1 + Math.Exp(-1)), Math.Log(1 + Math.Exp(0.5)));
        Holds(Softplus(2).call(x), Math.Log(1 + Math.Exp(-2)) / 2, Math.Log(1 + Math.Exp(1)) / 2);
    }
}
