using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Likelihoods;
using Vae.MLNet.Networks;
using Vae.MLNet.Objectives;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Gradients by formula are those of autograd.</summary>
public sealed class KnownGradientTests
{
    private static readonly Dictionary<string, VaeObjective> s_objectives = new()
    {
        ["elbo"] = new VaeObjective.Elbo { Beta = 3 },
        ["capacity"] = new VaeObjective.Elbo { Beta = 10, Capacity = 3, CapacityEpochs = 2 },
        ["free bits"] = new VaeObjective.Elbo { FreeBits = 0.3 },
        ["total correlation"] = new VaeObjective.BetaTotalCorrelation { Alpha = 0.5, Gamma = 2 },
        ["info"] = new VaeObjective.InfoVae { Lambda = 30 },
        ["importance weighted"] = new VaeObjective.ImportanceWeighted(),
        ["autoencoder"] = new VaeObjective.Autoencoder(),
    };

    public static TheoryData<string, bool> Objectives => Twice(s_objectives.Keys);

    public static TheoryData<string, bool> Likelihoods => Twice(LikelihoodCase.Names);

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Of_all_weights_in_every_objective(string name, bool hasHolesAndLabels)
    {
        VaeObjective objective = s_objectives[name];
        using var model = new SmallModel(isDeterministic: objective.IsDeterministic, hasHolesAndLabels: hasHolesAndLabels);
        Parameter[] weights = [.. model.Network.parameters()];
        using DisposeScope scope = NewDisposeScope();
        Tensor loss = LossOf(model.Evaluate(objective));
        double[][] wanted = Values(autograd.grad([loss], weights, allow_unused: true));
        var known = new KnownGradients(weights);
        model.Network.Train(null, known);
        Tensor again = LossOf(model.Evaluate(objective));
        double[][] found = Values(known.Of(again, ones_like(again)), weights);

        Numbers.AssertClose(loss.item<float>(), again.item<float>(), 1e-5, "the loss");
        Assert.Equal(weights.Length, found.Length);
        Assert.Contains(found, gradient => gradient.Any(value => Math.Abs(value) > 1e-3));
        AssertClose(wanted, found);
    }

    [Theory]
    [InlineData(VaeActivation.ReLU)]
    [InlineData(VaeActivation.ELU)]
    [InlineData(VaeActivation.SiLU)]
    [InlineData(VaeActivation.GELU)]
    [InlineData(VaeActivation.Tanh)]
    public void Of_dense_layers_and_of_what_they_are_given_with_every_activation(VaeActivation activation)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(7, OnDevice.Cpu);
        using var network = new DenseNetwork(new InputParts(9, 9, 0, 0), [13, 8, 31], 5, new VaeNetwork.Dense(1) { Activation = activation }, OnDevice.Cpu);
        using (no_grad())
        {
            network.Initialise(generator);
            foreach (Parameter bias in network.parameters().Where(parameter => parameter.dim() == 1))
            {
                bias.add_(randn(bias.shape, generator: generator));
            }
        }
        // Out to where one side of each activation is flat.
        var input = new Parameter(randn(21, 9, generator: generator) * 4);
        Tensor factors = randn(21, 5, generator: generator);
        Parameter[] inputs = [.. network.parameters(), input];
        Tensor wantedOutput = network.call(input);
        double[][] wanted = Values(autograd.grad([wantedOutput], inputs, [factors]));
        var known = new KnownGradients(inputs);
        network.Known = known;
        Tensor foundOutput = network.call(input);
        double[][] found = Values(known.Of(foundOutput, factors), inputs);

        AssertClose([wantedOutput.reshape(-1).Values()], [foundOutput.reshape(-1).Values()]);
        AssertClose(wanted, found);
    }

    [Theory]
    [MemberData(nameof(Likelihoods))]
    public void Of_what_the_decoder_says_and_of_learned_widths_in_every_likelihood(string name, bool hasHoles)
    {
        using DisposeScope scope = NewDisposeScope();
        using var given = new LikelihoodCase(name);
        (double[][] rows, double[][] decoded, double[][] observed) = given.Draw(25, hasHoles);
        Tensor values = Numbers.Single(rows);
        Tensor? marks = observed[0].Length == 0 ? null : Numbers.Single(observed);
        // Rows count differently, as they do with weights.
        Tensor weights = arange(25).@float() * 0.1f + 0.5f;
        var leaf = new Parameter(Numbers.Single(decoded));
        Parameter[] inputs = [leaf, .. given.Learned];

        Tensor LogProbabilities() => given.Likelihood.LogProbability(values, leaf, marks);

        Tensor wantedValues = LogProbabilities();
        double[][] wanted = Values(autograd.grad([(wantedValues * weights).sum()], inputs));
        var known = new KnownGradients(inputs);
        foreach (Likelihood part in given.Likelihood.modules().OfType<Likelihood>().Append(given.Likelihood))
        {
            part.Known = known;
        }
        Tensor foundValues = LogProbabilities();
        double[][] found = Values(known.Of(foundValues, weights), inputs);

        AssertClose([wantedValues.Values()], [foundValues.Values()]);
        AssertClose(wanted, found);
    }

    private static TheoryData<string, bool> Twice(IEnumerable<string> names)
    {
        var data = new TheoryData<string, bool>();
        foreach (string name in names)
        {
            data.Add(name, false);
            data.Add(name, true);
        }
        return data;
    }

    private static Tensor LossOf(ObjectiveTerms terms) => terms.Loss.mean();

    private static double[][] Values(IEnumerable<Tensor> gradients) => [.. gradients.Select(gradient => gradient.IsInvalid ? [] : gradient.reshape(-1).Values())];

    private static double[][] Values(IReadOnlyList<ParameterGradient> gradients, Parameter[] weights) => [.. gradients.Zip(weights, (gradient, weight) =>
    {
        double[] sum = gradient.AddProducts(null, 0, weight.shape[0])?.reshape(-1).Values() ?? [];
        double[] whole = gradient.Whole?.reshape(-1).Values() ?? [];
        return sum.Length > 0 && whole.Length > 0 ? [.. sum.Zip(whole, (a, b) => a + b)] : sum.Length > 0 ? sum : whole;
    })];

    private static void AssertClose(double[][] wanted, double[][] found)
    {
        for (int tensor = 0; tensor < wanted.Length; tensor++)
        {
            // One that the loss does not depend on may come as nothing or as zeros.
            double[] zeros = new double[Math.Max(wanted[tensor].Length, found[tensor].Length)];
            double[] wantedValues = wanted[tensor].Length == 0 ? zeros : wanted[tensor];
            double[] foundValues = found[tensor].Length == 0 ? zeros : found[tensor];
            double largest = wantedValues.Max(Math.Abs);
            for (int i = 0; i < wantedValues.Length; i++)
            {
                Assert.True(Math.Abs(wantedValues[i] - foundValues[i]) <= 1e-5 * Math.Max(1, largest), $"tensor {tensor}, {i}: {wantedValues[i]} wanted, {foundValues[i]} found");
            }
        }
    }
}
