using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Likelihoods;
using Vae.MLNet.Networks;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>The optimiser takes the steps of libtorch's, whatever the lengths of the parameters, and whoever has which part of the gradient.</summary>
public sealed class AdamTests : IDisposable
{
    private const string Factory = "tests: parameters of odd lengths";
    private const int Steps = 20;
    private const double Rate = 0.01;

    // Around the number of lanes of a vector, and of those that are added up at a time.
    private static readonly long[] s_lengths = [1, 7, 2047, 2048, 2049, 5000];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly VariationalAutoencoder _network;
    private readonly Parameter[] _parameters;

    public AdamTests()
    {
        VaeNetwork.Register(Factory, (shape, configuration) => (new OddModule(shape.EncoderInputs, shape.EncoderOutputs, configuration), new OddModule(shape.DecoderInputs, shape.DecoderOutputs, configuration)));
        _network = Network("");
        _parameters = [.. _network.parameters().Where(parameter => parameter.requires_grad)];
    }

    public void Dispose()
    {
        _network.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(2, 0.25)]
    public void It_takes_the_steps_of_libtorchs(int members, double scale)
    {
        Parameter[] copies = [.. _parameters.Select(parameter => new Parameter(parameter.detach().clone()))];
        using optim.Optimizer expected = optim.Adam(copies, Rate);
        using var actual = new Training.Adam(_network);
        using var generator = new Generator(3);
        for (int step = 1; step <= Steps; step++)
        {
            IReadOnlyList<ParameterGradient>[] parts = [.. Enumerable.Range(0, members).Select(_ => Drawn(generator))];
            Tensor loss = zeros(1);
            for (int index = 0; index < copies.Length; index++)
            {
                loss += (copies[index] * Sum(parts, index) * scale).sum();
            }
            expected.zero_grad();
            loss.backward();
            expected.step();
            for (int member = 0; member < members; member++)
            {
                actual.Update(parts, member, step, Rate, scale, weightDecay: 0);
            }
        }
        AssertClose(copies, 1e-6);
    }

    [Fact]
    public void Weights_decay_by_themselves_and_biases_not_at_all()
    {
        const double decay = 0.3;
        using VariationalAutoencoder network = Network("matrices");
        var matrices = network.DecayedWeights.ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        Parameter[] parameters = [.. network.parameters().Where(parameter => parameter.requires_grad)];
        double[][] weights = [.. parameters.Select(Numbers)];
        double[][] first = [.. weights.Select(each => new double[each.Length])];
        double[][] second = [.. weights.Select(each => new double[each.Length])];
        using var adam = new Training.Adam(network);
        using var generator = new Generator(3);
        for (int step = 1; step <= Steps; step++)
        {
            IReadOnlyList<ParameterGradient> gradients = [.. parameters.Select(parameter => ParameterGradient.Of(randn(parameter.shape, generator: generator)))];
            adam.Update([gradients], 0, step, Rate, 1, decay);
            for (int index = 0; index < weights.Length; index++)
            {
                double[] gradient = Numbers(gradients[index].Whole!);
                for (int i = 0; i < gradient.Length; i++)
                {
                    first[index][i] = 0.9 * first[index][i] + 0.1 * gradient[i];
                    second[index][i] = 0.999 * second[index][i] + 0.001 * gradient[i] * gradient[i];
                    double mean = first[index][i] / (1 - Math.Pow(0.9, step));
                    double square = second[index][i] / (1 - Math.Pow(0.999, step));
                    weights[index][i] = weights[index][i] * (matrices.Contains(parameters[index]) ? 1 - Rate * decay : 1) - Rate * mean / (Math.Sqrt(square) + 1e-8);
                }
            }
        }
        Assert.Contains(parameters, parameter => !matrices.Contains(parameter));
        Assert.True(matrices.Count > s_lengths.Length);
        for (int index = 0; index < weights.Length; index++)
        {
            double largest = weights[index].Max(Math.Abs);
            Assert.All(weights[index].Zip(Numbers(parameters[index])), pair => Assert.Equal(pair.First, pair.Second, 1e-6 * largest));
        }
    }

