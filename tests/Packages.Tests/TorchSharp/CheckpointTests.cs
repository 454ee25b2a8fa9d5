using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

/// <summary>What a training can be stopped by and gone on with: an optimiser's state, weights, and the state of a generator.</summary>
public sealed class CheckpointTests : TorchTest
{
    private static void Step(optim.Optimizer optimizer, Parameter p, Generator noise)
    {
        optimizer.zero_grad();
        ((p * p).sum() + (p * randn(p.shape, p.dtype, generator: noise)).sum()).backward();
        optimizer.step();
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Copies_of_the_moments_continue_bit_for_bit(ScalarType type)
    {
        using var noise = new Generator(1);
        var p = new Parameter(ones(4, type));
        using var first = optim.AdamW([p], 0.1, weight_decay: 0.1);
        Step(first, p, noise);
        Step(first, p, noise);

        var live = Assert.IsType<AdamW.State>(Assert.Single(first.state_dict().State));
        Assert.Same(live, first.state_dict().State[0]);
        Assert.Equal([type, type], new[] { live.exp_avg.dtype, live.exp_avg_sq.dtype });
        Assert.Null(live.max_exp_avg_sq);
        var (step, mean, square, weights, state) = (live.step, live.exp_avg.clone(), live.exp_avg_sq.clone(), p.detach().clone(), noise.get_state());
        Assert.Equal(2, step);
        Step(first, p, noise);
        Step(first, p, noise);
        Assert.Equal(4, live.step);

        using var otherNoise = new Generator(99);
        otherNoise.set_state(state);
        var q = new Parameter(weights);
        using var second = optim.AdamW([q], 0.1, weight_decay: 0.1);
        var restored = (AdamW.State)second.state_dict().State[0];
        Assert.False(restored.ApproximatelyEquals(live));
        restored.step = step;
        restored.exp_avg.copy_(mean);
        restored.exp_avg_sq.copy_(square);
        Step(second, q, otherNoise);
        Step(second, q, otherNoise);
        Assert.Equal(Values(p), Values(q));
        Assert.True(restored.ApproximatelyEquals(live));
    }

    [Fact]
    public void The_states_are_in_the_order_of_the_parameters()
    {
        var parameters = new[] { new Parameter(ones(1)), new Parameter(ones(2)), new Parameter(ones(3)) };
        using var optimizer = optim.Adam(parameters, 0.1);
        Assert.Equal([1, 2, 3], optimizer.state_dict().State.Cast<Adam.State>().Select(state => state.exp_avg.numel()));
        parameters[1].sum().backward();
        optimizer.step();
        Assert.Equal([0, 1, 0], optimizer.state_dict().State.Cast<Adam.State>().Select(state => state.step));
    }

    [Fact]
    public void A_state_takes_over_the_tensors_of_another()
    {
        var (p, q) = (new Parameter(ones(2)), new Parameter(ones(2)));
        var first = optim.Adam([p], 0.1);
        (p * 2).sum().backward();
        first.step();
        using var second = optim.Adam([q], 0.1);
        var (given, taking) = ((Adam.State)first.state_dict().State[0], (Adam.State)second.state_dict().State[0]);
        taking.LoadStateDict(given);
        Assert.Same(given.exp_avg, taking.exp_avg);
        Assert.Equal(1, taking.step);
        second.state_dict().Options[0].LoadStateDict(first.state_dict().Options[0]);
        Assert.Equal(0.1, second.ParamGroups.Single().LearningRate);
    }

    [Fact]
    public void Parameters_go_to_one_vector_and_back()
    {
        var (p, q) = (new Parameter(Matrix(new float[,] { { 1, 2 }, { 3, 4 } })), new Parameter(Vector(5)));
        var vector = nn.utils.parameters_to_vector([p, q]);
        Holds(vector, 1, 2, 3, 4, 5);
        nn.utils.vector_to_parameters(vector.detach() * 10, [p, q]);
        Holds(p, 10, 20, 30, 40);
        Holds(q, 50);
        HasShape(p, 2, 2);
        Assert.True(p.requires_grad);
    }

    [Fact]
    public void Gradients_are_cut_at_a_value()
    {
        var p = new Parameter(Vector(0, 0, 0));
        (p * Vector(3, -4, 0.5f)).sum().backward();
        nn.utils.clip_grad_value_([p], 1);
        using var optimizer = optim.SGD([p], 1);
        optimizer.step();
        Holds(p, -1, 1, -0.5);
    }
}
