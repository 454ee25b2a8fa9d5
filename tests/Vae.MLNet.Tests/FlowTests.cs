using TorchSharp;
using TorchSharp.Modules;
using Vae.MLNet.Sampling;
using Vae.MLNet.Sampling.Flows;
using Vae.MLNet.Sampling.Latents;
using static TorchSharp.torch;

namespace Vae.MLNet.Tests;

/// <summary>A masked autoregressive flow is a density, the one that its weights say, and draws are from it.</summary>
public sealed class FlowTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<int, int, int, int[]> Shapes => new()
    {
        { 1, 0, 1, [4] },
        { 1, 3, 2, [5, 4] },
        { 2, 0, 5, [8] },
        { 2, 2, 2, [6, 7] },
        { 4, 0, 3, [9, 3] },
        { 5, 3, 2, [2] },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(4, 0, new[] { 16, 16 })]
    [InlineData(4, 2, new[] { 16, 16 })]
    [InlineData(3, 1, new[] { 7 })]
    [InlineData(2, 0, new[] { 5, 5, 5 })]
    public void What_is_said_of_a_dimension_depends_on_all_before_it_and_on_the_context_only(int dimension, int labels, int[] hidden)
    {
        using var network = new AutoregressiveNetwork(dimension, labels, hidden);
        Randomise(network, seed: 2);
        double[] start = [.. Enumerable.Range(0, dimension + labels).Select(i => 0.3 * i - 0.5)];
        (double[] means, double[] logScales) = Conditionals(start);
        for (int input = 0; input < start.Length; input++)
        {
            double[] moved = [.. start];
            moved[input] += 0.25;
            (double[] movedMeans, double[] movedLogScales) = Conditionals(moved);
            for (int output = 0; output < dimension; output++)
            {
                bool isSeen = input < output || input >= dimension;
                Assert.Equal(isSeen, means[output] != movedMeans[output]);
                Assert.Equal(isSeen, logScales[output] != movedLogScales[output]);
            }
        }

        (double[] Means, double[] LogScales) Conditionals(double[] values)
        {
            Tensor all = Numbers.Single([values]);
            (Tensor mean, Tensor logScale) = network.Conditionals(all.narrow(1, 0, dimension), labels == 0 ? null : all.narrow(1, dimension, labels));
            return (mean.Values(), logScale.Values());
        }
    }

    [Fact]
    public void More_dimensions_than_units_are_still_in_order()
    {
        using var network = new AutoregressiveNetwork(6, 0, [2]);
        Randomise(network, seed: 3);
        double[] start = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6];
        double[] means = network.Conditionals(Numbers.Single([start]), null).Mean.Values();
        for (int input = 0; input < 6; input++)
        {
            double[] moved = [.. start];
            moved[input] += 1;
            double[] changed = network.Conditionals(Numbers.Single([moved]), null).Mean.Values();
            Assert.Equal(means[..(input + 1)], changed[..(input + 1)]);
        }
    }

    [Fact]
    public void A_scale_stays_within_bounds_whatever_comes()
    {
        using var network = new AutoregressiveNetwork(2, 0, [8]);
        Randomise(network, seed: 4, size: 50);
        (Tensor _, Tensor logScale) = network.Conditionals(Numbers.Single([[1000, -1000], [-1e6, 1e6], [0, 0]]), null);
        Assert.All(logScale.Values(), value => Assert.InRange(value, -5, 5));
        Assert.Contains(logScale.Values(), value => Math.Abs(value) > 4.9);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_density_is_that_of_the_change_of_variables(int dimension, int labels, int layers, int[] hidden)
    {
        using MaskedAutoregressiveFlow flow = Random(dimension, labels, layers, hidden);
        var plain = new PlainFlow(flow, dimension, labels);
        (double[][] points, double[][] contexts) = Points(dimension, labels);
        double[] found = flow.LogDensity(Numbers.Single(points), labels == 0 ? null : Numbers.Single(contexts)).Values();
        for (int point = 0; point < points.Length; point++)
        {
            const double step = 1e-5;
            double[] latent = [.. points[point].Select(Numbers.Rounded)];
            var jacobian = new double[dimension][];
            for (int j = 0; j < dimension; j++)
            {
                double[] above = [.. latent];
                double[] below = [.. latent];
                above[j] += step;
                below[j] -= step;
                jacobian[j] = [.. plain.NoiseOf(above, contexts[point]).Zip(plain.NoiseOf(below, contexts[point]), (up, down) => (up - down) / (2 * step))];
            }
            double wanted = plain.NoiseOf(latent, contexts[point]).Sum(value => Numbers.LogNormal(value)) + Math.Log(Math.Abs(Determinant(jacobian)));
            Numbers.AssertClose(wanted, found[point], 2e-5, $"point {point}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Latents_of_noise_are_the_ones_with_that_noise(int dimension, int labels, int layers, int[] hidden)
    {
        using MaskedAutoregressiveFlow flow = Random(dimension, labels, layers, hidden);
        var plain = new PlainFlow(flow, dimension, labels);
        (double[][] noise, double[][] contexts) = Points(dimension, labels);
        double[][] latents = flow.Latents(Numbers.Single(noise), labels == 0 ? null : Numbers.Single(contexts)).Rows();
        for (int row = 0; row < noise.Length; row++)
        {
            double[] back = plain.NoiseOf(latents[row], contexts[row]);
            Assert.All(noise[row].Zip(back), each => Assert.Equal(each.First, each.Second, 2e-4));
        }
        // Each row by itself.
        Assert.Equal(latents[3], flow.Latents(Numbers.Single([noise[3]]), labels == 0 ? null : Numbers.Single([contexts[3]])).Values(), (left, right) => Math.Abs(left - right) < 1e-5);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_number_of_parameters_is_known_without_making_any(int dimension, int labels, int layers, int[] hidden)
    {
        var shape = new FlowShape(dimension, labels, layers, hidden);
        using var flow = new MaskedAutoregressiveFlow(shape);
        Assert.Equal(flow.parameters().Sum(parameter => parameter.numel()), shape.Parameters);
        // Also of one that no memory holds.
        Assert.Equal(513L * (1 << 20) + ((1L << 20) + 1) * (1 << 20) + ((1L << 20) + 1) * 1024 + 1024, new FlowShape(512, 0, 1, [1 << 20, 1 << 20]).Parameters);
    }

    [Fact]
    public void A_flow_starts_as_the_normal_distribution_with_the_moments_of_the_rows()
    {
        double[][] rows = [[1, 10, 5], [3, 10, -5], [1, 40, 5], [3, 40, 15]];
        using var flow = new MaskedAutoregressiveFlow(new FlowShape(3, 0, 3, [6]));
        using var generator = new Generator(1);
        flow.Initialise(Numbers.Single(rows), generator);
        double[][] points = [[2, 25, 5], [0, 0, 0], [4, 70, -3]];
        double[] found = flow.LogDensity(Numbers.Single(points), null).Values();
        for (int point = 0; point < points.Length; point++)
        {
            double wanted = Numbers.LogNormal(points[point][0], 2, 0) + Numbers.LogNormal(points[point][1], 25, Math.Log(225)) + Numbers.LogNormal(points[point][2], 5, Math.Log(50));
            Numbers.AssertClose(wanted, found[point], 1e-5, $"point {point}");
        }
    }

    [Fact]
    public void A_trained_density_covers_the_plane_once()
    {
        using MaskedAutoregressiveFlow flow = Train(Two(600, seed: 1), epochs: 5);
        const int intervals = 240;
        const double from = -12;
        double[] weights = Numbers.Simpson(intervals, -2 * from);
        double[] places = [.. Enumerable.Range(0, intervals + 1).Select(i => from + i * -2 * from / intervals)];
        double[] densities = flow.LogDensity(Numbers.Single([.. places.SelectMany(x => places.Select(y => new[] { x, y }))]), null).exp().Values();
        double total = 0;
        for (int i = 0; i <= intervals; i++)
        {
            for (int j = 0; j <= intervals; j++)
            {
                total += weights[i] * weights[j] * densities[i * (intervals + 1) + j];
            }
        }
        Assert.Equal(1, total, 0.01);
    }

    [Fact]
    public void A_banana_is_learned_better_than_by_any_normal_distribution()
    {
        double[][] rows = Banana(1500, seed: 1);
        double[][] test = Banana(1000, seed: 2);
        using MaskedAutoregressiveFlow flow = Train(rows, epochs: 20);
        double found = flow.LogDensity(Numbers.Single(test), null).Values().Average();
        double normal = test.Average(row => BestNormal(rows, row));
        // -log(2 pi e 0.3), the entropy of what the rows were drawn from, cannot be beaten but by chance.
        double truth = -Math.Log(2 * Math.PI * Math.E * 0.3);
        Assert.True(found > normal + 0.8, $"{found} nats against {normal} of the best normal distribution");
        Assert.InRange(found, truth - 0.5, truth + 0.1);

        // And draws bend: y is x squared.
        using var generator = new Generator(7);
        double[][] draws = flow.Latents(randn(2000, 2, generator: generator), null).Rows();
        Assert.InRange(draws.Where(draw => Math.Abs(draw[0]) > 1.2).Average(draw => draw[1]), 1.6, 3.2);
        Assert.InRange(draws.Where(draw => Math.Abs(draw[0]) < 0.5).Average(draw => draw[1]), -0.3, 0.5);
    }

    [Fact]
    public void Two_clusters_are_learned_better_than_by_any_normal_distribution()
    {
        double[][] rows = Two(1500, seed: 1);
        double[][] test = Two(1000, seed: 2);
        using MaskedAutoregressiveFlow flow = Train(rows, epochs: 20);
        double found = flow.LogDensity(Numbers.Single(test), null).Values().Average();
        double normal = test.Average(row => BestNormal(rows, row));
        Assert.True(found > normal + 0.4, $"{found} nats against {normal} of the best normal distribution");
        using var generator = new Generator(7);
        double[][] draws = flow.Latents(randn(2000, 2, generator: generator), null).Rows();
        double Spread(Func<double[], bool> which) => draws.Where(which).Select(draw => draw[1]).ToArray() is var values ? Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2))) : 0;
        Assert.InRange(Spread(draw => draw[0] < -2), 0.2, 0.6);
        Assert.InRange(Spread(draw => draw[0] > 2), 1.1, 1.9);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Each_label_has_a_density_of_its_own(int dimension)
    {
        var random = new Random(4);
        int[] labels = [.. Enumerable.Range(0, 1200).Select(row => row % 3 == 0 ? 0 : 2)];
        double[][] rows = [.. labels.Select(label => Enumerable.Range(0, dimension).Select(i => (label - 1) * (4.0 + i) + (label == 0 ? 0.5 : 1) * random.NextNormal()).ToArray())];
        // Label 1 is nobody's.
        using MaskedAutoregressiveFlow flow = FlowTraining.Train(
            new FlowShape(dimension, 3, 2, [16]), new LatentPosteriors(dimension, Flat(rows), null, labels), Options(20), 1);
        double[] LogDensity(double[][] points, int label) => flow.LogDensity(Numbers.Single(points), Context(label, points.Length)).Values();
        double[] found = [.. new[] { 0, 2 }.Select(label => LogDensity([.. rows.Where((_, row) => labels[row] == label)], label).Average())];
        Assert.Equal(-0.5 * dimension * Math.Log(2 * Math.PI * Math.E * 0.25), found[0], 0.15);
        Assert.Equal(-0.5 * dimension * Math.Log(2 * Math.PI * Math.E), found[1], 0.15);
        double[][] first = [.. rows.Where((_, row) => labels[row] == 0)];
        Assert.True(LogDensity(first, 2).Average() < found[0] - 10);
        using var generator = new Generator(7);
        foreach (int label in new[] { 0, 2 })
        {
            double[][] draws = flow.Latents(randn(500, dimension, generator: generator), Context(label, 500)).Rows();
            for (int i = 0; i < dimension; i++)
            {
                Assert.Equal((label - 1) * (4.0 + i), draws.Average(draw => draw[i]), 0.3);
            }
        }

        static Tensor Context(int label, int rows) => eye(3).index_select(0, full(rows, label, dtype: ScalarType.Int64));
    }

    [Fact]
    public void It_is_the_draws_of_posteriors_that_are_learned_not_their_means()
    {
        var random = new Random(5);
        // Means of variance 1 and posteriors of variance 3: together N(0, 4).
        float[] means = [.. Enumerable.Range(0, 2 * 1500).Select(_ => (float)random.NextNormal())];
        float[] deviations = [.. Enumerable.Repeat(MathF.Sqrt(3), means.Length)];
        using MaskedAutoregressiveFlow flow = FlowTraining.Train(new FlowShape(2, 0, 2, [16]), new LatentPosteriors(2, means, deviations, null), Options(10), 1);
        double[][] test = [.. Enumerable.Range(0, 2000).Select(_ => new[] { 2 * random.NextNormal(), 2 * random.NextNormal() })];
        Assert.Equal(test.Average(row => row.Sum(value => Numbers.LogNormal(value, 0, Math.Log(4)))), flow.LogDensity(Numbers.Single(test), null).Values().Average(), 0.05);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_does_not()
    {
        double[][] rows = Banana(300, seed: 1);
        string Trained(int seed)
        {
            using MaskedAutoregressiveFlow flow = Train(rows, epochs: 3, seed);
            return string.Join('\n', flow.named_parameters().Select(each => $"{each.name} {Exactly.Text(each.parameter.Values())}"));
        }

        string first = Trained(1);
        Assert.Equal(first, Trained(1));
        Assert.NotEqual(first, Trained(2));
    }

    [Theory]
    [InlineData("one row")]
    [InlineData("identical rows")]
    [InlineData("a constant dimension")]
    [InlineData("far away")]
    public void Rows_without_a_density_still_get_a_flow(string kind)
    {
        var random = new Random(6);
        double[][] rows = kind switch
        {
            "one row" => [[3, -7]],
            "identical rows" => [.. Enumerable.Repeat(new double[] { 3, -7 }, 40)],
            "far away" => [.. Enumerable.Range(0, 40).Select(_ => new[] { 1e6 + random.Next(5), -1e6 })],
            _ => [.. Enumerable.Range(0, 40).Select(_ => new[] { random.NextNormal(), 5 })],
        };
        using MaskedAutoregressiveFlow flow = Train(rows, epochs: 3);
        Assert.All(flow.LogDensity(Numbers.Single(rows), null).Values(), value => Assert.True(double.IsFinite(value)));
        using var generator = new Generator(1);
        double[][] draws = flow.Latents(randn(50, 2, generator: generator), null).Rows();
        for (int i = 0; i < 2; i++)
        {
            double spread = rows.Max(row => row[i]) - rows.Min(row => row[i]);
            Assert.All(draws, draw => Assert.InRange(draw[i], rows.Min(row => row[i]) - 3 * spread - 0.1, rows.Max(row => row[i]) + 3 * spread + 0.1));
        }
    }

    [Theory]
    [InlineData(1, 1, 5)]
    [InlineData(1, 40, 1)]
    [InlineData(1e4, 3, 20)]
    [InlineData(1e18, 3, 5)]
    [InlineData(1e30, 3, 5)]
    public void Far_too_large_a_learning_rate_is_told_or_leaves_finite_numbers(double size, int epochs, int layers)
    {
        double[][] rows = [.. Banana(200, seed: 1).Select((row, i) => row.Select(value => size * value * (i == 0 ? 1000 : 1)).ToArray())];
        FlowSampler.Options options = Options(epochs);
        options.LearningRate = 1;
        try
        {
            using MaskedAutoregressiveFlow flow = FlowTraining.Train(new FlowShape(2, 0, layers, [16]), new LatentPosteriors(2, Flat(rows), null, null), options, 1);
            Assert.All(flow.parameters(), parameter => Assert.All(parameter.Values(), value => Assert.True(double.IsFinite(value))));
            Assert.All(flow.LogDensity(Numbers.Single(rows), null).Values(), value => Assert.True(double.IsFinite(value)));
        }
        catch (InvalidOperationException error)
        {
            Assert.Matches(@"^Training of the flow diverged: in epoch \d+ the loss became .+\. Lower the learning rate \(now 1\)\.$", error.Message);
        }
    }

    [Fact]
    public void Values_beyond_single_precision_are_told_in_the_first_epoch()
    {
        double[][] rows = [.. Banana(50, seed: 1).Select(row => row.Select(value => 1e30 * value).ToArray())];
        Assert.Contains("in epoch 1 the loss became", Assert.Throws<InvalidOperationException>(() => Train(rows, epochs: 2)).Message);
    }

    [Fact]
    public void Training_stops_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        FlowSampler.Options options = Options(5);
        options.CancellationToken = source.Token;
        Assert.Throws<OperationCanceledException>(() => FlowTraining.Train(new FlowShape(2, 0, 1, [4]), new LatentPosteriors(2, Flat(Banana(20, 1)), null, null), options, 1));
    }

    private static MaskedAutoregressiveFlow Train(double[][] rows, int epochs, int seed = 1) =>
        FlowTraining.Train(new FlowShape(2, 0, 4, [32, 32]), new LatentPosteriors(2, Flat(rows), null, null), Options(epochs), seed);

    private static FlowSampler.Options Options(int epochs) => new() { NumberOfEpochs = epochs, BatchSize = 64, LearningRate = 5e-3 };

    private static float[] Flat(double[][] rows) => [.. rows.SelectMany(row => row.Select(value => (float)value))];

    // y = x^2 + noise.
    private static double[][] Banana(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextNormal()).Select(x => new[] { x, x * x + 0.3 * random.NextNormal() })];
    }

    // Clusters that differ in width.
    private static double[][] Two(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => i % 2 == 0
            ? new[] { -3 + 0.7 * random.NextNormal(), 0.3 * random.NextNormal() }
            : [3 + 0.7 * random.NextNormal(), 2 + 1.5 * random.NextNormal()])];
    }

    // log N(row; mean, covariance) with those of the rows.
    private static double BestNormal(double[][] rows, double[] row)
    {
        double[] mean = [rows.Average(each => each[0]), rows.Average(each => each[1])];
        double Product(int i, int j) => rows.Average(each => (each[i] - mean[i]) * (each[j] - mean[j]));
        (double xx, double xy, double yy) = (Product(0, 0), Product(0, 1), Product(1, 1));
        (double x, double y, double determinant) = (row[0] - mean[0], row[1] - mean[1], xx * yy - xy * xy);
        return -Math.Log(2 * Math.PI) - 0.5 * Math.Log(determinant) - 0.5 * (yy * x * x - 2 * xy * x * y + xx * y * y) / determinant;
    }

    private static MaskedAutoregressiveFlow Random(int dimension, int labels, int layers, int[] hidden)
    {
        var flow = new MaskedAutoregressiveFlow(new FlowShape(dimension, labels, layers, hidden));
        Randomise(flow, seed: 1);
        using IDisposable noGradient = no_grad();
        foreach ((string name, Parameter parameter) in flow.named_parameters())
        {
            if (name == "scale")
            {
                parameter.abs_().add_(0.5f);
            }
        }
        return flow;
    }

    private static void Randomise(nn.Module module, int seed, double size = 0.4)
    {
        using IDisposable noGradient = no_grad();
        using var generator = new Generator((ulong)seed);
        foreach (Parameter parameter in module.parameters())
        {
            parameter.copy_(randn(parameter.shape, generator: generator) * size);
        }
    }

    private static (double[][] Points, double[][] Contexts) Points(int dimension, int labels)
    {
        var random = new Random(8);
        return ([.. Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, dimension).Select(_ => Numbers.Rounded(random.NextNormal())).ToArray())],
            [.. Enumerable.Range(0, 12).Select(row => Enumerable.Range(0, labels).Select(label => label == row % Math.Max(labels, 1) ? 1.0 : 0).ToArray())]);
    }

    // By elimination with pivots.
    private static double Determinant(double[][] matrix)
    {
        double[][] rows = [.. matrix.Select(row => row.ToArray())];
        double determinant = 1;
        for (int column = 0; column < rows.Length; column++)
        {
            int pivot = Enumerable.Range(column, rows.Length - column).MaxBy(row => Math.Abs(rows[row][column]));
            if (pivot != column)
            {
                (rows[pivot], rows[column]) = (rows[column], rows[pivot]);
                determinant = -determinant;
            }
            determinant *= rows[column][column];
            for (int row = column + 1; row < rows.Length; row++)
            {
                double factor = rows[row][column] / rows[column][column];
                for (int i = column; i < rows.Length; i++)
                {
                    rows[row][i] -= factor * rows[column][i];
                }
            }
        }
        return determinant;
    }

    /// <summary>The flow in double precision, number by number (Germain et al., 2015; Papamakarios et al., 2017).</summary>
    private sealed class PlainFlow(MaskedAutoregressiveFlow flow, int dimension, int labels)
    {
        private readonly Dictionary<string, (double[] Values, long[] Shape)> _parameters = flow.named_parameters().ToDictionary(each => each.name, each => (each.parameter.Values(), each.parameter.shape));

        /// <summary>Layer after layer, u_i = (z_i - mean(z before i)) / scale(z before i), then the dimensions in reverse.</summary>
        public double[] NoiseOf(double[] latent, double[] context)
        {
            double[] u = [.. latent.Select((value, i) => (value - _parameters["centre"].Values[i]) / _parameters["scale"].Values[i])];
            for (int layer = 0; _parameters.ContainsKey($"layers.{layer}.layers.0.weight"); layer++)
            {
                double[] said = Network(layer, [.. u, .. context]);
                u = [.. u.Select((value, i) => (value - said[i]) * Math.Exp(-5 * Math.Tanh(said[dimension + i] / 5))).Reverse()];
            }
            return u;
        }

        private double[] Network(int layer, double[] x)
        {
            int[] degrees = [.. Enumerable.Range(1, dimension), .. new int[labels]];
            for (int k = 0; _parameters.TryGetValue($"layers.{layer}.layers.{k}.weight", out (double[] Values, long[] Shape) weight); k++)
            {
                double[] bias = _parameters[$"layers.{layer}.layers.{k}.bias"].Values;
                bool isLast = !_parameters.ContainsKey($"layers.{layer}.layers.{k + 1}.weight");
                var next = new double[weight.Shape[0]];
                for (int unit = 0; unit < next.Length; unit++)
                {
                    next[unit] = bias[unit];
                    for (int input = 0; input < x.Length; input++)
                    {
                        next[unit] += unit % dimension >= degrees[input] ? weight.Values[unit * x.Length + input] * x[input] : 0;
                    }
                    next[unit] = isLast ? next[unit] : next[unit] / (1 + Math.Exp(-next[unit]));
                }
                degrees = [.. Enumerable.Range(0, next.Length).Select(unit => unit % dimension)];
                x = next;
            }
            return x;
        }
    }
}