    [Fact]
    public void A_parameter_without_a_gradient_goes_on_by_what_it_had()
    {
        using var adam = new Training.Adam(_network);
        using var generator = new Generator(3);
        IReadOnlyList<ParameterGradient> gradients = Drawn(generator);
        adam.Update([gradients], 0, 1, Rate, 1, 0);
        double[][] expected = [.. _parameters.Select(Numbers)];
        // A member without rows has no gradients; together they have none.
        adam.Update([[], []], 0, 2, Rate, 1, 0);
        adam.Update([[], []], 1, 2, Rate, 1, 0);
        double factor = Rate * (0.09 / (1 - 0.81)) / Math.Sqrt(0.000999 / (1 - 0.998001));
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.All(expected[index].Zip(Numbers(gradients[index].Whole!), Numbers(_parameters[index])), each => Assert.Equal(each.First - factor * Math.Sign(each.Second), each.Third, 2e-6));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_parts_of_the_squared_norm_add_up(int members)
    {
        using var adam = new Training.Adam(_network);
        using var generator = new Generator(3);
        IReadOnlyList<ParameterGradient>[] parts = [.. Enumerable.Range(0, members).Select(_ => Drawn(generator))];
        double expected = Enumerable.Range(0, _parameters.Length).Sum(index => Numbers(Sum(parts, index)).Sum(value => value * value));
        Assert.Equal(expected, Enumerable.Range(0, members).Sum(member => adam.SquaredNorm(parts, member)), 1e-6 * expected);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Products_are_the_same_as_whole_gradients(int members)
    {
        using VariationalAutoencoder other = Network("");
        other.CopyFrom(_network);
        using var adam = new Training.Adam(_network);
        using var whole = new Training.Adam(other);
        using var generator = new Generator(3);
        for (int step = 1; step <= Steps; step++)
        {
            IReadOnlyList<ParameterGradient>[] products = [.. Enumerable.Range(0, members).Select(_ => Drawn(generator))];
            IReadOnlyList<ParameterGradient>[] wholes = [.. products.Select(member => member.Select(gradient => ParameterGradient.Of(gradient.Whole!)).ToArray())];
            for (int member = 0; member < members; member++)
            {
                for (int index = 0; index < _parameters.Length; index++)
                {
                    if (_parameters[index].dim() == 2)
                    {
                        Tensor outputs = randn(5, _parameters[index].shape[0], generator: generator);
                        Tensor inputs = randn(5, _parameters[index].shape[1], generator: generator);
                        products[member][index].Add(outputs, inputs);
                        wholes[member][index].Add(outputs.t().mm(inputs));
                    }
                }
            }
            for (int member = 0; member < members; member++)
            {
                adam.Update(products, member, step, Rate, 1, weightDecay: 0);
                whole.Update(wholes, member, step, Rate, 1, weightDecay: 0);
            }
        }
        Assert.Contains(_parameters, parameter => parameter.dim() == 2);
        AssertClose([.. other.parameters().Where(parameter => parameter.requires_grad)], 1e-5);
    }

    private IReadOnlyList<ParameterGradient> Drawn(Generator generator) => [.. _parameters.Select(parameter => ParameterGradient.Of(randn(parameter.shape, generator: generator)))];

    private static Tensor Sum(IReadOnlyList<ParameterGradient>[] parts, int index) => parts.Select(part => part[index].Whole!).Aggregate((sum, each) => sum + each);

    private void AssertClose(Parameter[] expected, double tolerance)
    {
        Assert.True(s_lengths.All(length => _parameters.Any(parameter => parameter.numel() == length)));
        for (int index = 0; index < expected.Length; index++)
        {
            double[] wanted = Numbers(expected[index]);
            double largest = wanted.Max(Math.Abs);
            Assert.All(wanted.Zip(Numbers(_parameters[index])), pair => Assert.Equal(pair.First, pair.Second, tolerance * largest));
        }
    }

    private static double[] Numbers(Tensor tensor) => [.. OnDevice.Floats(tensor.detach()).ToArray().Select(value => (double)value)];

    private static VariationalAutoencoder Network(string configuration) => new(
        new VaeArchitecture([new LikelihoodPart(VaeLikelihood.Gaussian, 3, VaeNoise.PerFeature)], false, 0, 2, false, new VaeNetwork.Custom(Factory, configuration), new VaePrior.StandardNormal()), OnDevice.Cpu);

    /// <summary>A layer, and parameters that nothing is made of.</summary>
    private sealed class OddModule : nn.Module<Tensor, Tensor>
    {
        private readonly Linear layer;

        public OddModule(int inputs, int outputs, string configuration)
            : base(nameof(OddModule))
        {
            layer = nn.Linear(inputs, outputs);
            RegisterComponents();
            foreach (long length in s_lengths)
            {
                long[] shape = configuration.Length == 0 ? [length] : [1, length];
                register_parameter($"odd{length}", new Parameter(randn(shape)));
            }
        }

        public override Tensor forward(Tensor input) => layer.call(input);
    }
}
