using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>Training follows the gradient of the log probability: against differences, with double-precision rows.</summary>
public sealed class LikelihoodGradientTests
{
    public static TheoryData<string> Cases => [.. LikelihoodCase.Names];

    public static TheoryData<string> LearnedCases => [.. LikelihoodCase.Names.Where(name => name.EndsWith("PerFeature", StringComparison.Ordinal) || name.EndsWith("Shared", StringComparison.Ordinal) || name == "Mixed")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_gradient_by_what_the_decoder_says_is_that_of_differences(string name)
    {
        const double Step = 1e-5;
        using DisposeScope scope = NewDisposeScope();
        using var given = new LikelihoodCase(name);
        (double[][] rows, double[][] decoded, double[][] observed) = given.Draw(30, hasHoles: true);
        Tensor values = Numbers.Double(rows);
        Tensor? marks = observed[0].Length == 0 ? null : Numbers.Double(observed);
        Tensor Sum(double[][] said) => given.Likelihood.LogProbability(values, Numbers.Double(said), marks);

        Tensor leaf = Numbers.Double(decoded).requires_grad_();
        double[][] gradient = autograd.grad([given.Likelihood.LogProbability(values, leaf, marks).sum()], [leaf])[0].Rows();
        for (int slot = 0; slot < decoded[0].Length; slot++)
        {
            double[] above = Sum(Moved(decoded, slot, Step)).Values();
            double[] below = Sum(Moved(decoded, slot, -Step)).Values();
            for (int row = 0; row < rows.Length; row++)
            {
                Numbers.AssertClose((above[row] - below[row]) / (2 * Step), gradient[row][slot], 1e-5, $"row {row}, slot {slot}, decoded {decoded[row][slot]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(LearnedCases))]
    public void The_gradient_by_learned_widths_is_that_of_differences(string name)
    {
        // A power of 2, so that single-precision parameters move by exactly this much.
        const double Step = 1.0 / 1024;
        using DisposeScope scope = NewDisposeScope();
        using var given = new LikelihoodCase(name);
        (double[][] rows, double[][] decoded, double[][] observed) = given.Draw(30, hasHoles: true);
        Tensor Sum() => given.Likelihood.LogProbability(Numbers.Double(rows), Numbers.Double(decoded), Numbers.Double(observed)).sum();

        Assert.NotEmpty(given.Learned);
        IList<Tensor> gradients = autograd.grad([Sum()], [.. given.Learned]);
        foreach ((Tensor parameter, Tensor gradient) in given.Learned.Zip(gradients))
        {
            for (int slot = 0; slot < parameter.shape[0]; slot++)
            {
                double Moved(double by)
                {
                    using IDisposable noGradient = no_grad();
                    parameter[slot].add_(by);
                    double sum = Sum().Values()[0];
                    parameter[slot].sub_(by);
                    return sum;
                }

                Numbers.AssertClose((Moved(Step) - Moved(-Step)) / (2 * Step), gradient.Values()[slot], 1e-3, $"slot {slot}");
            }
        }
    }

    [Fact]
    public void Extreme_decoded_values_have_finite_gradients_in_single_precision()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (string name in LikelihoodCase.Names)
        {
            using var given = new LikelihoodCase(name);
            (double[][] rows, double[][] decoded, _) = given.Draw(500, hasHoles: false);
            Tensor leaf = Numbers.Single(decoded).requires_grad_();
            Tensor gradient = autograd.grad([given.Likelihood.LogProbability(Numbers.Single(rows), leaf, null).sum()], [leaf])[0];
            Assert.True(gradient.isfinite().all().item<bool>(), name);
        }
    }

    private static double[][] Moved(double[][] decoded, int slot, double by) =>
        [.. decoded.Select(row => (double[])[.. row.Select((value, i) => i == slot ? value + by : value)])];
}
