using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class OptimizerTests : TorchTest
{
    /// <summary>Steps with a given gradient, and gives the parameter's values after each.</summary>
    private static double[] Steps(Func<Parameter[], optim.Optimizer> make, float start, params float[] gradients)
    {
        var p = new Parameter(Vector(start));
        using var optimizer = make([p]);
        return [.. gradients.Select(gradient =>
        {
            optimizer.zero_grad();
            (p * gradient).sum().backward();
            optimizer.step();
            return p.ToDouble();
        })];
    }

    private static void Same(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], found[i], 1e-5);
        }
    }

    /// <summary>Adam's steps in plain numbers (Kingma and Ba 2015, algorithm 1).</summary>
    private static double[] Adam(double start, double[] gradients, double rate, double b1, double b2, double eps, double decay = 0, double decoupled = 0, bool amsgrad = false)
    {
        var (p, m, v, largest) = (start, 0.0, 0.0, 0.0);
        return [.. gradients.Select((gradient, i) =>
        {
            p *= 1 - rate * decoupled;
            var g = gradient + decay * p;
            m = b1 * m + (1 - b1) * g;
            v = b2 * v + (1 - b2) * g * g;
            largest = Math.Max(largest, v);
            var root = Math.Sqrt((amsgrad ? largest : v) / (1 - Math.Pow(b2, i + 1))) + eps;
            return p -= rate * m / (1 - Math.Pow(b1, i + 1)) / root;
        })];
    }

    [Fact]
    public void Gradient_descent_follows_its_formula()
    {
        Same([0.8, 1.1], Steps(p => optim.SGD(p, 0.1), 1, 2, -3));
        Same([0.8, 0.5], Steps(p => optim.SGD(p, 0.1, momentum: 0.5), 1, 2, 2));
        Same([0.8, 0.6], Steps(p => optim.SGD(p, 0.1, momentum: 0.5, dampening: 0.5), 1, 2, 2));
        Same([0.7, 0.35], Steps(p => optim.SGD(p, 0.1, momentum: 0.5, nesterov: true), 1, 2, 2));
        Same([0.75], Steps(p => optim.SGD(p, 0.1, weight_decay: 0.5), 1, 2));
        Same([1.2], Steps(p => optim.SGD(p, 0.1, maximize: true), 1, 2));
    }

    [Fact]
    public void Adam_follows_its_formula()
    {
        double[] g = [2, -1, 0.5];
        float[] same = [2, -1, 0.5f];
        Same(Adam(1, g, 0.001, 0.9, 0.999, 1e-8), Steps(p => optim.Adam(p), 1, same));
        Same(Adam(1, g, 0.1, 0.8, 0.9, 1e-3), Steps(p => optim.Adam(p, 0.1, 0.8, 0.9, 1e-3), 1, same));
        Same(Adam(1, g, 0.1, 0.9, 0.999, 1e-8, decay: 0.3), Steps(p => optim.Adam(p, 0.1, weight_decay: 0.3), 1, same));
        Same(Adam(1, g, 0.1, 0.9, 0.5, 1e-8, amsgrad: true), Steps(p => optim.Adam(p, 0.1, beta2: 0.5, amsgrad: true), 1, same));
        Same(Adam(1, [-2, 1], 0.1, 0.9, 0.999, 1e-8), Steps(p => optim.Adam(p, 0.1, maximize: true), 1, 2, -1));
    }

    [Fact]
    public void AdamW_decays_apart_from_the_gradient()
    {
        double[] g = [2, -1, 0.5];
        float[] same = [2, -1, 0.5f];
        Same(Adam(1, g, 0.1, 0.9, 0.999, 1e-8, decoupled: 0.3), Steps(p => optim.AdamW(p, 0.1, weight_decay: 0.3), 1, same));
        Same(Adam(1, g, 0.1, 0.9, 0.5, 1e-8, decoupled: 0.3, amsgrad: true), Steps(p => optim.AdamW(p, 0.1, beta2: 0.5, weight_decay: 0.3, amsgrad: true), 1, same));
        Same([0.9], Steps(p => optim.AdamW(p, 0.1), 1, 3));
        Same([1.1], Steps(p => optim.AdamW(p, 0.1, maximize: true), 1, 3));
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        var p = new[] { new Parameter(ones(1)) };
        Assert.Throws<ArgumentException>(() => optim.Adam(p, -1));
        Assert.Throws<ArgumentException>(() => optim.Adam(p, beta1: 1));
        Assert.Throws<ArgumentException>(() => optim.Adam(p, beta2: -0.1));
        Assert.Throws<ArgumentException>(() => optim.Adam(p, eps: -1));
        Assert.Throws<ArgumentException>(() => optim.AdamW(p, weight_decay: -1));
        Assert.Throws<ArgumentException>(() => optim.SGD(p, -1));
    }

    [Fact]
    public void The_learning_rate_can_change_between_steps()
    {
        var p = new Parameter(Vector(1));
        using var optimizer = optim.SGD([p], 0.1);
        var group = Assert.Single(optimizer.ParamGroups);
        Assert.Equal(0.1, group.LearningRate);
        Assert.Equal(0.1, group.InitialLearningRate);
        group.LearningRate = 0.5;
        p.sum().backward();
        optimizer.step();
        Holds(p, 0.5);
        group.InitialLearningRate = 0.5;
        Assert.Same(p, Assert.Single(optimizer.parameters()));
    }

    [Fact]
    public void Parameters_without_a_gradient_stay()
    {
        var (used, unused) = (new Parameter(Vector(1)), new Parameter(Vector(1)));
        using var optimizer = optim.Adam([used, unused], 0.1);
        used.sum().backward();
        optimizer.step();
        Assert.NotEqual(1, used.ToDouble());
        Holds(unused, 1);
        optimizer.zero_grad();
        var before = used.ToDouble();
        using var plain = optim.SGD([used], 1);
        plain.step();
        Assert.Equal(before, used.ToDouble());
    }

    [Fact]
    public void A_step_may_compute_the_loss_itself()
    {
        var p = new Parameter(Vector(1));
        using var optimizer = optim.SGD([p], 0.1);
        var loss = optimizer.step(() =>
        {
            var square = (p * p).sum();
            square.backward();
            return square;
        });
        Holds(loss, 1);
        Holds(p, 0.8);
    }

    [Fact]
    public void An_optimiser_shows_its_state()
    {
        var p = new Parameter(Vector(1));
        using var optimizer = optim.Adam([p], 0.1, amsgrad: true);
        (p * 2).sum().backward();
        optimizer.step();
        var state = Assert.IsType<Adam.State>(Assert.Single(optimizer.state_dict().State));
        Assert.Equal(1, state.step);
        Holds(state.exp_avg, 0.2);
        Holds(state.exp_avg_sq, 0.004);
        Holds(state.max_exp_avg_sq, 0.004);
        var options = Assert.Single(optimizer.state_dict().Options);
        Assert.Equal((0.1, 0.1), (options.LearningRate, options.InitialLearningRate));
        (options.LearningRate, options.InitialLearningRate) = (0.2, 0.3);
        Assert.Equal((0.2, 0.3), (optimizer.ParamGroups.Single().LearningRate, optimizer.ParamGroups.Single().InitialLearningRate));

        using var decoupled = optim.AdamW([p], 0.1, amsgrad: true);
        decoupled.step();
        var second = Assert.IsType<AdamW.State>(Assert.Single(decoupled.state_dict().State));
        Assert.Equal(1, second.step);
        Holds(second.exp_avg, 0.2);
        Holds(second.exp_avg_sq, 0.004);
        Holds(second.max_exp_avg_sq, 0.004);

        using var plain = optim.SGD([p], 0.1, momentum: 0.5);
        plain.step();
        Holds(Assert.IsType<SGD.State>(Assert.Single(plain.state_dict().State)).momentum_buffer, 2);
    }

    [Fact]
    public void The_state_of_one_optimiser_goes_on_in_another()
    {
        Func<Parameter[], OptimizerHelper>[] all = [p => optim.Adam(p, 0.1, amsgrad: true), p => optim.AdamW(p, 0.1, weight_decay: 0.1), p => optim.SGD(p, 0.1, momentum: 0.9)];
        Assert.All(all, make =>
        {
            var (p, q) = (new Parameter(Vector(1)), new Parameter(Vector(1)));
            var first = make([p]);
            (p * 2).sum().backward();
            first.step();
            using (no_grad())
            {
                q.copy_(p);
            }

            using var second = make([q]);
            second.load_state_dict(first.state_dict());
            first.zero_grad();
            (p * 3).sum().backward();
            (q * 3).sum().backward();
            second.step();
            Assert.NotEqual(p.ToDouble(), q.ToDouble());
            var expected = q.ToDouble();
            using var fresh = make([p]);
            fresh.step();
            Assert.NotEqual(expected, p.ToDouble(), 1e-4);
        });
    }

    [Fact]
    public void Gradients_are_scaled_to_a_norm()
    {
        var (p, q) = (new Parameter(Vector(0)), new Parameter(Vector(0)));
        (p * 3).sum().backward();
        (q * 4).sum().backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([p, q], 1), 1e-5);
        using var optimizer = optim.SGD([p, q], 1);
        optimizer.step();
        Holds(1e-5, p, -0.6);
        Holds(1e-5, q, -0.8);
    }
}
