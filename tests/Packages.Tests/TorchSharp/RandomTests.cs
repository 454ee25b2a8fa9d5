using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace Packages.Tests.TorchSharpContract;

public sealed class RandomTests : TorchTest
{
    private static readonly Func<Generator?, Tensor>[] Draws =
    [
        g => rand(3, generator: g), g => rand(2, 3, generator: g), g => rand(2, 3, 4, generator: g), g => rand(2, 3, 4, 5, generator: g), g => rand(new long[] { 5 }, generator: g),
        g => randn(3, generator: g), g => randn(2, 3, generator: g), g => randn(2, 3, 4, generator: g), g => randn(2, 3, 4, 5, generator: g), g => randn(new long[] { 40 }, generator: g),
        g => randint(10, new long[] { 20 }, generator: g), g => randint(-5, 5, new long[] { 20 }, generator: g), g => randperm(20, generator: g),
        g => zeros(20).normal_(1, 2, g), g => zeros(20).uniform_(-1, 1, g), g => zeros(20).exponential_(2, g), g => zeros(20).bernoulli_(0.5, g),
        g => full(20, 0.5f).bernoulli(g), g => bernoulli(full(20, 0.5f), g), g => ones(9).multinomial(5, generator: g), g => multinomial(ones(9), 20, true, g),
        g => normal(zeros(20), ones(20), g), g => zeros(20).bernoulli_(full(20, 0.5f), g), g => full(20, 5f).poisson(g), g => poisson(full(20, 5f), g),
    ];

    [Fact]
    public void The_same_seed_gives_the_same_numbers_bit_for_bit() => Assert.All(Draws, draw =>
    {
        using var one = new Generator(42);
        using var same = new Generator(42);
        using var other = new Generator(43);
        var (first, again, different) = (draw(one), draw(same), draw(other));
        Assert.Equal(Values(first), Values(again));
        Assert.NotEqual(Values(first), Values(different));
        Assert.NotEqual(Values(first), Values(draw(one)));
    });

    [Fact]
    public void The_default_generator_is_seeded_by_manual_seed()
    {
        Assert.Equal(7, manual_seed(7).initial_seed());
        var first = Draws.Select(draw => Values(draw(null))).ToArray();
        manual_seed(7);
        Assert.Equal(first, Draws.Select(draw => Values(draw(null))).ToArray());
    }

    [Fact]
    public void A_generator_of_its_own_leaves_the_default_one_alone()
    {
        manual_seed(3);
        var expected = Values(randn(8));
        manual_seed(3);
        using var own = new Generator(1);
        randn(100, generator: own);
        Assert.Equal(expected, Values(randn(8)));
    }

    [Fact]
    public void A_saved_state_repeats_the_numbers()
    {
        using var generator = new Generator(5);
        randn(7, generator: generator);
        var state = generator.get_state();
        var expected = Values(randn(33, generator: generator));
        using var other = new Generator();
        other.set_state(state);
        Assert.Equal(expected, Values(randn(33, generator: other)));
        generator.manual_seed(5);
        Assert.Equal(5, generator.initial_seed());
        Assert.Equal(DeviceType.CPU, generator.device.type);

        state = get_rng_state();
        expected = Values(rand(5));
        set_rng_state(state);
        Assert.Equal(expected, Values(rand(5)));
        using var process = Generator.Default;
        process.set_state(state);
        Assert.Equal(expected, Values(rand(5)));
    }

    [Fact]
    public void Draws_have_the_moments_of_their_distributions()
    {
        using var g = new Generator(11);
        const int count = 200_000;
        Near(0.5, 1.0 / 12, rand(count, generator: g));
        Near(0, 1, randn(count, generator: g));
        Near(3, 4, empty(count).normal_(3, 2, g));
        Near(0.5, 0.75, empty(count).uniform_(-1, 2, g));
        Near(0.25, 0.0625, empty(count).exponential_(4, g));
        Near(0.3, 0.21, empty(count).bernoulli_(0.3, g));
        Near(0.3, 0.21, full(count, 0.3f).bernoulli(g));
        Near(0.3, 0.21, empty(count).bernoulli_(full(count, 0.3f), g));
        Near(2.5, 2.5, full(count, 2.5f).poisson(g));
        Near(40, 40, full(count, 40f).poisson(g));
        Near(4.5, 8.25, randint(10, new long[] { count }, generator: g).@double());
        Near(0.75, 0.1875, Vector(1, 3).multinomial(count, true, g).@double());

        static void Near(double mean, double variance, Tensor drawn)
        {
            Assert.Equal(mean, drawn.mean().ToDouble(), 0.02);
            Assert.Equal(variance, drawn.var().ToDouble(), 0.02 * Math.Max(1, variance));
        }
    }

    [Fact]
    public void A_permutation_has_every_number_once()
    {
        var (sorted, _) = randperm(50).sort();
        Assert.Equal(Values(arange(50)), Values(sorted));
        Assert.Equal(int64, randperm(3).dtype);
    }

    [Fact]
    public void Whole_numbers_stay_in_their_range()
    {
        var drawn = randint(-2, 3, new long[] { 1000 });
        Assert.Equal(int64, drawn.dtype);
        Assert.Equal(-2, drawn.min().ToInt64());
        Assert.Equal(2, drawn.max().ToInt64());
    }
}
